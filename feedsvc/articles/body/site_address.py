"""The site's own address: whether a URL, however it spells the host, means a file or page of the site itself."""

import re
from functools import lru_cache

from feedsvc.core.ascii_urls import ascii_authority, encoded

_WEB = re.compile(r"(?:(https?):)?[/\\]{2}([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_DEFAULT_PORT = re.compile(r":(?:80|443)?\Z")


class SiteAddress:
    """The base URL, and what lies below it."""

    def __init__(self, base_url: str) -> None:
        """Take the base URL: absolute, in ASCII, without a trailing slash."""
        parts = _WEB.fullmatch(base_url)
        self._authority = _plain(parts[2]) if parts else None
        self._path = parts[3] if parts else ""
        self.host = (self._authority or base_url).partition(":")[0]
        """In lower case; a URL in ASCII that does not hold it is not of the site."""

    def below(self, url: str) -> str | None:
        """What of an absolute ``url``, or one that begins with ``//``, comes below the base URL.

        The scheme, the case of the host, its default port and its spelling in Unicode make no difference.

        Returns:
            A path with a leading slash, with query and fragment, percent-encoded; None where the URL is of another
            site, or of a part of the host that is not the site's.
        """
        parts = _WEB.fullmatch(url)
        if parts is None or _plain(parts[2]) != self._authority:
            return None
        return self.without_base_path(parts[3] if parts[3][:1] in {"/", "\\"} else f"/{parts[3]}")

    def without_base_path(self, path: str) -> str | None:
        """What of ``path``, from the top of the host, comes below the base URL; None where it does not."""
        found = encoded(path.replace("\\", "/"))
        if not found.startswith(self._path):
            return None
        rest = found[len(self._path) :]
        if rest.startswith("/"):
            return rest
        return f"/{rest}" if rest[:1] in {"", "?", "#"} else None

    @property
    def has_base_path(self) -> bool:
        """Whether the site lies below the top of its host."""
        return bool(self._path)


@lru_cache(maxsize=256)
def _plain(authority: str) -> str | None:
    """The authority as it is compared: in ASCII and lower case, without a default port."""
    found = ascii_authority(authority)
    return None if found is None else _DEFAULT_PORT.sub("", found.lower())


@lru_cache(maxsize=8)
def site_address(base_url: str) -> SiteAddress:
    """The address of the site at ``base_url``; the articles of a round share one."""
    return SiteAddress(base_url)
