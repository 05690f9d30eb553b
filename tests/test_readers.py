"""Real feed readers subscribe to a running feedsvc: nothing is shown to their users twice, and nothing missed."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from readers import Lemon24Reader, News, Newsboat, Rss2email, Subscriber, missing
from serving import Service, wait_for, write

HARBOUR = "tag:news.example.org,2026-03-01:harbour"
BRIDGE = "tag:news.example.org,2026-03-02:news/bridge"
FORMATS: Mapping[type[Subscriber], tuple[str, ...]] = {
    Newsboat: ("/rss.xml", "/atom.xml"),
    Rss2email: ("/rss.xml", "/atom.xml"),
    Lemon24Reader: ("/rss.xml", "/atom.xml", "/feed.json"),
}
Who = tuple[type[Subscriber], str]
SUBSCRIPTIONS = [(kind, path) for kind, paths in FORMATS.items() for path in paths]
SETTINGS = {"interval": "3600", "port": "0", "base_url": "https://news.example.org"}


class Town:
    """A service, its articles, and everybody who has subscribed to it."""

    def __init__(self, service: Service, articles: Path) -> None:
        self.service = service
        self.articles = articles
        self.seen: dict[str, dict[Who, News]] = {}
        self._subscribers = {who: self._subscribe(*who) for who in SUBSCRIPTIONS if not missing(who[0])}

    def _subscribe(self, kind: type[Subscriber], path: str) -> Subscriber:
        home = self.service.home / f"{kind.__name__}{path.replace('/', '-')}"
        home.mkdir()
        return kind(home, self.service.url + path)

    def happens(self, event: str, files: Mapping[str, str], condition: Callable[[], bool]) -> None:
        """Something happens to the articles; once ``condition`` holds for the feeds, everybody polls."""
        write(self.articles, files)
        self.service.scan()
        wait_for(condition, f"the edition after {event}")
        self.seen[event] = {who: subscriber.poll() for who, subscriber in self._subscribers.items()}

    def says(self, words: str) -> bool:
        """Whether every format of the feed holds these words."""
        return all(words in self.service.get(path).text for path in FORMATS[Lemon24Reader])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[Who, News]]:
    """What each reader showed after each event in the life of two articles."""
    home = tmp_path_factory.mktemp("home")
    stories = write(home / "stories", {"2026-03-01-harbour.txt": "The harbour opens\n\nThe boats are back.\n"})
    with Service(home, stories, settings=SETTINGS) as service:
        town = Town(service.ready(), stories)
        town.happens("subscribing", {}, lambda: town.says("The boats are back."))
        town.happens("nothing", {}, lambda: True)
        bridge = "---\ntitle: The bridge\ndate: 2026-03-02\n---\n\nIt *stands*.\n"
        town.happens("an addition", {"news/bridge.md": bridge}, lambda: town.says("The bridge"))
        town.happens(
            "an edit",
            {"2026-03-01-harbour.txt": "The harbour opens\n\nThe boats are back for good.\n"},
            lambda: town.says("for good"),
        )
        (stories / "news" / "bridge.md").rename(stories / "news" / "the-new-bridge.md")
        town.happens("a rename", {}, lambda: True)
        (stories / "news" / "the-new-bridge.md").unlink()
        town.happens("a removal", {}, lambda: service.titles() == ["The harbour opens"])
    return town.seen


@pytest.mark.xdist_group("readers")  # they share one service
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

    def test_the_first_poll_brings_what_there_is(self, seen: Mapping[str, Mapping[Who, News]], who: Who) -> None:
        """Id, title and text arrive as they were published."""
        (story,) = seen["subscribing"][who].new
        assert (story.id, story.title) == (HARBOUR, "The harbour opens")
        assert "The boats are back." in story.content

    def test_an_addition_is_new(self, seen: Mapping[str, Mapping[Who, News]], who: Who) -> None:
        """It alone, and nothing that was there before."""
        news = seen["an addition"][who]
        assert [(story.id, story.title) for story in news.new] == [(BRIDGE, "The bridge")]
        assert not news.edited

    def test_an_edit_is_an_edit(self, seen: Mapping[str, Mapping[Who, News]], who: Who) -> None:
        """The article that is known is shown in its new words, and is no second one."""
        news = seen["an edit"][who]
        assert not news.new
        (story,) = news.edited
        assert story.id == HARBOUR
        assert "for good" in story.content

    @pytest.mark.parametrize("event", ["nothing", "a rename", "a removal"])
    def test_nothing_is_shown_for_nothing(
        self, seen: Mapping[str, Mapping[Who, News]], who: Who, event: str
    ) -> None:
        """No poll without a change, no renamed file and no removal brings anything to read."""
        assert seen[event][who] == News()
