"""From an edition to a folder of files, with what hosts have to know of them."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path

from feedsvc.articles.model import Problem
from feedsvc.core.errors import ExportError, PrivacyError
from feedsvc.core.open_beneath import open_file
from feedsvc.core.public_addresses import is_public_url
from feedsvc.core.settings.model import Settings
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.model import Caching
from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.hosts import (
    ExportedFile,
    can_be_written,
    exported_file,
    headers_file,
    http_conf,
    listing,
    redirects_file,
    server_conf,
)
from feedsvc.operations.export.rendering import (
    EditionMovedError,
    ExportFault,
    RenderedPath,
    Source,
    Stages,
    StoredEdition,
    compressed,
    rendered,
    rendered_in_processes,
)
from feedsvc.operations.serve.worker import policy_of
from feedsvc.publishing.usable_settings import claim
from feedsvc.responses.edition import NO_EDITION, Changes, Edition
from feedsvc.responses.encodings import tag
from feedsvc.responses.freshness import Policy, lifetimes
from feedsvc.responses.response import Coding, Response
from feedsvc.store.store import Store, open_store
from feedsvc.store.url import sqlite_file
from feedsvc.web.files import RootFiles, is_own_first, root_files
from feedsvc.web.request_target import base_path

_FEEDS = tuple(f"/{form.file}" for form in FORMATS)


_PAGE_OF_ARCHIVE = re.compile(r"(?P<channel>.*/)archive/(?P<number>[1-9][0-9]{0,8})/[^/]*")


def stages_of(changes: Changes) -> Stages:
    """Every path of the edition: feeds last, so that they never name what is not there yet.

    Archives come in the order of their age and not of their channels, each page beside its feeds: so the documents
    that hold an article come close together, and it is read and written once for them.
    """
    age = _ages(changes.rendered)
    archives = sorted(age, key=lambda path: (age[path], path))
    stored = sorted([*(response.path for response in changes.pinned), *changes.stored])
    return [
        [(path, False) for path in changes.rendered if path not in age],
        [(path, False) for path in archives],
        [(path, True) for path in stored if not path.endswith(_FEEDS)],
        [(path, True) for path in stored if path.endswith(_FEEDS)],
    ]


def _ages(paths: Iterable[str]) -> Mapping[str, float]:
    """By path, where a page stands in the archive of its channel: from 0, the oldest, to 1, the newest."""
    found = {path: match for path in paths if (match := _PAGE_OF_ARCHIVE.fullmatch(path))}
    last: dict[str, int] = {}
    for match in found.values():
        last[match["channel"]] = max(last.get(match["channel"], 0), int(match["number"]))
    return {path: (int(match["number"]) - 0.5) / last[match["channel"]] for path, match in found.items()}


def newest(source: Source) -> Changes:
    """The newest edition, and all its paths.

    Raises:
        ExportError: There is none.
    """
    changes = source.changes(NO_EDITION)
    if not changes.edition.number:
        raise _nothing_published()
    return changes


def _nothing_published() -> ExportError:
    return ExportError("nothing is published yet", "run feedsvc publish first")


_ATTEMPTS = 5
Files = tuple[tuple[Coding, bytes], ...]
_ENDINGS: Mapping[Coding, str] = {"identity": "", "gzip": ".gz", "br": ".br"}

Progress = Callable[[int, int], None]
Render = Callable[[Stages, Edition, frozenset[str]], Iterator[RenderedPath]]
"""Renders documents, with the arguments of :func:`.rendering.rendered` but the first."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The result of an export."""

    edition: int
    paths: int
    """How many paths the site has, redirects included."""
    written: int
    """How many files were written; the others are as they were."""
    deleted: int
    problems: tuple[Problem, ...] = ()
    """Files that could not be written as they were published; ``path`` is that of the URL."""


def export(  # noqa: PLR0913 - the door
    source: Source,
    tree: ExportDirectory,
    articles: Path,
    policy: Policy,
    progress: Progress,
    *,
    base: str = "",
    files: RootFiles | None = None,
    link: bool = False,
    render: Render | None = None,
) -> Exported:
    """Bring a folder up to the newest edition.

    New files come first, then the feeds that name them, then what hosts have to know; what is no more goes last.

    Args:
        source: The store.
        tree: The folder, entered.
        articles: The articles directory, for media files.
        policy: The freshness that hosts are told; it heeds no next moment, since no host would.
        progress: Told how many paths of how many are done.
        base: The path of the base URL, which nginx takes off.
        files: What the operator serves at the root beside the edition.
        link: Whether media files are linked instead of copied, where that is possible.
        render: Renders the documents; by default in this process.

    Raises:
        ExportError: The folder cannot be written, or nothing is published.
        StoreError: The store cannot be read.
    """
    for _ in range(_ATTEMPTS):
        try:
            attempt = _Export(tree, articles, policy, files, base=base, link=link)
            return attempt.run(newest(source), render or partial(rendered, source), progress)
        except EditionMovedError:
            continue
    raise ExportError("editions change faster than they can be exported", "export again when there is less to do")


