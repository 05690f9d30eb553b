"""Settings: what the operator may decide.

:class:`Settings` defines each once, with its default; :func:`load_settings` is the door. What one value must look
like stands in ``values``, what tables of the file hold in ``tables``. It knows no station, so that the command
line can tell about the settings without loading any.
"""

from feedsvc.settings.load import CONFIG_FILE, find_sources, load_settings, settle
from feedsvc.settings.settings import PREFIX, Settings
from feedsvc.settings.shown import Shown, shown
from feedsvc.settings.tables import GONE

__all__ = [
    "CONFIG_FILE",
    "GONE",
    "PREFIX",
    "Settings",
    "Shown",
    "find_sources",
    "load_settings",
    "settle",
    "shown",
]
