"""One round over a real directory and a real store."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from serving import write

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.policy.refusals import Overrides, SafeguardError
from feedsvc.articles.policy.safeguards import SafeguardLimits
from feedsvc.articles.reading.main import ReadHere
from feedsvc.channels.site import Site
from feedsvc.core.errors import DirectoryError, EditionConflictError, InvalidFeedError
from feedsvc.documents.model import preview_path
from feedsvc.publishing.round import Outcome, RoundOptions, publish
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Newsroom:
    """A directory, a store, and rounds at any moment."""

    def __init__(self, home: Path, store: Store) -> None:
        site = Site("https://news.example.org", "News", "All of it.", "en")
        rules = ReadOptions(site.base_url, ZoneInfo("UTC"), 10_000)
        self.articles = write(home / "articles", {"2026-05-01-one.txt": "One\n\nFirst.\n"})
        self.store = store
        self.plan = RoundOptions(self.articles, site, rules, "news.example.org")
        self.memory = store.publisher.state()
        self.steps: list[str] = []

    def round(self, now: datetime = NOON, *, afresh: bool = False) -> Outcome:
        """Run a round at ``now``, and remember what it left."""
        """Run a round at ``now``, and remember what it left."""
        outcome = publish(
            self.plan,
            self.store.publisher,
            self.memory,
            now,
            afresh=afresh,
            progress=self._step,
            readers=ReadHere(),
        )
        self.memory = outcome.memory
        return outcome

    def restart(self) -> None:
        """Open the store anew, as another process does: nothing of it is at hand."""
        url = f"sqlite:///{self.articles.parent}/feedsvc.db"
        self.store.close()
        self.store = open_store(url)
        self.memory = self.store.publisher.state()

    def _step(self, stage: str, done: int, total: int) -> None:
        self.steps.append(f"{stage} {done} of {total}")

    def text(self, path: str) -> str:
        """What a path says, as the store has it."""
        found = self.store.editions.fetch(path)
        assert found is not None
        (plain,) = (form for form in found[1].representations if form.coding == "identity")
        return plain.body.decode()


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """One article, and an empty store."""
    store = open_store(f"sqlite:///{tmp_path}/feedsvc.db")
    made = Newsroom(tmp_path, store)
    yield made
    made.store.close()


def test_the_first_round_makes_the_first_edition(newsroom: Newsroom) -> None:
    """Everything there is, is written, and remembered just as the store has it."""
    outcome = newsroom.round()
    assert (outcome.read, outcome.public, outcome.memory.edition.number) == (1, 1, 1)
    assert "First." in newsroom.text("/atom.xml")
    assert newsroom.store.publisher.state() == outcome.memory


def test_a_round_over_nothing_new_makes_no_edition(newsroom: Newsroom) -> None:
    """It opens no file and composes nothing."""
    first = newsroom.round()
    newsroom.steps.clear()
    second = newsroom.round(NOON + SECOND)
    assert (second.read, second.changed, newsroom.steps) == (0, 0, [])
    assert second.memory == first.memory


def test_a_round_afresh_over_nothing_new_makes_no_edition_either(newsroom: Newsroom) -> None:
    """As after a restart: what is composed again is the same, so nothing is written."""
    first = newsroom.round()
    newsroom.memory = newsroom.store.publisher.state()
    assert newsroom.round(NOON + SECOND, afresh=True).memory == first.memory


def test_an_edit_changes_only_what_shows_it(newsroom: Newsroom) -> None:
    """Feeds, the page about them, landing page and the article's own page; no other page."""
    write(newsroom.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    first = newsroom.round()
    write(newsroom.articles, {"2026-05-02-two.txt": "Two\n\nSecond, edited.\n"})
    newsroom.round(NOON + SECOND)
    written = newsroom.store.editions.changes(first.memory.edition)
    assert {*written.cold, *(response.path for response in written.hot)} == {
        *("/", "/rss.xml", "/atom.xml", "/feed.json", "/two", preview_path("/"))
    }


def test_a_scheduled_article_appears_at_its_second(newsroom: Newsroom) -> None:
    """Before it there is no trace of it; the round at that moment publishes it though no file has changed."""
    write(newsroom.articles, {"later.md": "---\ntitle: Later\ndate: 2026-06-01T12:00:10Z\n---\nNow.\n"})
    outcome = newsroom.round()
    moment = NOON + 10 * SECOND
    assert outcome.memory.edition.next_moment == int(moment.timestamp())
    assert "Later" not in newsroom.text("/atom.xml")
    assert newsroom.round(moment - SECOND).changed == 0
    assert newsroom.round(moment).public == 2
    assert "Later" in newsroom.text("/atom.xml")


def test_a_newly_scheduled_article_makes_an_edition(newsroom: Newsroom) -> None:
    """No document differs, but from now on no cache may keep one past that moment."""
    newsroom.round()
    write(newsroom.articles, {"later.md": "---\ntitle: Later\ndate: 2026-06-02\n---\nNow.\n"})
    outcome = newsroom.round(NOON + SECOND)
    assert (outcome.changed, outcome.memory.edition.number) == (0, 2)


def test_last_modified_rises_within_one_second(newsroom: Newsroom) -> None:
    """Who asks If-Modified-Since must not miss the second of two changes (RFC 9110, section 13.1.3)."""
    newsroom.round()
    write(newsroom.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    before = newsroom.memory.responses["/rss.xml"].last_modified
    newsroom.round(NOON)
    assert newsroom.memory.responses["/rss.xml"].last_modified == before + 1


def test_a_broken_article_keeps_its_last_good_reading(newsroom: Newsroom) -> None:
    """It is a problem for the operator, and nothing for the subscriber."""
    write(newsroom.articles, {"two.md": "---\ntitle: Two\ndate: 2026-05-02\n---\nSecond.\n"})
    newsroom.round()
    write(newsroom.articles, {"two.md": "---\ntitle: [\n---\nSecond.\n"})
    outcome = newsroom.round(NOON + SECOND)
    assert [problem.path for problem in outcome.problems] == ["two.md"]
    assert outcome.public == 2
    assert outcome.changed == 0


def test_a_draft_that_was_public_is_withdrawn(newsroom: Newsroom) -> None:
    """Its page is gone, and the feeds no longer hold it."""
    write(newsroom.articles, {"two.md": "---\ntitle: Two\ndate: 2026-05-02\n---\nSecond.\n"})
    newsroom.round()
    write(newsroom.articles, {"two.md": "---\ntitle: Two\ndate: 2026-05-02\ndraft: true\n---\nSecond.\n"})
    newsroom.round(NOON + SECOND)
    found = newsroom.store.editions.fetch("/two")
    assert found is not None
    assert found[1].status == 410
    assert "Second." not in newsroom.text("/rss.xml")


def test_an_unpublished_draft_leaves_no_trace_when_it_goes(newsroom: Newsroom) -> None:
    """Only what was public is remembered for ever."""
    write(newsroom.articles, {"two.md": "---\ntitle: Two\ndraft: true\n---\nSecond.\n"})
    newsroom.round()
    (newsroom.articles / "two.md").unlink()
    newsroom.round(NOON + SECOND)
    assert len(newsroom.store.publisher.state().records) == 1


def test_a_recording_elsewhere_is_asked_for_once(newsroom: Newsroom) -> None:
    """Its size goes into the feeds; an edit of the article, and a restart, ask for nothing again."""
    url = "https://cdn.example.net/a.mp3"
    asked: list[str] = []

    def ask(urls: Sequence[str]) -> dict[str, int]:
        asked.extend(urls)
        return dict.fromkeys(urls, 4711)

    newsroom.plan = replace(newsroom.plan, ask_sizes=ask)
    write(newsroom.articles, {"a.md": f"---\naudio: {url}\n---\n# A\n\nHear.\n"})
    outcome = newsroom.round()
    assert (asked, outcome.problems) == ([url], ())
    assert 'length="4711"' in newsroom.text("/rss.xml")
    newsroom.memory = newsroom.store.publisher.state()
    write(newsroom.articles, {"a.md": f"---\naudio: {url}\n---\n# A\n\nHear this.\n"})
    newsroom.round(NOON + SECOND)
    assert asked == [url]
    assert 'length="4711"' in newsroom.text("/rss.xml")


def inline_paths(newsroom: Newsroom) -> list[str]:
    """Where the files below /media/ are that have none in the directory."""
    paths = [path for path in newsroom.memory.responses if path.startswith("/media/")]
    found = [newsroom.store.editions.fetch(path) for path in paths]
    assert all(each is not None and each[1].file is None for each in found)
    return sorted(paths)


DRAWING = '<svg viewBox="0 0 9 5"><path d="M0 0L{} 5"/></svg>'


def test_a_drawing_in_an_article_is_served_as_long_as_it_has_it(newsroom: Newsroom) -> None:
    """Its bytes are the store's: through edits of the rest, restarts, and for all articles that show the same."""
    newsroom.articles.joinpath("2026-05-01-one.txt").unlink()
    write(newsroom.articles, {"a.md": f"# A\n\n{DRAWING.format(9)}\n", "b.md": f"# B\n\n{DRAWING.format(9)}\n"})
    newsroom.round()
    (path,) = inline_paths(newsroom)
    assert 'd="M0 0L9 5"' in newsroom.text(path)
    assert path in newsroom.text("/atom.xml")
    newsroom.restart()
    write(newsroom.articles, {"a.md": f"# A\n\nOne more.\n\n{DRAWING.format(9)}\n"})
    newsroom.round(NOON + SECOND)
    assert inline_paths(newsroom) == [path]
    write(newsroom.articles, {"a.md": f"# A\n\n{DRAWING.format(7)}\n"})
    newsroom.round(NOON + 2 * SECOND)
    assert len(inline_paths(newsroom)) == 2
    write(newsroom.articles, {"b.md": "# B\n\nNone.\n"})
    newsroom.round(NOON + 3 * SECOND)
    assert newsroom.store.editions.fetch(path) is None
    (other,) = inline_paths(newsroom)
    assert 'd="M0 0L7 5"' in newsroom.text(other)
    assert newsroom.memory == newsroom.store.publisher.state()


def test_a_drawing_waits_with_its_article(newsroom: Newsroom) -> None:
    """Its bytes are kept from the round that read it to the one in which the article is out."""
    write(newsroom.articles, {"a.md": f"---\ndate: 2026-06-01T13:00:00Z\n---\n# A\n\n{DRAWING.format(9)}\n"})
    newsroom.round()
    assert inline_paths(newsroom) == []
    newsroom.restart()
    newsroom.round(NOON + timedelta(hours=1))
    (path,) = inline_paths(newsroom)
    assert 'd="M0 0L9 5"' in newsroom.text(path)


def test_a_drawing_is_made_again_when_it_is_to_be_told_otherwise(newsroom: Newsroom) -> None:
    """Also in a round that reads no file: its bytes are in the store."""
    write(newsroom.articles, {"a.md": f"---\nexpires: 2026-07-01\n---\n# A\n\n{DRAWING.format(9)}\n"})
    newsroom.round()
    (path,) = inline_paths(newsroom)
    newsroom.plan = replace(newsroom.plan, site=replace(newsroom.plan.site, key_field="cache-tag"))
    newsroom.restart()
    newsroom.memory = replace(newsroom.memory, responses={})
    newsroom.round(NOON + SECOND, afresh=True)
    assert inline_paths(newsroom) == [path]


def test_what_no_article_uses_is_dropped(newsroom: Newsroom) -> None:
    """A picture is served as long as an article shows it."""
    write(newsroom.articles, {"pic.svg": "<svg/>", "two.md": "# Two\n\n![A sketch](pic.svg)\n"})
    newsroom.round()
    (media,) = (path for path in newsroom.memory.responses if path.startswith("/media/"))
    write(newsroom.articles, {"two.md": "# Two\n\nNo sketch.\n"})
    newsroom.round(NOON + SECOND)
    assert newsroom.store.editions.fetch(media) is None


def test_a_round_that_is_given_up_leaves_nothing(newsroom: Newsroom) -> None:
    """One transaction: what was read and composed before counts for nothing."""

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "rendering":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(
            newsroom.plan,
            newsroom.store.publisher,
            newsroom.memory,
            NOON,
            afresh=True,
            progress=stop,
            readers=ReadHere(),
        )
    assert newsroom.store.publisher.state() == PublisherState()


def test_a_vanished_directory_refuses_the_round(newsroom: Newsroom) -> None:
    """The last edition stays."""
    newsroom.round()
    newsroom.articles.rename(newsroom.articles.with_name("elsewhere"))
    with pytest.raises(DirectoryError):
        newsroom.round(NOON + SECOND)
    assert newsroom.store.editions.newest().number == 1


def test_two_publishers_cannot_commit_the_same_edition(newsroom: Newsroom) -> None:
    """Whoever comes second learns that another was faster."""
    stale = newsroom.memory
    newsroom.round()
    newsroom.memory = stale
    with pytest.raises(EditionConflictError):
        newsroom.round()


def test_an_emptied_directory_refuses_the_round(newsroom: Newsroom) -> None:
    """The last edition stays to the byte; the files' return mends it, and nothing was lost."""
    newsroom.round()
    before = newsroom.store.publisher.state()
    (newsroom.articles / "2026-05-01-one.txt").rename(newsroom.articles.with_name("away"))
    for _ in range(2):
        with pytest.raises(SafeguardError, match="no article is left"):
            newsroom.round(NOON + SECOND)
    assert newsroom.store.publisher.state() == before
    newsroom.articles.with_name("away").rename(newsroom.articles / "2026-05-01-one.txt")
    assert newsroom.round(NOON + SECOND).changed == 0


def test_consent_lets_a_refused_round_pass(newsroom: Newsroom) -> None:
    """The operator says that nothing shall be left."""
    newsroom.round()
    (newsroom.articles / "2026-05-01-one.txt").unlink()
    newsroom.plan = replace(newsroom.plan, overrides=Overrides(removals=True))
    assert newsroom.round(NOON + SECOND).public == 0
    assert "First." not in newsroom.text("/atom.xml")


def test_a_refused_round_tells_what_is_wrong_with_files(newsroom: Newsroom) -> None:
    """A refusal hides no problem."""
    newsroom.round()
    (newsroom.articles / "2026-05-01-one.txt").unlink()
    write(newsroom.articles, {"two.md": "---\ntitle: [\n---\nSecond.\n"})
    with pytest.raises(SafeguardError) as refused:
        newsroom.round(NOON + SECOND)
    assert [problem.path for problem in refused.value.problems] == ["two.md"]


def test_ids_that_changed_everywhere_refuse_the_round(newsroom: Newsroom) -> None:
    """Subscribers would see every article again."""

    def story(number: int, scheme: str) -> str:
        header = f"title: Story {number}\ndate: 2026-05-0{number}\nid: {scheme}:{number}"
        return f"---\n{header}\n---\n{scheme} {number}.\n"

    write(newsroom.articles, {f"{number}.md": story(number, "old") for number in range(1, 9)})
    newsroom.round()
    write(newsroom.articles, {f"{number}.md": story(number, "new") for number in range(1, 9)})
    newsroom.plan = replace(newsroom.plan, limits=SafeguardLimits(removals=100, flood=7))
    with pytest.raises(SafeguardError, match="8 new articles look published already"):
        newsroom.round(NOON + SECOND)
    assert newsroom.store.editions.newest().number == 1


def test_a_spoiled_feed_refuses_the_round(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made is read back before anybody gets it; nothing of the round counts."""
    newsroom.round()
    monkeypatch.setattr("feedgen.feed.FeedGenerator.rss_str", lambda *_, **__: b"<rss/>")
    write(newsroom.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    with pytest.raises(InvalidFeedError, match=r"/rss\.xml"):
        newsroom.round(NOON + SECOND)
    assert newsroom.store.editions.newest().number == 1
    assert len(newsroom.store.publisher.state().records) == 1


def test_a_withdrawal_is_told_until_its_moment(newsroom: Newsroom) -> None:
    """Atom tells it for so many days; the round that ends it is due to the second, and moves the tag."""
    write(newsroom.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    newsroom.round()
    (newsroom.articles / "2026-05-02-two.txt").unlink()
    taken_back = NOON + SECOND
    newsroom.round(taken_back)
    assert '<at:deleted-entry ref="tag:news.example.org,2026-05-02:two" when="2026-06-01T12:00:01Z">' in (
        newsroom.text("/atom.xml")
    )
    end = taken_back + timedelta(days=newsroom.plan.site.tombstone_days)
    assert newsroom.memory.edition.next_moment == int(end.timestamp())
    assert newsroom.round(end - SECOND).changed == 0
    assert newsroom.round(end).changed == 1
    assert "deleted-entry" not in newsroom.text("/atom.xml")
    assert newsroom.memory.edition.next_moment is None


def test_an_edition_remembers_the_archive_positions(newsroom: Newsroom) -> None:
    """What comes later sits behind, also when it is dated back and the publisher was started anew."""
    newsroom.round()
    write(newsroom.articles, {"2020-01-01-old.txt": "Old\n\nFound in a drawer.\n"})
    newsroom.memory = newsroom.store.publisher.state()
    newsroom.round(NOON + SECOND)
    one, old = "tag:news.example.org,2026-05-01:one", "tag:news.example.org,2020-01-01:old"
    assert newsroom.memory.archive_positions == {"/": {one: 0, old: 1}}
    assert newsroom.store.publisher.state().archive_positions == newsroom.memory.archive_positions