class _Export:
    """One attempt: it is given up when a newer edition comes meanwhile."""

    def __init__(  # noqa: PLR0913 - as of export
        self,
        tree: ExportDirectory,
        articles: Path,
        policy: Policy,
        files: RootFiles | None,
        *,
        base: str,
        link: bool,
    ) -> None:
        self._files = files
        self._base = base
        self._tree = tree
        self._articles = articles
        self._lifetimes: Mapping[Caching, bytes] = lifetimes(policy, 0, None)
        self._link = link
        self._owners: dict[str, str] = {}
        """By file, what it holds, so that two paths do not write one file."""
        self._problems: list[Problem] = []

    def run(self, changes: Changes, render: Render, progress: Progress) -> Exported:
        self._tree.begin()
        stages = stages_of(changes)
        total, leaves = sum(map(len, stages)), []
        for done, each in enumerate(render(stages, changes.edition, self._tree.digests()), 1):
            if isinstance(each.response, ExportFault):
                self._problems.append(Problem(each.path, None, *each.response))
            elif each.response is not None and (leaf := self._write(each.response, each.files)) is not None:
                leaves.append(leaf)
            progress(done, total)
        self._write_root_files()
        self._tell_hosts(sorted(leaves, key=attrgetter("path")))
        self._tree.finish()
        number = changes.edition.number
        return Exported(number, len(leaves), self._tree.written, self._tree.deleted, tuple(self._problems))

    def _write(self, response: Response, files: Files) -> ExportedFile | None:
        """Write what a path holds; None if that cannot be done."""
        if response.traits.kind == "preview":
            return None  # a static host answers all who ask alike: with the feed
        leaf = exported_file(response, self._lifetimes[response.traits.caching].decode("ascii"))
        if leaf.file and (fault := self._fault(response, leaf.file, files)):
            self._problems.append(Problem(response.path, None, *fault))
            return None
        return leaf

    def _fault(self, response: Response, file: str, files: Files) -> tuple[str, str] | None:
        """Write a file; what kept it from being written, and what to do, if something did."""
        if not can_be_written(file):
            return "no file can have this name", "give the article another slug"
        etag = response.representations[-1].etag
        if self._owners.setdefault(file, etag) != etag:
            return f"{file} holds another page", "give one of them another slug"
        if response.file is None:
            self._write_document(f"site{file}", response, files)
        elif not self._copy(f"site{file}", response, response.file):
            return f"{response.file} is not as it was published", "publish again, then export"
        return None

    def _write_document(self, name: str, response: Response, files: Files) -> None:
        names = [f"{name}{ending}" for ending in _ENDINGS.values()]
        if self._tree.has_all(names, response.digest):
            return
        *coded, (_, content) = files or compressed(response)
        beside = [(_ENDINGS[coding], each) for coding, each in coded]
        self._tree.put(name, response.digest, content, response.last_modified, beside=beside)

    def _copy(self, name: str, response: Response, source: str) -> bool:
        """Take a media file over, if what was opened still has the bytes that its address names."""
        if self._tree.has(name, response.digest):
            return True
        try:
            file = open_file(self._articles, source)
        except OSError:
            return False
        with file:
            if tag(hashlib.file_digest(file, "sha256").digest()) != response.representations[0].etag:
                return False
            self._tree.take(name, response.digest, file, response.last_modified, link=self._link)
        return True

    def _write_root_files(self) -> None:
        """Take over the operator's own files; one whose place a page or a feed has is left out."""
        for path in self._files.paths() if self._files else ():
            found = self._files.find(path) if self._files else None
            if found is None or not can_be_written(path) or (path in self._owners and not is_own_first(path)):
                continue
            folder, prepared = found
            digest = prepared.variants["identity"].etag.decode("ascii")
            if not self._tree.has(f"site{path}", digest):
                with open_file(folder, prepared.file or "") as file:
                    self._tree.take(f"site{path}", digest, file, prepared.last_modified, link=self._link)

    def _tell_hosts(self, leaves: list[ExportedFile]) -> None:
        texts = {
            "site/_headers": headers_file(leaves),
            "site/_redirects": redirects_file(leaves),
            "nginx/http.conf": http_conf(leaves),
            "nginx/server.conf": server_conf(leaves, self._base),
            "s3.json": listing(leaves),
        }
        for name, text in texts.items():
            content = text.encode()
            digest = hashlib.sha256(content).hexdigest()
            if not self._tree.has(name, digest):
                self._tree.put(name, digest, content)


def export_site(  # noqa: PLR0913 - what an export may be told
    settings: Settings,
    folder: Path,
    progress: Progress,
    *,
    overwrite: bool = False,
    link: bool = False,
    private_too: bool = False,
) -> Exported:
    """Write the newest edition as files; see :func:`export`.

    Raises:
        PrivacyError: The site is private, and not to be exported, unless ``private_too``.
        ExportError: Nothing is published, or only under an address of this machine; nothing is written then.
    """
    tree = ExportDirectory(folder, overwrite=overwrite)
    with closing(open_store(settings.store_url, make=False)) as store:
        claim(store.operator, settings.access)
        if settings.access == "private" and not private_too:
            raise PrivacyError(
                "the site is private, and a host of files lets everybody in",
                "export it with --private to a host that asks for a password itself",
            )
        base_url = _exportable_url(store, settings)
        with tree, closing(StoredEdition(store.editions)) as source:
            return export(
                source,
                tree,
                settings.articles,
                policy_of(settings),
                progress,
                base=base_path(base_url),
                files=root_files(
                    settings.articles,
                    settings.pages.static,
                    settings.site.icon_file,
                    store=sqlite_file(settings.store_url),
                ),
                link=link,
                render=partial(rendered_in_processes, settings.store_url),
            )


def _exportable_url(store: Store, settings: Settings) -> str:
    """The base URL of the site; what is published under no public address is refused before a folder is made."""
    edition = store.editions.newest()
    if not edition.number:
        raise _nothing_published()
    if settings.base_url is not None:
        return settings.public_url
    with store.editions.snapshot(edition) as snapshot:
        base_url = snapshot.site.base_url
    if base_url == settings.public_url or not is_public_url(base_url):
        raise ExportError(
            f"the site has no base_url, so its feeds and pages lead to {base_url}, which others cannot reach",
            "set base_url to the address under which others will find it, run feedsvc publish, then export",
        )
    return base_url
