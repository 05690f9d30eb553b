"""A command that has nothing to do leaves nothing behind."""

from pathlib import Path

import pytest
from commands import run_command


@pytest.mark.parametrize(
    "command",
    [
        ("publish",),
        ("publish", "nowhere"),
        ("export", "out"),
        ("status",),
        ("check",),
        ("settings",),
        ("serve", "--port", 0),
        ("store", "backup", "ledger.json"),
        ("readers", "list"),
    ],
    ids=lambda command: " ".join(map(str, command)),
)
def test_without_articles_and_a_store_no_file_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A typing error in a name should not have to be tidied up."""
    assert run_command(tmp_path, *command).returncode in {0, 1, 2}
    assert list(tmp_path.iterdir()) == []


def test_an_export_of_nothing_makes_no_folder(tmp_path: Path) -> None:
    """A store may exist before anything is published."""
    (tmp_path / "articles").mkdir()
    assert run_command(tmp_path, "store", "access", "public").returncode in {0, 2}
    run_command(tmp_path, "adopt", "nothing.xml")
    before = sorted(tmp_path.iterdir())
    done = run_command(tmp_path, "export", "out")
    assert done.returncode == 2
    assert sorted(tmp_path.iterdir()) == before
