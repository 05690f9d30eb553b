"""Chromium, as Debian packages it, driven by Playwright: what a person's browser makes of a page."""

import base64
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

PROGRAM = shutil.which("chromium")
PATIENCE = 180_000
"""Milliseconds for anything that is waited for."""
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 640}
"""What reflow is measured at (WCAG 2.2, 1.4.10)."""
ZOOMED = {"width": 640, "height": 400}
"""What is left of :data:`WIDE` at 200 % (WCAG 2.2, 1.4.4)."""
_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_WHOLE = """() => ({x: 0, y: 0, scale: 1, width: document.documentElement.scrollWidth,
  height: document.documentElement.scrollHeight})"""
_WIDTH = "[document.documentElement.scrollWidth, innerWidth]"
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
})"""
"""The cumulative layout shift so far, once what is there has been painted."""
_FAULTS = """async rules => (await axe.run({runOnly: rules})).violations.map(
  fault => `${fault.id}: ${fault.nodes.map(node => node.target.join(" ")).join(", ")}`)"""


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser that asks nobody but the pages it is led to."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=PROGRAM, args=_FLAGS, chromium_sandbox=os.getuid() != 0
        )
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look at a page has shown."""

    url: str
    status: int
    title: str
    direction: str
    """As the browser has worked it out: ``ltr`` or ``rtl``."""
    requests: tuple[str, ...]
    """Every URL that was asked for."""
    weight: int
    """Bytes of all that was loaded, before any coding, without pictures, sounds and films."""
    complaints: tuple[str, ...]
    """Errors and warnings in the console, content security policy included."""
    shift: float
    """Cumulative layout shift; 0 where nothing has moved while the page was loading."""
    widths: Mapping[str, tuple[int, int]]
    """By view, how wide the page is, and the window."""
    faults: Mapping[str, tuple[str, ...]]
    """By colour scheme, what axe-core has to say about accessibility, with WCAG 2.2 AA."""
    backgrounds: Mapping[str, str]


@dataclass(slots=True)
class Viewer:
    """Looks at pages, and keeps pictures of them in ``album`` if there is one."""

    browser: Browser
    album: Path | None = None
    _seen: dict[str, Sight] = field(default_factory=dict)

    def look(self, name: str, url: str) -> Sight:
        """Look at a page in every way; a second look at the same one is the first."""
        if url not in self._seen:
            with self.opened() as page:
                self._seen[url] = self._sight(page, name, url)
        return self._seen[url]

    @contextmanager
    def opened(self, **options: object) -> Iterator[Page]:
        """A fresh tab without a page."""
        context = self.browser.new_context(**{"viewport": WIDE} | options)  # type: ignore[arg-type]  # as it takes them
        context.set_default_timeout(PATIENCE)
        try:
            yield context.new_page()
        finally:
            context.close()

    def _sight(self, page: Page, name: str, url: str) -> Sight:
        complaints: list[str] = []
        responses: list[Response] = []
        page.on("console", lambda told: complaints.extend(_complaint(told, url)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - a builtin is not taken
        answer = page.goto(url, wait_until="load")
        assert answer is not None
        shift = page.evaluate(SHIFT)
        weight = sum(
            len(each.body()) for each in responses if each.request.resource_type in {"document", "stylesheet"}
        )
        schemes = {scheme: self._in_scheme(page, name, scheme) for scheme in ("light", "dark")}
        return Sight(
            url,
            answer.status,
            page.title(),
            page.evaluate("getComputedStyle(document.body).direction"),
            tuple(each.url for each in responses),
            weight,
            tuple(complaints),
            shift,
            dict(self._widths(page, name)),
            {scheme: faults for scheme, (faults, _) in schemes.items()},
            {scheme: background for scheme, (_, background) in schemes.items()},
        )

    def _in_scheme(self, page: Page, name: str, scheme: str) -> tuple[tuple[str, ...], str]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # both are among its literals
        page.evaluate(_AXE)  # by the debugger, which no content security policy holds back
        faults = page.evaluate(_FAULTS, _RULES)
        self.keep(page, f"{name}-{scheme}")
        return tuple(faults), page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    def _widths(self, page: Page, name: str) -> Iterator[tuple[str, tuple[int, int]]]:
        page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]  # width and height
        yield "zoomed", tuple(page.evaluate(_WIDTH))
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # width and height
        yield "narrow", tuple(page.evaluate(_WIDTH))
        self.keep(page, f"{name}-narrow")
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # width and height
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        yield "large letters", tuple(page.evaluate(_WIDTH))

    def keep(self, page: Page, name: str) -> None:
        """Keep a picture of a page; of XML too, which Playwright cannot take one of."""
        if self.album is not None:
            how = {"captureBeyondViewport": True, "clip": page.evaluate(_WHOLE)}
            taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", how)
            (self.album / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))


def hosts(urls: Sequence[str]) -> set[str]:
    """Whom these URLs ask."""
    return {urlsplit(url).netloc for url in urls}


def _complaint(told: ConsoleMessage, url: str) -> list[str]:
    """What a message of the console says, if it is a complaint.

    None is that a page is not there, nor that the site has no icon, for which browsers ask unasked.
    """
    expected = told.location["url"] in {url, _icon(url)} and "the server responded with a status of 4" in told.text
    return [] if told.type not in {"error", "warning"} or expected else [f"{told.type}: {told.text}"]


def _icon(url: str) -> str:
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/favicon.ico"
