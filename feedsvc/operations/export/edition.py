"""From an edition to a folder of files, with what hosts have to know of them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from feedsvc.articles.model import Problem
from feedsvc.core.errors import EditionConflictError, ExportError, PrivacyError
from feedsvc.core.open_beneath import open_file
from feedsvc.core.public_addresses import is_public_url
from feedsvc.core.settings.model import Settings
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.model import Caching
from feedsvc.documents.on_demand import paths, render
from feedsvc.operations.export.directory import ExportDirectory, ExportedFile, can_be_written, exported_file
from feedsvc.operations.export.hosts import headers_file, http_conf, listing, redirects_file, server_conf
from feedsvc.operations.serve.worker import policy_of
from feedsvc.publishing.site_access import claim
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import NO_EDITION, Changes, Edition
from feedsvc.responses.encodings import STILL, encode, tag
from feedsvc.responses.freshness import Policy, lifetimes
from feedsvc.responses.response import Coding, Response
from feedsvc.store.edition_store import EditionStore
from feedsvc.store.store import Store, open_store
from feedsvc.web.root_files import RootFiles, is_own_first, root_files

_FEEDS = tuple(f"/{form.file}" for form in FORMATS)


class Source(Protocol):
    """The part of the store that an export needs. All of it may raise ``StoreError``."""

    def changes(self, since: Edition) -> Changes:
        """All that there is, with the edition 0 for ``since``."""

    def fetch(self, path: str, known: Edition) -> tuple[int, Response] | None:
        """A path's response and the number of the edition that wrote it.

        None where there is none now, and where the store does not hold the edition ``known``.
        """


class WholeEdition:
    """All that a store serves, with what is rendered on demand; see :class:`Source`."""

    def __init__(self, editions: EditionStore) -> None:
        self._editions = editions

    def changes(self, since: Edition) -> Changes:
        """All that there is, with the edition 0 for ``since``."""
        changes = self._editions.changes(since)
        if not changes.edition.number:
            return changes
        try:
            with self._editions.snapshot(changes.edition) as snapshot:
                rendered = {*paths(snapshot)}
        except EditionConflictError:
            return self.changes(since)  # another was published between the two looks
        prepared = {response.path for response in changes.pinned}
        return replace(changes, stored=tuple(sorted(rendered.union(changes.stored) - prepared)))

    def fetch(self, path: str, known: Edition) -> tuple[int, Response] | None:
        """A path's response and the number of its edition; None where the store holds ``known`` no more."""
        if (found := self._editions.fetch(path, known)) is not None:
            return found
        try:
            with self._editions.snapshot(known) as snapshot:
                document = render(snapshot, path)
        except EditionConflictError:
            return None
        return None if document is None else (known.number, prepare(document, "", known.time))


class MovedError(Exception):
    """Another edition was published meanwhile, or another store put in the place of the store."""


def walk(source: Source, changes: Changes) -> Iterator[Response]:
    """Every response of the edition: feeds last, so that they never name what is not there yet.

    Raises:
        MovedError: A newer edition has changed something that was still to be read, or the store is another.
    """
    pinned = {response.path: response for response in changes.pinned}
    for path in sorted({*pinned, *changes.stored}, key=lambda path: (path.endswith(_FEEDS), path)):
        yield pinned.get(path) or _fetched(source, path, changes.edition)


def _fetched(source: Source, path: str, edition: Edition) -> Response:
    found = source.fetch(path, edition)
    if found is None or found[0] > edition.number:
        raise MovedError
    return found[1]


def newest(source: Source) -> Changes:
    """The newest edition, as far as it is in memory.

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
_ENDINGS: Mapping[Coding, str] = {"identity": "", "gzip": ".gz", "br": ".br"}

Progress = Callable[[int, int], None]


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
    files: RootFiles | None = None,
    link: bool = False,
) -> Exported:
    """Bring a folder up to the newest edition.

    New files come first, then the feeds that name them, then what hosts have to know; what is no more goes last.

    Args:
        source: The store.
        tree: The folder, entered.
        articles: The articles directory, for media files.
        policy: The freshness that hosts are told; it heeds no next moment, since no host would.
        progress: Told how many paths of how many are done.
        files: What the operator serves at the root beside the edition.
        link: Whether media files are linked instead of copied, where that is possible.

    Raises:
        ExportError: The folder cannot be written, or nothing is published.
        StoreError: The store cannot be read.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _Export(tree, articles, policy, files, link=link).run(source, progress)
        except MovedError:
            continue
    raise ExportError("editions change faster than they can be exported", "export again when there is less to do")


