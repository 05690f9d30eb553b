import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from feedsvc.articles.source.listing import Stat
from feedsvc.articles.source.scanner import check_directory, scan
from feedsvc.core.errors import DirectoryError

Entries = AbstractContextManager[Iterator[os.DirEntry[str]]]


def put(directory: Path, *paths: str) -> None:
    """Write files below the directory, each holding its own path."""
    for path in paths:
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)


def scandir_that(before: Callable[[str], None]) -> Callable[[int], Entries]:
    """Make an os.scandir which lists a folder, then lets something happen before its entries are looked at."""
    real = os.scandir

    @contextmanager
    def scandir(folder: int) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(folder) as entries:
            found = list(entries)
        before(str(Path(f"/proc/self/fd/{folder}").readlink()))
        yield iter(found)

    return scandir


def refuse(name: str, error: type[OSError]) -> Callable[[str], None]:
    """Let one folder fail."""

    def before(path: str) -> None:
        if path.endswith(name):
            raise error(13, "refused")

    return before


def test_lists_regular_files_of_all_folders(directory: Path) -> None:
    """Paths are relative with slashes, with their sizes."""
    put(directory, "b.txt", "news/deep/a.md", "a.png")
    listing = scan(directory)
    assert sorted(listing.files) == ["a.png", "b.txt", "news/deep/a.md"]
    assert listing.files["b.txt"].size == len("b.txt")
    assert not listing.problems


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.md",
        ".git/a.md",
        "a.md~",
        ".a.md.swp",
        "a.md.swp",
        "a.tmp",
        "#a.md#",
        ".#a.md",
        "__pycache__/a.md",
        "node_modules/a.md",
    ],
)
def test_leaves_out_what_no_author_wrote(directory: Path, name: str) -> None:
    """Hidden names, editors' temporary files and tools' folders are no articles."""
    put(directory, name)
    assert not scan(directory).files


@pytest.mark.parametrize(
    "name", ["_drafts/a.md", "a.b.md", "#a.md", "c#.md", "temp.md", "~a.md", "my node_modules/a.md"]
)
def test_keeps_names_that_only_look_temporary(directory: Path, name: str) -> None:
    """Only whole patterns are left out."""
    put(directory, name)
    assert sorted(scan(directory).files) == [name]


@pytest.mark.parametrize("folder", ["", "public/"])
def test_leaves_out_the_site_that_an_export_wrote(directory: Path, folder: str) -> None:
    """Its pages are articles already, and would be published once more under other ids."""
    for name in (".feedsvc/lock", "site/story.html", "site/posts/other.html", "story.md"):
        put(directory, folder + name)
    put(directory, "site-news/story.md")
    listing = scan(directory)
    assert sorted(listing.files) == sorted([f"{folder}story.md", "site-news/story.md"])
    assert listing.tools == (f"{folder}site/",)


def test_never_lists_pipes_and_sockets(directory: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(directory / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(directory / "socket.md"))
        assert not scan(directory).files


def test_link_to_a_file_inside_counts(directory: Path) -> None:
    """Mounted configuration is often made of links to a hidden folder beside them."""
    put(directory, "..data/a.md")
    (directory / "a.md").symlink_to("..data/a.md")
    listing = scan(directory)
    assert listing.files == {"a.md": Stat.of((directory / "..data/a.md").stat())}
    assert not listing.problems


def test_link_out_of_the_directory_is_left_out_with_a_warning(directory: Path) -> None:
    """What lies outside is not the site's to publish."""
    put(directory.parent, "articles-of-others/secret.md")
    (directory / "a.md").symlink_to(directory.parent / "articles-of-others/secret.md")
    listing = scan(directory)
    assert not listing.files
    assert [(problem.path, problem.severity) for problem in listing.problems] == [("a.md", "warning")]


@pytest.mark.parametrize("target", ["nowhere.md", "a.md"], ids=["dangling", "loop"])
def test_link_that_leads_to_nothing_is_held(directory: Path, target: str) -> None:
    """Its file may come back, as with a share that is not mounted, so what was known of it stays."""
    (directory / "a.md").symlink_to(target)
    listing = scan(directory)
    assert not listing.files
    assert listing.holds("a.md")
    assert listing.problems[0].severity == "warning"


def test_link_to_a_folder_is_not_followed(directory: Path) -> None:
    """A folder's files are listed once, and loops of links end nothing."""
    put(directory, "news/a.md")
    (directory / "again").symlink_to("news")
    (directory / "news/up").symlink_to(directory)
    assert sorted(scan(directory).files) == ["news/a.md"]


def test_directory_may_itself_be_a_link(directory: Path) -> None:
    """Deployments switch from one release to the next by a link."""
    put(directory, "a.md")
    (directory / "b.md").symlink_to("a.md")
    link = directory.parent / "current"
    link.symlink_to(directory)
    assert sorted(scan(link).files) == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"caf\xe9.md", "caf\\xe9.md"), (b"two\nlines.md", "two\\nlines.md"), (b"del\x7f.md", "del\\x7f.md")],
    ids=["latin-1", "newline", "control character"],
)
def test_name_that_is_no_text_is_a_problem(directory: Path, name: bytes, shown: str) -> None:
    """It could not be told in a feed; it is shown with escapes, and its neighbours are listed."""
    put(directory, "ok.md")
    Path(os.fsdecode(os.fsencode(directory) + b"/" + name)).write_text("x")
    listing = scan(directory)
    assert sorted(listing.files) == ["ok.md"]
    assert [problem.path for problem in listing.problems] == [shown]


