"""The progress bar that appears once a wait has become one."""

from io import StringIO

import pytest
from rich.console import Console

from feedsvc.cli.patience import PATIENCE, Patience


@pytest.mark.parametrize(
    ("terminal", "seconds", "shown"),
    [(True, PATIENCE * 2, True), (True, PATIENCE / 2, False), (False, PATIENCE * 2, False)],
    ids=["slow, watched", "fast, watched", "slow, unwatched"],
)
def test_a_bar_is_shown_only_past_a_second_and_on_a_terminal(terminal: bool, seconds: float, shown: bool) -> None:
    """A log file and a quick command stay free of it."""
    output = StringIO()
    times = iter([0.0, seconds])
    with Patience("Reading", Console(file=output, force_terminal=terminal), lambda: next(times)) as patience:
        patience.progress(3, 7)
    assert ("3/7" in output.getvalue()) is shown
