"""Export on all cores: processes that render documents and write them.

The processes are not forked from this one, which may have threads, but from one that has only loaded this module.
Each reads the store by itself. A process that dies costs the document that it was at.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.files import FileWriter, Written
from feedsvc.operations.export.writer import (
    DocumentWriter,
    ExportFault,
    Item,
    StoredEdition,
    WriteOptions,
    WrittenPath,
    known_files,
)
from feedsvc.responses.edition import Edition
from feedsvc.store.store import open_store

_PORTION = 24
"""How many documents a process writes at a time."""
_AHEAD = 2
"""How many portions a process has, so that it need not wait for the next."""
_SMALL = 200
"""Documents up to which writing them takes less time than starting processes."""


class Portion(NamedTuple):
    """Documents that one process writes at a time."""

    items: Sequence[Item]
    edition: Edition


class WrittenPortion(NamedTuple):
    """The result of a portion."""

    paths: Sequence[WrittenPath]
    files: dict[str, Written]
    """The files of these paths, by name."""
    written: int
    """How many of the files were written; the others are as they were."""


class ExportProcesses:
    """Processes that write documents, as a context manager. They are started when there is much to write."""

    def __init__(
        self, store_url: str, source: StoredEdition, tree: ExportDirectory, options: WriteOptions
    ) -> None:
        """Take the store, the same opened, the folder, entered, and how to write into it."""
        self.source = source
        self.tree = tree
        self.options = options
        self.writer = DocumentWriter(tree, options)
        """Writes in this process."""
        self._start = partial(
            ProcessPoolExecutor,
            1,
            multiprocessing.get_context("forkserver"),
            _start,
            (store_url, tree.directory, tree.overwrite, options),
        )
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()

    def write(self, items: Sequence[Item], edition: Edition) -> Iterator[WrittenPath]:
        """Write documents; arguments and errors as of :meth:`.DocumentWriter.write_all`.

        They are done when the iterator ends, in an order that depends on the processes. Items that are made of the
        same articles should be close together: each process has a share of them from begin to end, so that no two
        of them write the same entries of feeds.
        """
        processes = os.cpu_count() or 1
        if not self._workers and (len(items) <= _SMALL or processes == 1):
            yield from self.writer.write_all(self.source, items, edition)
            return
        self._workers = self._workers or [_Worker(self._start) for _ in range(processes)]
        shares = _shares(items, edition, processes)
        try:
            while any(shares) or any(worker.waiting for worker in self._workers):
                yield from self._step(shares)
        finally:
            for worker in self._workers:
                worker.give_up()

    def _step(self, shares: Sequence[deque[Portion]]) -> Iterator[WrittenPath]:
        """Give the processes what they can take, and wait for a result."""
        for worker, share in zip(self._workers, shares, strict=True):
            while len(worker.waiting) < _AHEAD and any(shares):
                portion = share.popleft() if share else max(shares, key=len).pop()
                worker.give(portion, known_files(self.tree.known, portion.items))
        wait([worker.waiting[0][1] for worker in self._workers if worker.waiting], return_when=FIRST_COMPLETED)
        for worker in self._workers:
            while worker.waiting and worker.waiting[0][1].done():
                yield from self._results(worker)

    def _results(self, worker: "_Worker") -> Iterator[WrittenPath]:
        try:
            yield from self._added(worker.waiting[0][1].result())
        except BrokenProcessPool:
            portions = worker.start_again()
            self.tree.recover()
            for item in portions[0].items:
                yield from self._alone(Portion([item], portions[0].edition))
            for portion in portions[1:]:
                worker.give(portion, known_files(self.tree.known, portion.items))
        else:
            worker.waiting.popleft()

    def _alone(self, portion: Portion) -> Iterator[WrittenPath]:
        """Write one document in a process of its own, which may die of it."""
        with self._start() as pool:
            try:
                done = pool.submit(_write, portion, known_files(self.tree.known, portion.items))
                yield from self._added(done.result())
            except BrokenProcessPool:
                self.tree.recover()
                yield WrittenPath(portion.items[0].path, fault=ExportFault("ended the process that rendered it"))

    def _added(self, done: WrittenPortion) -> Sequence[WrittenPath]:
        self.tree.add(done.files, done.written)
        return done.paths


class _Worker:
    """One process, and the portions that it has."""

    def __init__(self, start: Callable[[], ProcessPoolExecutor]) -> None:
        self._start = start
        self._pool = start()
        self.waiting: deque[tuple[Portion, Future[WrittenPortion]]] = deque()

    def give(self, portion: Portion, known: dict[str, Written]) -> None:
        self.waiting.append((portion, self._pool.submit(_write, portion, known)))

    def start_again(self) -> list[Portion]:
        """Start another process in place of one that died, and give the portions that it had.

        It died of the first of them.
        """
        portions = [portion for portion, _ in self.waiting]
        self.waiting.clear()
        self.close()
        self._pool = self._start()
        return portions

    def give_up(self) -> None:
        """Take all portions back, and wait for the one that the process is at."""
        for _, future in self.waiting:
            future.cancel()
        wait([future for _, future in self.waiting])
        self.waiting.clear()

    def close(self) -> None:
        self._pool.shutdown()


def _shares(items: Sequence[Item], edition: Edition, processes: int) -> list[deque[Portion]]:
    """The portions of each process."""
    size = -(-len(items) // processes)
    shares = (items[begin : begin + size] for begin in range(0, processes * size, max(size, 1)))
    return [
        deque(Portion(share[begin : begin + _PORTION], edition) for begin in range(0, len(share), _PORTION))
        for share in shares
    ]


class _Process(NamedTuple):
    """What a process keeps from portion to portion."""

    source: StoredEdition
    files: FileWriter
    writer: DocumentWriter


_process: list[_Process] = []
"""In a process that writes."""


def _start(store_url: str, directory: Path, overwrite: bool, options: WriteOptions) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    files = FileWriter(directory, overwrite=overwrite).__enter__()  # until the process ends
    source = StoredEdition(open_store(store_url, make=False).editions)
    _process[:] = [_Process(source, files, DocumentWriter(files, options))]


def _end_with_parent() -> None:
    """End at once when the export is killed: the next one must not find a file changed under its hands."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _write(portion: Portion, known: dict[str, Written]) -> WrittenPortion:
    source, files, writer = _process[0]
    files.known, files.now, files.written = known, {}, 0
    paths = list(writer.write_all(source, *portion))
    return WrittenPortion(paths, files.now, files.written)