def test_folder_that_cannot_be_read_is_held(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows what became of its articles, so none of them counts as removed."""
    put(directory, "ok.md", "news/a.md", "newsy/b.md")
    monkeypatch.setattr(os, "scandir", scandir_that(refuse("/news", PermissionError)))
    listing = scan(directory)
    assert sorted(listing.files) == ["newsy/b.md", "ok.md"]
    assert listing.holds("news/a.md")
    assert not listing.holds("newsy/b.md")
    assert "refused" in str(listing.problems[0])


def test_folder_removed_during_the_scan_is_simply_gone(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that vanished is no fault."""
    put(directory, "ok.md", "news/a.md")
    monkeypatch.setattr(os, "scandir", scandir_that(refuse("/news", FileNotFoundError)))
    listing = scan(directory)
    assert (sorted(listing.files), listing.held, listing.problems) == (["ok.md"], frozenset(), ())


def test_file_removed_during_the_scan_is_simply_gone(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that vanished is no fault."""
    put(directory, "ok.md", "gone.md")
    monkeypatch.setattr(os, "scandir", scandir_that(lambda _path: (directory / "gone.md").unlink(missing_ok=True)))
    listing = scan(directory)
    assert (sorted(listing.files), listing.problems) == (["ok.md"], ())


@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError])
def test_top_that_cannot_be_listed_ends_the_scan(
    directory: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    """An unreadable directory must never look like an empty one."""
    monkeypatch.setattr(os, "scandir", scandir_that(refuse(f"/{directory.name}", error)))
    with pytest.raises(DirectoryError, match="cannot be read"):
        scan(directory)


def test_directory_replaced_during_the_scan_ends_it(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share that is unmounted half-way looks emptied."""
    put(directory, "news/a.md")

    def replace(path: str) -> None:
        if path.endswith("/news"):
            directory.rename(directory.parent / "old")
            directory.mkdir()

    monkeypatch.setattr(os, "scandir", scandir_that(replace))
    with pytest.raises(DirectoryError, match="replaced"):
        scan(directory)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("missing", "does not exist"),
        ("file", "is not a directory"),
        ("file/below", "does not exist"),
        ("x" * 300, "long"),
    ],
    ids=["missing", "a file", "below a file", "name too long"],
)
def test_wrong_directory_is_named_with_a_remedy(tmp_path: Path, path: str, words: str) -> None:
    """The operator reads which directory it is, and what to do."""
    put(tmp_path, "file")
    with pytest.raises(DirectoryError, match=words) as raised:
        scan(tmp_path / path)
    assert path in raised.value.what
    assert raised.value.remedy


def test_the_check_of_a_service_that_begins_looks_into_the_top_alone(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens before anything that takes long."""
    put(directory, "a.md", "news/deep/b.md")
    looks: list[str] = []
    monkeypatch.setattr(os, "scandir", scandir_that(looks.append))
    check_directory(directory)
    assert looks == [str(directory)]


def test_a_directory_that_cannot_be_published_ends_the_check(directory: Path) -> None:
    """A service that could publish nothing says so and does not begin."""
    with pytest.raises(DirectoryError, match="does not exist"):
        check_directory(directory / "missing")
    (directory / ".feedsvcignore").write_bytes(b"\xff")
    with pytest.raises(DirectoryError, match="no UTF-8"):
        check_directory(directory)


def test_a_scan_can_be_ended_between_two_folders(directory: Path) -> None:
    """A service that is stopped does not wait until the last folder was listed."""
    put(directory, "a/a.md", "b/b.md", "c/c.md")
    pulses: list[int] = []

    def pulse() -> None:
        pulses.append(1)
        if len(pulses) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(directory, pulse)
    assert len(pulses) == 2


def test_same_size_and_time_with_other_content_is_another_stat(directory: Path) -> None:
    """Images and archives give every file one time; a change is seen all the same."""
    put(directory, "a.md")
    os.utime(directory / "a.md", ns=(1, 1))
    before = scan(directory)
    (directory / "b.md").write_text("A.MD")
    os.utime(directory / "b.md", ns=(1, 1))
    (directory / "b.md").replace(directory / "a.md")
    after = scan(directory)
    assert before.files["a.md"].mtime_ns == after.files["a.md"].mtime_ns
    assert before.files["a.md"] != after.files["a.md"]
