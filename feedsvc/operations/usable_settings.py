"""Whether the service could run by some settings: what only shows when a theme or a store is looked at."""

from feedsvc.core.errors import FeedsvcError, SettingsError
from feedsvc.core.settings.model import Settings
from feedsvc.publishing.theme_folder import read_theme
from feedsvc.store.store import check_url


def check_usable(settings: Settings) -> None:
    """Refuse settings with which the service could not run: a theme or a store that cannot be used here.

    Raises:
        SettingsError: All that is wrong.
    """
    errors: list[FeedsvcError] = []
    for check in (lambda: read_theme(settings.pages.theme), lambda: check_url(settings.store_url)):
        try:
            check()
        except FeedsvcError as error:
            errors.append(error)
    if errors:
        raise SettingsError.of_all(errors)
