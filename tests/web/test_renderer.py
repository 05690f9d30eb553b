"""Documents rendered by a process of their own, as a web worker has them."""

import asyncio
import errno
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import psutil
import pytest
from commands import run_command
from memory_store import until
from serving import PATIENCE, wait_for, write

from feedsvc.core.errors import StoreError
from feedsvc.responses.edition import Edition
from feedsvc.store.store import open_store
from feedsvc.web import renderer as module
from feedsvc.web.render_process import EditionMovedError, RenderError, framed
from feedsvc.web.renderer import Renderer

STORIES = {
    f"story-{number}.md": f"---\ntitle: Story {number}\ndate: 2026-05-01\n---\n\nWords.\n" for number in range(9)
}


@pytest.fixture(autouse=True)
def all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a process that counts less than others takes its time."""
    monkeypatch.setattr(module, "_START", PATIENCE)
    monkeypatch.setattr(module, "LONGEST", PATIENCE)


@pytest.fixture(name="url", scope="module")
def _url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with an edition."""
    home = tmp_path_factory.mktemp("site")
    write(home / "stories", STORIES)
    url = f"sqlite:///{home}/store.db"
    done = run_command(home, "publish", home / "stories", "--store", url, "--base-url", "https://example.org")
    assert done.returncode == 0, done.stderr
    return url


@pytest.fixture(name="edition")
def _edition(url: str) -> Edition:
    store = open_store(url)
    try:
        return store.editions.newest()
    finally:
        store.close()


@asynccontextmanager
async def rendering(url: str) -> AsyncIterator[Renderer]:
    """A renderer, closed in the end."""
    renderer = Renderer(url)
    try:
        yield renderer
    finally:
        await renderer.close()


def processes() -> list[psutil.Process]:
    """Those that render for this process."""
    return [child for child in psutil.Process().children() if "feedsvc.web.render_process" in _words(child)]


def _words(process: psutil.Process) -> list[str]:
    """Its command line; that of one that has ended holds nothing."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def test_a_page_comes_from_another_process(url: str, edition: Edition) -> None:
    """And so does the answer that there is none; the process serves all who ask, and ends when it is closed."""

    async def scene() -> None:
        async with rendering(url) as renderer:
            page, nothing = await asyncio.gather(
                renderer.render("/story-1", edition), renderer.render("/nowhere", edition)
            )
            assert page is not None
            assert (page.path, page.status, page.last_modified) == ("/story-1", 200, edition.time)
            assert b"Story 1" in next(each.body for each in page.representations if each.coding == "identity")
            assert nothing is None
            assert len(processes()) == 1
        assert processes() == []

    asyncio.run(scene())


def test_it_is_ready_only_when_it_has_imported_what_it_renders_with() -> None:
    """A start may take a minute on a busy machine; a page may take ten seconds, none of them for imports."""
    program = (
        "import socket, sys\n"
        "from feedsvc.web.render_process import READY, framed, main\n"
        "ours, its = socket.socketpair()\n"
        "ours.sendall(framed('sqlite:///none.db'))\n"
        "ours.shutdown(socket.SHUT_WR)\n"
        "main(its.detach())\n"
        "assert ours.recv(1) == READY\n"
        "print('feedsvc.documents.on_demand' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_another_edition_is_never_rendered(url: str, edition: Edition) -> None:
    """The worker follows the store first, so that no page goes out beside feeds of another edition."""

    async def scene() -> None:
        async with rendering(url) as renderer:
            with pytest.raises(EditionMovedError):
                await renderer.render("/story-1", Edition(edition.number + 1, 0))

    asyncio.run(scene())


def test_a_store_that_cannot_be_read_is_told(tmp_path: Path, edition: Edition) -> None:
    """As it is in the worker itself."""

    async def scene() -> None:
        async with rendering(f"sqlite:///{tmp_path}/none.db") as renderer:
            with pytest.raises(StoreError, match="does not exist"):
                await renderer.render("/story-1", edition)

    asyncio.run(scene())


def test_a_document_that_cannot_be_rendered_costs_no_other(tmp_path: Path) -> None:
    """Its path alone fails; here its body has been lost."""
    write(tmp_path / "stories", STORIES)
    url = f"sqlite:///{tmp_path}/store.db"
    done = run_command(
        tmp_path, "publish", tmp_path / "stories", "--store", url, "--base-url", "https://example.org"
    )
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(tmp_path / "store.db")) as database, database:
        database.execute("UPDATE records SET article = '[]' WHERE page = '/story-3'")
    store = open_store(url)
    edition = store.editions.newest()
    store.close()

    async def scene() -> None:
        async with rendering(url) as renderer:
            with pytest.raises(RenderError, match="/story-3 cannot be rendered"):
                await renderer.render("/story-3", edition)
            assert await renderer.render("/story-8", edition) is not None

    asyncio.run(scene())


def test_a_process_that_was_killed_is_started_again(url: str, edition: Edition) -> None:
    """Between two requests as well as in the middle of one."""

    async def scene() -> None:
        async with rendering(url) as renderer:
            await renderer.render("/story-1", edition)
            (first,) = processes()
            first.kill()
            assert await renderer.render("/story-2", edition) is not None
            (second,) = processes()
            second.suspend()
            asking = asyncio.create_task(renderer.render("/story-3", edition))
            await asyncio.sleep(0)
            second.kill()
            assert await asking is not None

    asyncio.run(scene())


def test_a_request_that_is_given_up_never_leaves_its_answer_to_the_next(url: str, edition: Edition) -> None:
    """A late answer would be somebody else's page."""

    async def scene() -> None:
        async with rendering(url) as renderer:
            await renderer.render("/story-1", edition)
            (process,) = processes()
            process.suspend()
            given_up = asyncio.create_task(renderer.render("/story-2", edition))
            await until(renderer._exclusive.locked)
            await asyncio.sleep(0)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            page = await renderer.render("/story-4", edition)
            assert page is not None
            assert page.path == "/story-4"

    asyncio.run(scene())


