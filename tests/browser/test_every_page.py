"""What a person's browser makes of each kind of page, in English and in Arabic."""

import pytest
from chromium import Sight, Viewer, hosts
from sample_sites import ARABIC_KINDS, KINDS
from serving import Service

pytestmark = pytest.mark.slow(first=True)
PAGES = [*(("english_site", kind) for kind in KINDS), *(("arabic_site", kind) for kind in ARABIC_KINDS)]


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: f"{page[0]}-{page[1]}")
def sight(request: pytest.FixtureRequest, viewer: Viewer) -> Sight:
    """Each kind of page of each site, looked at once."""
    site, kind = request.param
    service: Service = request.getfixturevalue(site)
    path = (KINDS if site == "english_site" else ARABIC_KINDS)[kind]
    return viewer.look(f"{site}-{kind}".replace(" ", "-"), service.url + path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(sight: Sight, scheme: str) -> None:
    """WCAG 2.2 AA as far as axe-core can tell, and its best practices."""
    assert sight.faults[scheme] == ()


@pytest.mark.parametrize("view", ["zoomed", "narrow", "large letters"])
def test_nobody_has_to_scroll_sideways(sight: Sight, view: str) -> None:
    """At 320 pixels, at 200 %, and with letters of twice the size (WCAG 2.2, 1.4.4 and 1.4.10)."""
    page, window = sight.widths[view]
    assert page <= window


def test_nothing_moves_while_it_loads(sight: Sight) -> None:
    """A picture has its place before it is there."""
    assert sight.shift == 0


def test_it_asks_nobody_else(sight: Sight) -> None:
    """Whoever reads it is seen by this site only."""
    assert hosts(sight.requests) == hosts([sight.url])


def test_it_is_light(sight: Sight) -> None:
    """All but pictures, before any content coding."""
    assert 1000 < sight.weight < 30_000


def test_the_browser_has_nothing_to_complain_about(sight: Sight) -> None:
    """No error, and nothing that the content security policy forbids."""
    assert sight.complaints == ()


def test_it_has_the_direction_of_its_language(sight: Sight, request: pytest.FixtureRequest) -> None:
    """As the browser has worked it out."""
    assert sight.direction == ("rtl" if "arabic_site" in request.node.name else "ltr")


def test_it_is_dark_where_the_system_is(sight: Sight) -> None:
    """And light where that is."""
    assert _brightness(sight.backgrounds["dark"]) < 60
    assert _brightness(sight.backgrounds["light"]) > 230


def _brightness(colour: str) -> float:
    parts = [float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / len(parts)