class _Export:
    """One attempt: it is given up when a newer edition comes meanwhile."""

    def __init__(
        self, tree: ExportDirectory, articles: Path, policy: Policy, files: RootFiles | None, *, link: bool
    ) -> None:
        self._files = files
        self._tree = tree
        self._articles = articles
        self._lifetimes: Mapping[Caching, bytes] = lifetimes(policy, 0, None)
        self._link = link
        self._owners: dict[str, str] = {}
        """By file, what it holds, so that two paths do not write one file."""
        self._problems: list[Problem] = []

    def run(self, source: Source, progress: Progress) -> Exported:
        self._tree.begin()
        changes = newest(source)
        total = len(changes.pinned) + len(changes.stored)
        leaves = []
        for done, response in enumerate(walk(source, changes), 1):
            leaf = self._write(response)
            if leaf is not None:
                leaves.append(leaf)
            progress(done, total)
        self._write_root_files()
        self._tell_hosts(leaves)
        self._tree.finish()
        number = changes.edition.number
        return Exported(number, len(leaves), self._tree.written, self._tree.deleted, tuple(self._problems))

    def _write(self, response: Response) -> ExportedFile | None:
        """Write what a path holds; None if that cannot be done."""
        if response.traits.kind == "preview":
            return None  # a static host answers all who ask alike: with the feed
        leaf = exported_file(response, self._lifetimes[response.traits.caching].decode("ascii"))
        if leaf.file and (fault := self._fault(response, leaf.file)):
            self._problems.append(Problem(response.path, None, *fault))
            return None
        return leaf

    def _fault(self, response: Response, file: str) -> tuple[str, str] | None:
        """Write a file; what kept it from being written, and what to do, if something did."""
        if not can_be_written(file):
            return "no file can have this name", "give the article another slug"
        etag = response.representations[-1].etag
        if self._owners.setdefault(file, etag) != etag:
            return f"{file} holds another page", "give one of them another slug"
        if response.file is None:
            self._write_document(f"site{file}", response)
        elif not self._copy(f"site{file}", response, response.file):
            return f"{response.file} is not as it was published", "publish again, then export"
        return None

    def _write_document(self, name: str, response: Response) -> None:
        names = [f"{name}{ending}" for ending in _ENDINGS.values()]
        if self._tree.has_all(names, response.digest):
            return
        content = next(each.body for each in response.representations if each.coding == "identity")
        media_type = dict(response.headers).get("content-type", "")
        # The plain one comes last: once it is as it must be, so are the others.
        for each in sorted(encode(content, media_type, STILL), key=lambda each: each.coding == "identity"):
            self._tree.put(f"{name}{_ENDINGS[each.coding]}", response.digest, each.body, response.last_modified)

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
            "nginx/server.conf": server_conf(leaves),
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
        _check_exportable(store, settings)
        with tree:
            return export(
                WholeEdition(store.editions),
                tree,
                settings.articles,
                policy_of(settings),
                progress,
                files=root_files(settings.articles, settings.pages.static, settings.site.icon_file),
                link=link,
            )


def _check_exportable(store: Store, settings: Settings) -> None:
    """Refuse to export what is published under no public address, before a folder is made."""
    edition = store.editions.newest()
    if not edition.number:
        raise _nothing_published()
    if settings.base_url is not None:
        return
    with store.editions.snapshot(edition) as snapshot:
        base_url = snapshot.site.base_url
    if base_url == settings.public_url or not is_public_url(base_url):
        raise ExportError(
            f"the site has no base_url, so its feeds and pages lead to {base_url}, which others cannot reach",
            "set base_url to the address under which others will find it, run feedsvc publish, then export",
        )
