"""Whom a store is for: a site that was private is not published or served by the settings of a public one."""

from feedsvc.core.errors import PrivacyError
from feedsvc.responses.site_readers import Access
from feedsvc.store.operator_store import OperatorStore


def claim(store: OperatorStore, wanted: Access) -> None:
    """Let nobody publish or serve a store by settings that are for others than the store is.

    Settings that were lost, or are another site's, say "public". By them all of a private site would be out at
    once, and nothing that was published can be taken back. The first who opens a new store says whom it is for.

    Raises:
        PrivacyError: The store is for others; the remedy is the command that says it is meant.
        StoreError: The store cannot be read.
    """
    found = store.claim_access(wanted)
    if found == wanted:
        return
    if found == "channels":
        raise PrivacyError(
            "the store has private channels of an earlier feedsvc, which are no more, and all of it would be "
            f"{wanted} now",
            "move their articles to a private site of their own (docs/guides/private.md), then say what this site "
            "is: feedsvc store access public, or private",
        )
    raise PrivacyError(
        f"the store is of a {found} site, and by these settings it would be {wanted}",
        f'name the feedsvc.toml that says access = "{found}" with --config, or say that it is meant: '
        f"feedsvc store access {wanted}",
    )
