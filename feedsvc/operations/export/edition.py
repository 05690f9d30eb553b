"""From an edition to a folder of files, with what hosts have to know of them."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, count
from operator import attrgetter
from pathlib import Path

from feedsvc.articles.model import Problem
from feedsvc.articles.source.names import EXPORTED
from feedsvc.core.errors import ExportError, PrivacyError
from feedsvc.core.open_beneath import open_file, real_path
from feedsvc.core.settings.model import Settings
from feedsvc.core.urls import is_public_url
from feedsvc.documents.feeds.channel_feeds import FORMATS
from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.hosts import (
    ExportedFile,
    can_be_written,
    headers_file,
    http_conf,
    listing,
    possible_files,
    redirects_file,
    server_conf,
)
from feedsvc.operations.export.processes import ExportProcesses
from feedsvc.operations.export.writer import (
    EditionMovedError,
    ExportFault,
    Item,
    StoredEdition,
    WriteOptions,
    WrittenPath,
)
from feedsvc.operations.serve.worker import policy_of
from feedsvc.responses.answer import lifetimes
from feedsvc.responses.edition import NO_EDITION, Changes
from feedsvc.responses.response import Response
from feedsvc.store.engine import sqlite_file
from feedsvc.store.store import Store, open_store
from feedsvc.web.files import RootFiles, is_own_first, root_files
from feedsvc.web.requests import base_path

_FEEDS = tuple(f"/{form.file}" for form in FORMATS)
_PAGE_OF_ARCHIVE = re.compile(r"(?P<channel>.*/)archive/(?P<number>[1-9][0-9]{0,8})/[^/]*")

Stages = Sequence[Sequence[Item]]
"""Items of which those of each stage are written before those of the next. Within a stage, items that are made of
the same articles are close together."""


def stages_of(changes: Changes) -> Stages:
    """Every path of the edition: feeds last, so that they never name what is not there yet.

    Archives come in the order of their age and not of their channels, each page beside its feeds: so the documents
    that hold an article come close together, and it is read and written once for them.
    """
    age = _ages(changes.rendered)
    archives = sorted(age, key=lambda path: (age[path], path))
    stored = sorted([*(response.path for response in changes.pinned), *changes.stored])
    contested = _contested([*changes.rendered, *stored])

    def items(paths: Iterable[str], *, stored: bool) -> Sequence[Item]:
        return [Item(path, stored, path in contested) for path in paths]

    return [
        items((path for path in changes.rendered if path not in age), stored=False),
        items(archives, stored=False),
        items((path for path in stored if not path.endswith(_FEEDS)), stored=True),
        items((path for path in stored if path.endswith(_FEEDS)), stored=True),
    ]


def _contested(paths: Sequence[str]) -> frozenset[str]:
    """The paths that may lead to the same file as another one."""
    counts = Counter(chain.from_iterable(map(possible_files, paths)))
    return frozenset(path for path in paths if any(counts[file] > 1 for file in possible_files(path)))


def _ages(paths: Iterable[str]) -> Mapping[str, float]:
    """By path, where a page stands in the archive of its channel: from 0, the oldest, to 1, the newest."""
    found = {path: match for path in paths if (match := _PAGE_OF_ARCHIVE.fullmatch(path))}
    last: dict[str, int] = {}
    for match in found.values():
        last[match["channel"]] = max(last.get(match["channel"], 0), int(match["number"]))
    return {path: (int(match["number"]) - 0.5) / last[match["channel"]] for path, match in found.items()}


def newest(source: StoredEdition) -> Changes:
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


def export(
    processes: ExportProcesses, progress: Progress, *, base: str = "", files: RootFiles | None = None
) -> Exported:
    """Bring a folder up to the newest edition.

    New files come first, then the feeds that name them, then what hosts have to know; what is no more goes last.

    Args:
        processes: Write the documents; they know the store and the folder.
        progress: Told how many paths of how many are done.
        base: The path of the base URL, which nginx takes off.
        files: What the operator serves at the root beside the edition.

    Raises:
        ExportError: The folder cannot be written, or nothing is published.
        StoreError: The store cannot be read.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _Export(processes, files).run(newest(processes.source), progress, base)
        except EditionMovedError:
            processes.tree.restart()
    raise ExportError("editions change faster than they can be exported", "export again when there is less to do")