def test_a_document_that_takes_too_long_ends_the_process(
    url: str, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next is rendered by another."""
    monkeypatch.setattr(module, "LONGEST", 0.2)

    async def scene() -> None:
        async with rendering(url) as renderer:
            assert await _patiently(renderer, "/story-1", edition, monkeypatch) is not None
            (process,) = processes()
            process.suspend()
            with pytest.raises(RenderError, match="too long"):
                await renderer.render("/story-2", edition)
            assert await _patiently(renderer, "/story-2", edition, monkeypatch) is not None

    asyncio.run(scene())


async def _patiently(renderer: Renderer, path: str, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> object:
    """Render with all the time in the world."""
    with monkeypatch.context() as patient:
        patient.setattr(module, "LONGEST", 60.0)
        return await renderer.render(path, edition)


def test_only_so_many_wait(url: str, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are told to come again, at once."""
    monkeypatch.setattr(module, "WAITING", 2)

    async def scene() -> None:
        async with rendering(url) as renderer:
            found = await asyncio.gather(
                *(renderer.render(f"/story-{number}", edition) for number in range(5)), return_exceptions=True
            )
        refused = [each for each in found if isinstance(each, RenderError)]
        assert len(refused) == 3
        assert all(each.is_passing for each in refused)

    asyncio.run(scene())


def test_a_process_that_nobody_asks_ends(url: str, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes memory that only pages need."""
    monkeypatch.setattr(module, "IDLE", 0.05)

    async def scene() -> None:
        async with rendering(url) as renderer:
            await renderer.render("/story-1", edition)
            await asyncio.to_thread(wait_for, lambda: not processes(), "its end")
            assert await renderer.render("/story-1", edition) is not None

    asyncio.run(scene())


def test_it_ends_with_its_worker(url: str) -> None:
    """However that ends: nobody is left at the other end of the socket."""
    code = (
        "import asyncio, os, sys\n"
        "from feedsvc.web.renderer import Renderer\n"
        "from feedsvc.store.store import open_store\n"
        "async def main():\n"
        "    renderer = Renderer(sys.argv[1])\n"
        "    await renderer.render('/story-1', open_store(sys.argv[1]).editions.newest())\n"
        "    print(renderer._process._process.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=False)
    number = int(done.stdout)
    assert done.returncode == -signal.SIGKILL
    wait_for(lambda: not _runs(number), "its end")


def _runs(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_worker_that_ends_does_not_wait_for_a_process_that_starts(
    url: str, edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine that takes longer than a supervisor waits for the worker."""
    never_ready = tmp_path / "python"
    never_ready.write_text("#!/bin/sh\nexec sleep 3600\n")
    never_ready.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(never_ready))
    monkeypatch.setattr(module, "_START", 4 * PATIENCE)

    async def scene() -> None:
        renderer = Renderer(url)
        asking = asyncio.create_task(renderer.render("/story-1", edition))
        await until(lambda: renderer._process)
        async with asyncio.timeout(PATIENCE):
            await renderer.close()
        with pytest.raises(RenderError, match="ending"):
            await asking

    asyncio.run(scene())


def test_a_process_that_cannot_be_started_is_started_later(
    url: str, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as for want of memory; clients are told to come again."""
    start = asyncio.create_subprocess_exec

    async def fail(*_: object, **__: object) -> asyncio.subprocess.Process:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    async def scene() -> None:
        async with rendering(url) as renderer:
            monkeypatch.setattr(asyncio, "create_subprocess_exec", fail)
            with pytest.raises(RenderError, match="Cannot allocate memory") as refused:
                await renderer.render("/story-1", edition)
            assert refused.value.is_passing
            monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
            assert await renderer.render("/story-1", edition) is not None

    asyncio.run(scene())


def test_a_process_whose_worker_has_ended_ends_without_a_word(url: str) -> None:
    """Also where that was before it was ready."""
    ours, theirs = socket.socketpair()
    ours.sendall(framed(url))
    ours.close()
    with theirs:
        line = [sys.executable, "-P", "-m", "feedsvc.web.render_process", str(theirs.fileno())]
        done = subprocess.run(line, pass_fds=[theirs.fileno()], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_worker_that_ends_does_not_wait_for_a_page(url: str, edition: Edition) -> None:
    """Its client is told to come again, and no process is left."""

    async def scene() -> None:
        renderer = Renderer(url)
        await renderer.render("/story-1", edition)
        (process,) = processes()
        process.suspend()
        asking = asyncio.create_task(renderer.render("/story-2", edition))
        await until(renderer._exclusive.locked)
        await asyncio.sleep(0)
        await renderer.close()
        with pytest.raises(RenderError) as refused:
            await asking
        assert refused.value.is_passing
        assert processes() == []

    asyncio.run(scene())
