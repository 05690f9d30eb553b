"""Whether the service may run by some settings: its theme and store can be used, and a private site stays private.

Only the theme, the store and the file system can tell; all else is checked where the settings are loaded.
"""

from feedsvc.core.errors import FeedsvcError, PrivacyError, SettingsError
from feedsvc.core.settings.model import Settings
from feedsvc.responses.site_readers import Access
from feedsvc.store.operator_store import OperatorStore
from feedsvc.store.store import check_url


def check_usable(settings: Settings) -> None:
    """Refuse settings with which the service could not run: a theme or a store that cannot be used here.

    Raises:
        SettingsError: All that is wrong.
    """
    from feedsvc.publishing.theme_folder import read_theme  # noqa: PLC0415 - the sender and web workers do without

    errors: list[FeedsvcError] = []
    for check in (lambda: read_theme(settings.pages.theme), lambda: check_url(settings.store_url)):
        try:
            check()
        except FeedsvcError as error:
            errors.append(error)
    if errors:
        raise SettingsError.of_all(errors)


def claim(store: OperatorStore, wanted: Access) -> None:
    """Refuse to publish or serve a private site with the settings of a public one, and the other way round.

    Lost settings, or those of another site, have ``access = "public"``. With them all of a private site would be
    public at once, and nothing that was published can be taken back. The first process that opens a new store
    stores whether its site is public or private.

    Raises:
        PrivacyError: The value in the store differs; the remedy names the command that changes it.
        StoreError: The store cannot be read.
    """
    found = store.claim_access(wanted)
    if found == wanted:
        return
    if found == "channels":
        raise PrivacyError(
            "the store has private channels of an earlier feedsvc, which no longer exist, and all of it would "
            f"become {wanted}",
            "move their articles to a private site of their own (docs/how-to/private-site.md), then say what this "
            "site is: feedsvc store access public, or private",
        )
    raise PrivacyError(
        f"the store is of a {found} site, and by these settings it would be {wanted}",
        f'name the feedsvc.toml that says access = "{found}" with --config, or say that it is meant: '
        f"feedsvc store access {wanted}",
    )
