"""References: every URL in an article, made absolute or refused."""

import re
from collections.abc import Callable
from itertools import islice
from os.path import isfile
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize
from urllib.parse import quote, unquote, urljoin
from zoneinfo import ZoneInfo

from feedsvc.articles.body.inline_media import InlineMedia, inline_media
from feedsvc.articles.body.media import (
    FILE_SUFFIX,
    Digest,
    file_digest,
    may_be_file,
    media_file,
    picture_size,
    resolve,
)
from feedsvc.articles.body.site_links import (
    SourceLink,
    encoded_once,
    path_pattern,
    read_source_link,
    site_address,
    web_url,
)
from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.identity.paths import read_path, section_of
from feedsvc.articles.model import MediaFile
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes, line_at
from feedsvc.articles.source.listing import Listing, Stat
from feedsvc.articles.source.names import article_format, is_section_page
from feedsvc.core.urls import MEDIA

_BLANKS = "".join(map(chr, range(33)))
"""Characters that browsers strip from both ends of a URL (WHATWG URL, section 4.4, "C0 control or space")."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_FINISHED = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#](?:[A-Za-z0-9/?#@!$&'()*+,;=:~._-]|%[0-9A-Fa-f]{2})*)?"
)
"""A URL in which nothing is left to make absolute or to encode, as most are."""
_TOPS = ("static", "public", "assets")
"""Folders whose files other programs publish at the top of the site."""
_POSTS = ("", "_posts/")
_ENDINGS = ("", ".md", ".markdown", ".mdx", ".html", "/index.md", "/_index.md")
"""How a reference to an article may leave out a part of its path."""
_GHOST = "__GHOST_URL__"
"""What stands for the address of the site in an export of Ghost."""
_NETWORK = re.compile(r"[/\\]{2}")
_MEDIA = re.compile(rf"{MEDIA}[0-9a-f]{{16}}/")
"""How the path of a published file begins."""
_CHANNELS = re.compile(r"/(?:tags|authors)/")
"""Where channels lie that have no folder."""

_ANY = Calendar(ZoneInfo("UTC"))
Measured = TypeVar("Measured")

_MOST_INLINE = 200
"""More pictures than this do not stand in the text of one article."""
_SHOWN = 40
"""How much of a ``data:`` URL is kept to find its line."""
_REPORTED = 20
"""More missing files than this are counted, not named."""


class References:
    """Resolves the references of one article, and remembers which files beside it they need."""

    def __init__(
        self,
        directory: Path,
        listing: Listing,
        article_path: str,
        options: ReadOptions,
        digest: Digest = file_digest,
    ) -> None:
        """Take the article, the listing of its directory, and the options by which the article is read.

        A link below their ``other_base_url`` means the same below the base URL. No more files than
        ``limits.media`` are published with the article, and of missing ones no more are watched for. A file of
        ``static`` is not missing.
        """
        self.directory = directory
        self.listing = listing
        self.article_path = article_path
        self.base_url = options.base_url
        self._static = options.static
        self._most_files = options.limits.media
        self._digest = digest
        self._site = site_address(self.base_url)
        self._other_site = site_address(options.other_base_url) if options.other_base_url else None
        folder = article_path.rpartition("/")[0]
        self.base = f"{self.base_url}/{quote(folder)}/" if folder else f"{self.base_url}/"
        self._absolute: dict[str, str | None] = {}
        """References that were resolved already: one may stand in an article a hundred thousand times."""
        self.files: dict[str, MediaFile] = {}
        """By their path in the articles directory."""
        self.inline: dict[str, InlineMedia] = {}
        """Media from the article's own text, by their path on the site."""
        self.refused: dict[str, None] = {}
        """The beginnings of ``data:`` URLs that cannot be published."""
        self.beyond = 0
        """How many references to files are over the limit."""
        self.missing: dict[str, str] = {}
        """The path of each missing file, to the reference to it."""
        self.linked: dict[str, str] = {}
        """The articles that it links to: the URL path that the body gets, to the path of the file."""
        self.sought: set[str] = set()
        """Where files were looked for in vain; the article has to be read again when one appears."""

    def absolute(self, reference: str) -> str | None:
        """The absolute URL that ``reference`` means; None where it is none that may be published.

        A place within the article (``#notes``) stays as it is. Besides ``http`` and ``https`` only ``mailto``
        and ``tel`` are let through; blanks and control characters are read over as browsers do.
        """
        if self._other_site is not None and (below := self._other_site.below(reference)) is not None:
            reference = self.base_url + below
        if _FINISHED.fullmatch(reference) and self._site.host not in reference.lower():
            return reference
        if reference not in self._absolute:
            self._absolute[reference] = self._resolved(reference)
        return self._absolute[reference]

    def _resolved(self, reference: str) -> str | None:
        url = re.sub(r"[\t\n\r]", "", reference.strip(_BLANKS)).removeprefix(_GHOST)
        if not url:
            return None
        if url.startswith("#"):
            return f"#{encoded_once(url[1:])}"
        source = read_source_link(url, self.article_path.rpartition("/")[0])
        if source is not None:
            return self._of_source(source)
        scheme = _SCHEME.match(url)
        return self._with_scheme(url, scheme[1].lower()) if scheme else self._from_here(url)

    def _with_scheme(self, url: str, scheme: str) -> str | None:
        if scheme in {"mailto", "tel"}:
            return encoded_once(url)
        if scheme == "data":
            return self._of_data(url)
        own = self._site.below(url)
        return web_url(url) if own is None else self._from_top(own)

    def _of_data(self, url: str) -> str | None:
        """The URL of the file that a ``data:`` URL holds."""
        found = inline_media(url)
        if found is None or (found.file.path not in self.inline and len(self.inline) >= _MOST_INLINE):
            self.refused[url[:_SHOWN]] = None
            return None
        self.inline[found.file.path] = found
        return self.base_url + found.file.path

    def is_own(self, url: str) -> bool:
        """Whether the absolute ``url`` is one of the site."""
        return self._site.below(url) is not None

    def file(self, reference: str) -> MediaFile | None:
        """The media file beside the article that ``reference`` means; one that is missing is remembered."""
        path = resolve(self.article_path, reference)
        if path is None or (path in self.listing.files and self.listing.is_article(path)):
            return None
        if path not in self.files:
            if len(self.files) >= self._most_files:
                self.beyond += 1
                return None
            file = self._found(path, reference)
            if file is None:
                if may_be_file(path) and not article_format(path):
                    self._not_beside(path, reference)
                return None
            self.files[file.source] = file
            return file
        return self.files[path]

    def _found(self, path: str, reference: str) -> MediaFile | None:
        """The file at ``path``; one that is asked for from the top also where other programs keep such files."""
        if self.listing.find(path) or not reference.strip().startswith("/"):
            return media_file(self.directory, self.listing, self.article_path, reference, self._digest)
        self._seek(path)
        for top in _TOPS:
            if self.listing.find(f"{top}/{path}"):
                asked = f"/{top}/{quote(path)}"
                return media_file(self.directory, self.listing, self.article_path, asked, self._digest)
            self._seek(f"{top}/{path}")
        return None

    def _article(self, url: str) -> str | None:
        """Where the article is published whose file ``url`` means, as far as its path says; None for any other."""
        path = resolve(self.article_path, url)
        if path is None or not (article_format(path) or not FILE_SUFFIX.search(path.rpartition("/")[2])):
            return None
        folder, _, name = path.rpartition("/")
        inner = f"{folder}/" if folder else ""
        for candidate in (f"{inner}{posts}{name}{ending}" for posts in _POSTS for ending in _ENDINGS):
            found = self.listing.find(candidate)
            if found is not None and is_section_page(found.rpartition("/")[2]):
                return f"{self.base_url}/{section_of(found.rpartition('/')[0])}/"
            if found is not None and self.listing.is_article(found):
                place = read_path(found, _ANY)
                address = "/" + "/".join(filter(None, (place.section, place.slug)))
                self.linked[address] = found
                return self.base_url + address
        if article_format(path) == "markdown" and not self.listing.find(path):
            self._miss(path, url)
        return None

    def _of_source(self, link: SourceLink) -> str | None:
        """The URL of what a link in another program's notation means; a source that is not there is missing."""
        if link.path is not None:
            return f"{self.base_url}{link.path}"
        sources = [source for source in link.sources if self._lies_at(source)]
        if not sources and link.name:
            name = unquote(link.name)
            pattern, stem = path_pattern(name), name.rpartition(".")[0] or name
            # To look for the stem first rules nearly all files out, in a tenth of the time.
            paths = (each for each in self.listing.files if stem in each and pattern.match(each))
            _, mark, part = link.sources[0].partition("#")
            sources = [f"/{quote(path)}{mark}{part}" for path in sorted(paths)[:1]]
        if sources:
            return self._of_site(sources[0])
        path = resolve(self.article_path, link.sources[0])
        if path is not None:
            self._miss(path, unquote(link.sources[0].partition("#")[0].lstrip("/")))
        return None if link.leads_nowhere else web_url(urljoin(self.base, link.sources[0]))

    def _lies_at(self, source: str) -> bool:
        """Whether an article or a file is what ``source`` means; where none is, it is one to look for again."""
        path = resolve(self.article_path, source)
        if path is None:
            return False
        folder, slash, name = path.rpartition("/")
        paths = [f"{folder}{slash}{posts}{name}{ending}" for posts in _POSTS for ending in _ENDINGS]
        if source.startswith("/"):
            paths += [f"{top}/{path}" for top in _TOPS]
        found = any(map(self.listing.find, paths))
        if not found:
            self._seek(path)
        return found

    def _not_beside(self, path: str, reference: str) -> None:
        """Remember a file that the articles directory does not hold, as missing if the root has none."""
        if self._static is not None and isfile(self._static / path):  # noqa: PTH113 - false for a name that is too long
            self._seek(path)
        else:
            self._miss(path, reference)

    def _miss(self, path: str, reference: str) -> None:
        """Remember a file that is not there, in either of the forms in which it may appear."""
        if len(self.missing) < self._most_files:
            self.missing.setdefault(path, reference)
        if not path.isascii():
            self._seek(normalize("NFC", path), normalize("NFD", path))

    def _seek(self, *paths: str) -> None:
        """Remember where a file was looked for in vain."""
        if len(self.sought) < self._most_files * (len(_TOPS) + 1):
            self.sought.update(paths)

    def published(self) -> dict[str, MediaFile]:
        """The files that were found so far by the URL each is published at."""
        return {self.base_url + file.path: file for file in self.media()}

    def media(self) -> tuple[MediaFile, ...]:
        """The files that have to be served for the article: those beside it, then those that stood in it."""
        beside = (self.files[source] for source in sorted(self.files))
        return (*beside, *(self.inline[path].file for path in sorted(self.inline)))

    def picture_size(self, file: MediaFile) -> tuple[int, int] | None:
        """Width and height in pixels of one of the files; None where unknown."""
        if file.kept is not None:
            return self.inline[file.path].size
        return self.measured(file, picture_size)

    def measured(self, file: MediaFile, measure: Callable[[Path, str, Stat], Measured | None]) -> Measured | None:
        """The result of ``measure`` for a file beside the article; None where it cannot be read, or is none."""
        if file.kept is not None:
            return None
        try:
            return measure(self.directory, file.source, self.listing.files[file.source])
        except OSError:
            return None  # its next change is noticed by the stamp

    def report(self, text: str, notes: Notes) -> None:
        """Warn about each file that is missing or refused, at the line of ``text`` where it is referred to."""
        remedy = "put it there, or mend the reference"
        for path, reference in islice(self.missing.items(), _REPORTED):
            notes.warn(line_at(text, text.find(reference)), f'there is no file "{path}"', remedy)
        if len(self.missing) > _REPORTED:
            notes.warn(None, f"{len(self.missing) - _REPORTED} more files are missing", remedy)
        if self.beyond:
            what = f"the article refers to more than {self._most_files} files; {self.beyond} more are left out"
            notes.warn(None, what, "split it, or raise max_media")
        for start in islice(self.refused, _REPORTED):
            at = max(text.find(start), text.find(f"{start.partition(',')[0]},"))
            what = f'the content of "{start}…" cannot be published and is left out'
            remedy = "put it into a file beside the article; data: may be PNG, JPEG, GIF, WebP or SVG"
            notes.warn(line_at(text, at), what, remedy)

    def _from_here(self, url: str) -> str | None:
        if _NETWORK.match(url):
            own = self._site.below(url)
            return web_url(f"https://{url[2:]}") if own is None else self._from_top(own)
        if self._site.has_base_path and url.startswith("/"):
            own = self._site.without_base_path(url)
            if own is not None or _CHANNELS.match(url):
                return self._from_top(own or url)
        return self._of_site(url) or web_url(urljoin(self.base, url.replace("\\", "/")))

    def _from_top(self, path: str) -> str | None:
        """The URL of what ``path``, which begins at the base URL, means."""
        found = None if _MEDIA.match(path) else self._of_site(path)
        return found or web_url(self.base_url + path)

    def _of_site(self, url: str) -> str | None:
        """Where the article or the file is published that ``url``, a path, means; None where there is neither."""
        found = self._article(url)
        if found is None:
            file = self.file(url)
            found = None if file is None else f"{self.base_url}{file.path}"
        if found is None:
            return None
        _, mark, fragment = url.partition("#")
        return f"{found}{mark}{encoded_once(fragment)}"