class _Export:
    """One attempt: it is given up when a newer edition comes meanwhile."""

    def __init__(self, processes: ExportProcesses, files: RootFiles | None) -> None:
        self._processes = processes
        self._tree = processes.tree
        self._files = files
        self._owners: dict[str, str] = {}
        """By file, the entity tag of what it holds, so that two paths do not write one file."""
        self._exported: list[ExportedFile] = []
        self._problems: list[Problem] = []

    def run(self, changes: Changes, progress: Progress, base: str) -> Exported:
        stages = stages_of(changes)
        total, done = sum(map(len, stages)), count(1)
        for stage in stages:
            contested = []
            for each in self._processes.write(stage, changes.edition):
                if each.response is not None and each.response.traits.kind != "gone":
                    contested.append(each)
                else:
                    self._note(each)  # all who share the page of what is gone have the same
                progress(next(done), total)
            for each in sorted(contested, key=attrgetter("path")):
                self._note(each)
        self._write_root_files()
        self._tell_hosts(sorted(self._exported, key=attrgetter("path")), base)
        self._tree.finish()
        problems = sorted(self._problems, key=attrgetter("path"))
        counts = (len(self._exported), self._tree.written, self._tree.deleted)
        return Exported(changes.edition.number, *counts, tuple(problems))

    def _note(self, each: WrittenPath) -> None:
        """Note what was written, or write what was left to this process."""
        fault = each.fault if each.file is None or each.response is None else self._write(each.response, each.file)
        if fault is not None:
            self._problems.append(Problem(each.path, None, *fault))
        elif each.file is not None:
            self._exported.append(each.file)
        if each.file is not None:
            self._owners.setdefault(each.file.file, "")

    def _write(self, response: Response, file: ExportedFile) -> ExportFault | None:
        """Write what may be the file of several paths; the first of them has it."""
        etag = response.representations[-1].etag
        if self._owners.setdefault(file.file, etag) != etag:
            return ExportFault(f"{file.file} holds another page", "give one of them another slug")
        return self._processes.writer.write(response, file.file)

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
                    self._tree.take(
                        f"site{path}", digest, file, prepared.last_modified, link=self._processes.options.link
                    )

    def _tell_hosts(self, leaves: list[ExportedFile], base: str) -> None:
        texts = {
            "site/_headers": headers_file(leaves),
            "site/_redirects": redirects_file(leaves),
            "nginx/http.conf": http_conf(leaves),
            "nginx/server.conf": server_conf(leaves, base),
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
        ExportError: Nothing is published, or only under an address of this machine, or files are taken from the
            folder, too; nothing is written then.
    """
    _check_apart(folder, settings.pages.static)
    tree = ExportDirectory(folder, overwrite=overwrite)
    with closing(open_store(settings.store_url, make=False)) as store:
        store.operator.claim(settings.access)
        if settings.access == "private" and not private_too:
            raise PrivacyError(
                "the site is private, and a host of files lets everybody in",
                "export it with --private to a host that asks for a password itself",
            )
        base_url = _exportable_url(store, settings)
        options = WriteOptions(settings.articles, lifetimes(policy_of(settings), 0, None), link)
        with (
            tree,
            closing(StoredEdition(store.editions)) as source,
            ExportProcesses(settings.store_url, source, tree, options) as processes,
        ):
            return export(
                processes,
                progress,
                base=base_path(base_url),
                files=root_files(
                    settings.articles,
                    settings.pages.static,
                    settings.site.icon_file,
                    store=sqlite_file(settings.store_url),
                ),
            )


def _check_apart(folder: Path, static: Path) -> None:
    """Refuse a folder whose files each export would take over from the one before."""
    ours, theirs = real_path(folder), real_path(static)
    if ours.is_relative_to(theirs) or theirs.is_relative_to(ours / EXPORTED):
        raise ExportError(
            f"{folder} and {static}, from which [pages] static takes files, lie in each other",
            "export into another folder",
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
