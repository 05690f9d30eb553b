"""The progress bar that appears once a wait has become one."""

from collections.abc import Callable
from io import StringIO
from itertools import chain, repeat

import pytest
from rich.console import Console

from feedsvc.cli.options import SHOW_AFTER, ProgressBar


@pytest.mark.parametrize(
    ("terminal", "seconds", "shown"),
    [(True, SHOW_AFTER * 2, True), (True, SHOW_AFTER / 2, False), (False, SHOW_AFTER * 2, False)],
    ids=["slow, watched", "fast, watched", "slow, unwatched"],
)
def test_a_bar_is_shown_only_past_a_second_and_on_a_terminal(terminal: bool, seconds: float, shown: bool) -> None:
    """A log file and a quick command stay free of it."""
    output = StringIO()
    times = iter([0.0, seconds])
    with ProgressBar("Reading", Console(file=output, force_terminal=terminal), lambda: next(times)) as bar:
        bar.progress(3, 7)
    assert ("3/7" in output.getvalue()) is shown


def bar(tell: Callable[[ProgressBar], None]) -> str:
    """What the bar shows on a terminal after what it is told."""
    output = StringIO()
    times = chain([0.0], repeat(SHOW_AFTER * 2))
    with ProgressBar("Fetching", Console(file=output, force_terminal=True), lambda: next(times)) as bar:
        tell(bar)
    return output.getvalue()


def test_the_bar_names_what_is_being_done_now() -> None:
    """A round reads first, then composes."""
    shown = bar(lambda bar: bar.stage("rendering", 5, 9))
    assert "Rendering" in shown
    assert "5/9" in shown
    assert "Fetching" not in shown


def test_where_nobody_knows_how_much_there_is_the_bar_counts() -> None:
    """Such as the older pages of a feed."""

    def fetch(bar: ProgressBar) -> None:
        for number in range(3):
            bar.fetched(f"page {number}")

    shown = bar(fetch)
    assert "Fetching" in shown
    assert "3/?" in shown
