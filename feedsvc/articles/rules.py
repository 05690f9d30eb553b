"""The rules that articles are read by: the settings that decide how a reading comes out."""

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from feedsvc import __version__


@dataclass(frozen=True, slots=True)
class Rules:
    """Plain values from the settings; equal for every article of a round."""

    base_url: str
    """Where the site is served: absolute, without a trailing slash."""
    zone: ZoneInfo
    """The site's time zone, which times without one are in."""
    size_limit: int
    """In bytes; a larger file is set aside."""

    @property
    def key(self) -> str:
        """A text that changes whenever the same file could be read otherwise.

        A new version of feedsvc counts: its readers may have learned something.
        """
        return json.dumps([__version__, self.base_url, self.zone.key, self.size_limit])
