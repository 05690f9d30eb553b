"""What somebody finds who has a keyboard and no mouse."""

import pytest
from chromium import Viewer
from sample_sites import KINDS
from serving import Service

pytestmark = pytest.mark.slow(first=True)

_REACHABLE = """() => [...document.querySelectorAll("a[href], audio, summary, pre, table")]
  .filter(each => each.getClientRects().length)
  .map((each, place) => each.dataset.place = String(place))"""
# Within a player, the browser marks the button that has the focus.
_AT = """() => {
  const at = document.activeElement, style = getComputedStyle(at), place = at.getBoundingClientRect();
  const visible = place.width > 0 && place.right > 0 && place.top < innerHeight;
  const marked = style.outlineStyle === "solid" || at.localName === "audio";
  return [at.dataset.place ?? "", marked, visible];
}"""


@pytest.mark.parametrize("kind", ["landing", "article", "missing"])
def test_every_link_and_every_player_is_reached_in_order_and_seen(
    viewer: Viewer, english_site: Service, kind: str
) -> None:
    """Tab goes through them as they stand, and shows where it is (WCAG 2.2, 2.1.1, 2.4.3, 2.4.7 and 2.4.11)."""
    with viewer.opened(reduced_motion="reduce") as page:
        page.goto(english_site.url + KINDS[kind])
        places = page.evaluate(_REACHABLE)
        stops: list[tuple[str, bool, bool]] = []
        while not stops or stops[-1][0]:
            page.keyboard.press("Tab")
            stops.append(tuple(page.evaluate(_AT)))
    reached = list(dict.fromkeys(place for place, *_ in stops[:-1]))
    assert reached == places
    assert [place for place, marked, visible in stops[:-1] if not (marked and visible)] == []


def test_the_first_stop_leads_past_the_header(viewer: Viewer, english_site: Service) -> None:
    """It can be seen when it is reached, and what comes after it is in the text (WCAG 2.2, 2.4.1)."""
    with viewer.opened() as page:
        page.goto(english_site.url + KINDS["article"])
        skip = page.locator("a.skip")
        page.keyboard.press("Tab")
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
