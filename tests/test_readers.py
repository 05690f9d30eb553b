"""Real feed readers subscribe to a running feedsvc: nothing is shown to their users twice, and nothing missed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import pytest
from http_stub import RecordingProxy
from readers import Lemon24Reader, News, Newsboat, Rss2email, Script, Subscriber, missing
from serving import Service, wait_for, write

pytestmark = pytest.mark.slow(first=True)

HARBOUR = "tag:news.example.org,2026-03-01:harbour"
BRIDGE = "tag:news.example.org,2026-03-02:news/bridge"
MARKET = "tag:news.example.org,2026-03-03:market"
FORMATS: Mapping[type[Subscriber], tuple[str, ...]] = {
    Newsboat: ("/rss.xml", "/atom.xml"),
    Rss2email: ("/rss.xml", "/atom.xml"),
    Lemon24Reader: ("/rss.xml", "/atom.xml", "/feed.json"),
    Script: ("/rss.xml", "/atom.xml"),
}
Who = tuple[type[Subscriber], str]
SUBSCRIPTIONS = [(kind, path) for kind, paths in FORMATS.items() for path in paths]
SETTINGS = {"scan__interval": "3600", "port": "0", "workers": "1", "base_url": "https://news.example.org"}
LONG = " ".join(sha256(bytes([number])).hexdigest() for number in range(40))
"""Words that no coding makes much smaller: who is sent only what is new since would be sent much less."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of one poll."""

    news: News
    statuses: tuple[int, ...]
    """With which the service answered, in their order."""


class Town:
    """A service, its articles, and everybody who has subscribed to it, each through a proxy of its own."""

    def __init__(self, service: Service, articles: Path) -> None:
        self.service = service
        self.articles = articles
        self.seen: dict[str, dict[Who, Polled]] = {}
        self._proxies = ExitStack()
        self._subscribers: dict[Who, tuple[Subscriber, RecordingProxy]] = {}

    def __enter__(self) -> Self:
        for kind, path in SUBSCRIPTIONS:
            if missing(kind):
                continue
            proxy = self._proxies.enter_context(RecordingProxy(self.service.url))
            home = self.service.home / f"{kind.__name__}{path.replace('/', '-')}"
            home.mkdir()
            self._subscribers[kind, path] = kind(home, proxy.url + path), proxy
        return self

    def __exit__(self, *_: object) -> None:
        self._proxies.close()

    def happens(self, event: str, files: Mapping[str, str], condition: Callable[[], bool]) -> None:
        """Something happens to the articles; once ``condition`` holds for the feeds, everybody polls."""
        write(self.articles, files)
        self.service.scan()
        wait_for(condition, f"the edition after {event}")
        self.seen[event] = dict(self._polls())

    def _polls(self) -> Iterator[tuple[Who, Polled]]:
        for who, (subscriber, proxy) in self._subscribers.items():
            before = len(proxy.statuses)
            news = subscriber.poll()
            yield who, Polled(news, tuple(proxy.statuses[before:]))

    def says(self, words: str) -> bool:
        """Whether every format of the feed holds these words."""
        return all(words in self.service.get(path).text for path in FORMATS[Lemon24Reader])


def _harbour(words: str) -> dict[str, str]:
    return {"2026-03-01-harbour.txt": f"The harbour opens\n\n{words}\n\n{LONG}\n"}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[Who, Polled]]:
    """What each reader showed after each event in the life of three articles."""
    home = tmp_path_factory.mktemp("home")
    stories = write(home / "stories", _harbour("The boats are back."))
    bridge = "---\ntitle: The bridge\ndate: 2026-03-02\n---\n\nIt *stands*.\n"
    with Service(home, stories, settings=SETTINGS) as service, Town(service.ready(), stories) as town:
        town.happens("subscribing", {}, lambda: town.says("The boats are back."))
        town.happens("nothing", {}, lambda: True)
        town.happens("an addition", {"news/bridge.md": bridge}, lambda: town.says("The bridge"))
        town.happens("an edit", _harbour("The boats are back for good."), lambda: town.says("for good"))
        (stories / "news" / "bridge.md").rename(stories / "news" / "the-new-bridge.md")
        town.happens("a rename", {}, lambda: True)
        market = {"2026-03-03-market.txt": "The market\n\nApples and pears.\n"}
        town.happens("another addition", market, lambda: town.says("Apples"))
        town.happens("another edit", _harbour("The boats are back by night."), lambda: town.says("by night"))
        (stories / "news" / "the-new-bridge.md").unlink()
        town.happens("a removal", {}, lambda: "The bridge" not in service.titles())
    return town.seen


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(
            who,
            id=f"{who[0].__name__}{who[1]}",
            marks=pytest.mark.skipif(bool(missing(who[0])), reason=missing(who[0])),
        )
        for who in SUBSCRIPTIONS
    ],
)
class TestReaders:
    """What the user of each reader is shown."""

    def test_the_first_poll_brings_what_there_is(self, seen: Mapping[str, Mapping[Who, Polled]], who: Who) -> None:
        """Id, title and text arrive as they were published."""
        (story,) = seen["subscribing"][who].news.new
        assert (story.id, story.title) == (HARBOUR, "The harbour opens")
        assert "The boats are back." in story.content

    @pytest.mark.parametrize(
        ("event", "told"),
        [("an addition", (BRIDGE, "The bridge")), ("another addition", (MARKET, "The market"))],
    )
    def test_an_addition_is_new(
        self, seen: Mapping[str, Mapping[Who, Polled]], who: Who, event: str, told: tuple[str, str]
    ) -> None:
        """It alone, and nothing that was there before."""
        news = seen[event][who].news
        assert [(story.id, story.title) for story in news.new] == [told]
        assert not news.edited

    @pytest.mark.parametrize(("event", "words"), [("an edit", "for good"), ("another edit", "by night")])
    def test_an_edit_is_an_edit(
        self, seen: Mapping[str, Mapping[Who, Polled]], who: Who, event: str, words: str
    ) -> None:
        """The article that is known is shown in its new words, and is no second one."""
        news = seen[event][who].news
        assert not news.new
        (story,) = news.edited
        assert story.id == HARBOUR
        assert words in story.content

    @pytest.mark.parametrize("event", ["nothing", "a rename", "a removal"])
    def test_nothing_is_shown_for_nothing(
        self, seen: Mapping[str, Mapping[Who, Polled]], who: Who, event: str
    ) -> None:
        """No poll without a change, no renamed file and no removal brings anything to read."""
        assert seen[event][who].news == News()

    def test_no_status_comes_that_an_old_client_does_not_know(
        self, seen: Mapping[str, Mapping[Who, Polled]], who: Who
    ) -> None:
        """A feed is sent whole with 200, or is unchanged with 304 (RFC 9110, sections 15.3.1 and 15.4.5)."""
        statuses = {event: polls[who].statuses for event, polls in seen.items()}
        assert statuses["subscribing"][-1] == 200
        assert all(set(each) <= {200, 304} for each in statuses.values()), statuses
        assert all(statuses[event] == (200,) for event in statuses if event.startswith("an")), statuses
