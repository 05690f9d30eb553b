"""What a browser makes of a feed, and that a reader is given the feed at the same address."""

import pytest
from chromium import Viewer
from playwright.sync_api import Route
from serving import Service

pytestmark = pytest.mark.slow(first=True)

_LAID_OUT = """() => [...document.querySelectorAll("item > title, entry > title")].map(each => {
  const place = each.getBoundingClientRect();
  return [each.textContent, getComputedStyle(each).display, Math.round(place.width) > 300, Math.round(place.top)];
})"""


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json", "/tags/boats/rss.xml"])
def test_who_opens_a_feed_in_a_browser_sees_a_page(viewer: Viewer, english_site: Service, path: str) -> None:
    """With what it is and what it holds, and its address to copy; a feed reader gets the feed."""
    with viewer.opened() as page:
        answer = page.goto(english_site.url + path)
        assert answer is not None
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert page.locator("h1").is_visible()
        assert page.get_by_text("Mending nets").is_visible()
        assert page.locator("code", has_text=english_site.url + path).first.is_visible()
    assert english_site.get(path).headers["content-type"].split(";")[0] in {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    }


def test_a_link_to_a_feed_leads_there_and_back(viewer: Viewer, english_site: Service) -> None:
    """Nobody is left before a page of code."""
    with viewer.opened() as page:
        page.goto(f"{english_site.url}/")
        page.locator('footer a[href$="/rss.xml"]').click()
        page.wait_for_url("**/rss.xml")
        assert page.locator("h1").is_visible()
        page.locator("header a").first.click()
        page.wait_for_url(f"{english_site.url}/")


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml"])
def test_where_only_css_is_applied_the_feed_can_be_read(viewer: Viewer, english_site: Service, path: str) -> None:
    """A browser that does not say where it leads to gets the feed itself, with its titles one below another."""
    feed = english_site.get(path)

    def hand_over(route: Route) -> None:
        route.fulfill(status=feed.status_code, headers=dict(feed.headers), body=feed.content)

    with viewer.opened() as page:
        complaints: list[str] = []
        page.on("console", lambda told: complaints.append(told.text))
        page.route(f"**{path}", hand_over)
        page.goto(english_site.url + path)
        titles = page.evaluate(_LAID_OUT)
        viewer.keep(page, f"english_site-feed-{path.strip('/')}")
    assert [title for title, *_ in titles] == english_site.titles(path)
    assert {(display, wide) for _, display, wide, _ in titles} == {("block", True)}
    assert [top for *_, top in titles] == sorted({top for *_, top in titles})
    assert complaints == []
