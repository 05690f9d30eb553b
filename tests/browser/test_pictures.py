"""What somebody sees while pictures are still on their way."""

import pytest
from chromium import SHIFT, Viewer
from playwright.sync_api import Route
from serving import Service

pytestmark = pytest.mark.slow(first=True)
_SHOWN = "[...document.querySelectorAll('main img')].map(each => each.naturalWidth)"


def test_a_late_picture_moves_nothing(viewer: Viewer, english_site: Service) -> None:
    """The words below large pictures stand where they stay, though those come long after they were painted."""
    late: list[Route] = []
    with viewer.opened() as page:
        page.route("**/media/**", lambda route: late.append(route))  # noqa: PLW0108 - a builtin is not taken
        with page.expect_request("**/media/**/sea.png"):
            page.goto(f"{english_site.url}/town/market", wait_until="domcontentloaded")
        assert page.evaluate(SHIFT) == 0
        assert page.evaluate(_SHOWN) == [0, 0]
        for route in late:
            route.continue_()
        page.wait_for_load_state("load")
        assert page.evaluate(_SHOWN) == [1200, 1600]
        assert page.evaluate(SHIFT) == 0
