"""Which changes of files are worth a scan."""

import pytest

from feedsvc.publishing.watcher import is_relevant

PATHS = {
    "a.md": True,
    "deep/a.TXT": True,
    "a.png": True,
    ".feedsvcignore": True,
    "deep/.feedsvcignore": True,
    "feedsvc.db-wal": False,
    "Makefile": False,
    "a.md~": False,
    ".a.md.swp": False,
    ".git/a.md": False,
    "node_modules/x/readme.md": False,
}


@pytest.mark.parametrize("path", PATHS)
def test_a_change_counts_where_a_scan_would_look(path: str) -> None:
    """Articles, media and patterns count; what is left out, and the store beside the articles, do not."""
    assert is_relevant(path, folder=False) is PATHS[path]


def test_a_folder_counts_unless_it_is_left_out() -> None:
    """What it holds came or went with it."""
    assert is_relevant("news", folder=True)
    assert not is_relevant(".git", folder=True)
