"""One round over a real directory and a real store."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from read_here import ReadHere
from serving import write
from stored_site import response_at, served_paths

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.safeguards import Overrides, SafeguardError, SafeguardLimits
from feedsvc.channels.site import Site
from feedsvc.core.errors import DirectoryError, EditionConflictError, InvalidFeedError
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.reporter import Outcome
from feedsvc.publishing.round import publish
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Rounds:
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
        self.memory = outcome.state
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
        found = response_at(self.store, path)
        assert found is not None
        (plain,) = (form for form in found[1].representations if form.coding == "identity")
        return plain.body.decode()


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[Rounds]:
    """One article, and an empty store."""
    store = open_store(f"sqlite:///{tmp_path}/feedsvc.db")
    made = Rounds(tmp_path, store)
    yield made
    made.store.close()


def test_the_first_round_makes_the_first_edition(rounds: Rounds) -> None:
    """Everything there is, is written, and remembered just as the store has it."""
    outcome = rounds.round()
    assert (outcome.read, outcome.counts.published, outcome.state.edition.number) == (1, 1, 1)
    assert "First." in rounds.text("/atom.xml")
    assert rounds.store.publisher.state() == outcome.state


def test_a_round_over_nothing_new_makes_no_edition(rounds: Rounds) -> None:
    """It opens no file and composes nothing."""
    first = rounds.round()
    rounds.steps.clear()
    second = rounds.round(NOON + SECOND)
    assert (second.read, second.changed, rounds.steps) == (0, 0, [])
    assert second.state == first.state


def test_a_round_afresh_over_nothing_new_makes_no_edition_either(rounds: Rounds) -> None:
    """As after a restart: what is composed again is the same, so nothing is written."""
    first = rounds.round()
    rounds.memory = rounds.store.publisher.state()
    assert rounds.round(NOON + SECOND, afresh=True).state == first.state


def test_an_edit_changes_only_what_shows_it(rounds: Rounds) -> None:
    """Feeds and landing page of what a round prepares; pages are rendered from what the store has now."""
    write(rounds.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    first = rounds.round()
    write(rounds.articles, {"2026-05-02-two.txt": "Two\n\nSecond, edited.\n"})
    rounds.round(NOON + SECOND)
    written = rounds.store.editions.changes(first.state.edition)
    assert {*written.stored, *(response.path for response in written.pinned)} == {
        *("/", "/rss.xml", "/atom.xml", "/feed.json")
    }
    assert "edited" in rounds.text("/two")


def test_a_scheduled_article_appears_at_its_second(rounds: Rounds) -> None:
    """Before it there is no trace of it; the round at that moment publishes it though no file has changed."""
    write(rounds.articles, {"later.md": "---\ntitle: Later\ndate: 2026-06-01T12:00:10Z\n---\nNow.\n"})
    outcome = rounds.round()
    moment = NOON + 10 * SECOND
    assert outcome.state.edition.next_moment == int(moment.timestamp())
    assert "Later" not in rounds.text("/atom.xml")
    assert rounds.round(moment - SECOND).changed == 0
    assert rounds.round(moment).counts.published == 2
    assert "Later" in rounds.text("/atom.xml")


def test_a_newly_scheduled_article_makes_an_edition(rounds: Rounds) -> None:
    """No document differs, but from now on no cache may keep one past that moment."""
    rounds.round()
    write(rounds.articles, {"later.md": "---\ntitle: Later\ndate: 2026-06-02\n---\nNow.\n"})
    outcome = rounds.round(NOON + SECOND)
    assert (outcome.changed, outcome.state.edition.number) == (0, 2)


def test_last_modified_rises_within_one_second(rounds: Rounds) -> None:
    """Who asks If-Modified-Since must not miss the second of two changes (RFC 9110, section 13.1.3)."""
    rounds.round()
    write(rounds.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    before = rounds.memory.responses["/rss.xml"].last_modified
    rounds.round(NOON)
    assert rounds.memory.responses["/rss.xml"].last_modified == before + 1


def test_a_broken_article_keeps_its_last_good_reading(rounds: Rounds) -> None:
    """It is a problem for the operator, and nothing for the subscriber."""
    write(rounds.articles, {"two.md": "---\ntitle: Two\ndate: 2026-05-02\n---\nSecond.\n"})
    rounds.round()
    write(rounds.articles, {"two.md": "---\ntitle: [\n---\nSecond.\n"})
    outcome = rounds.round(NOON + SECOND)
    assert [problem.path for problem in outcome.problems] == ["two.md"]
    assert outcome.counts.published == 2
    assert outcome.changed == 0


def test_a_draft_that_was_public_is_withdrawn(rounds: Rounds) -> None:
    """Its page is gone, and the feeds no longer hold it."""
    write(rounds.articles, {"two.md": "---\ntitle: Two\ndate: 2026-05-02\n---\nSecond.\n"})
    rounds.round()
    write(rounds.articles, {"two.md": "---\ntitle: Two\ndate: 2026-05-02\ndraft: true\n---\nSecond.\n"})
    rounds.round(NOON + SECOND)
    found = response_at(rounds.store, "/two")
    assert found is not None
    assert found[1].status == 410
    assert "Second." not in rounds.text("/rss.xml")


def test_an_unpublished_draft_leaves_no_trace_when_it_goes(rounds: Rounds) -> None:
    """Only what was public is remembered for ever."""
    write(rounds.articles, {"two.md": "---\ntitle: Two\ndraft: true\n---\nSecond.\n"})
    rounds.round()
    (rounds.articles / "two.md").unlink()
    rounds.round(NOON + SECOND)
    assert len(rounds.store.publisher.state().records) == 1


def test_a_recording_elsewhere_is_asked_for_once(rounds: Rounds) -> None:
    """Its size goes into the feeds; an edit of the article, and a restart, ask for nothing again."""
    url = "https://cdn.example.net/a.mp3"
    asked: list[str] = []

    def ask(urls: Sequence[str]) -> dict[str, int]:
        asked.extend(urls)
        return dict.fromkeys(urls, 4711)

    rounds.plan = replace(rounds.plan, ask_sizes=ask)
    write(rounds.articles, {"a.md": f"---\naudio: {url}\n---\n# A\n\nHear.\n"})
    outcome = rounds.round()
    assert (asked, outcome.problems) == ([url], ())
    assert 'length="4711"' in rounds.text("/rss.xml")
    rounds.memory = rounds.store.publisher.state()
    write(rounds.articles, {"a.md": f"---\naudio: {url}\n---\n# A\n\nHear this.\n"})
    rounds.round(NOON + SECOND)
    assert asked == [url]
    assert 'length="4711"' in rounds.text("/rss.xml")


def inline_paths(rounds: Rounds) -> list[str]:
    """Where the files below /media/ are that have none in the directory."""
    paths = [path for path in served_paths(rounds.store) if path.startswith("/media/")]
    found = [response_at(rounds.store, path) for path in paths]
    assert all(each is not None and each[1].file is None for each in found)
    return sorted(paths)


DRAWING = '<svg viewBox="0 0 9 5"><path d="M0 0L{} 5"/></svg>'


def test_a_drawing_in_an_article_is_served_as_long_as_it_has_it(rounds: Rounds) -> None:
    """Its bytes are the store's: through edits of the rest, restarts, and for all articles that show the same."""
    rounds.articles.joinpath("2026-05-01-one.txt").unlink()
    write(rounds.articles, {"a.md": f"# A\n\n{DRAWING.format(9)}\n", "b.md": f"# B\n\n{DRAWING.format(9)}\n"})
    rounds.round()
    (path,) = inline_paths(rounds)
    assert 'd="M0 0L9 5"' in rounds.text(path)
    assert path in rounds.text("/atom.xml")
    rounds.restart()
    write(rounds.articles, {"a.md": f"# A\n\nOne more.\n\n{DRAWING.format(9)}\n"})
    rounds.round(NOON + SECOND)
    assert inline_paths(rounds) == [path]
    write(rounds.articles, {"a.md": f"# A\n\n{DRAWING.format(7)}\n"})
    rounds.round(NOON + 2 * SECOND)
    assert len(inline_paths(rounds)) == 2
    write(rounds.articles, {"b.md": "# B\n\nNone.\n"})
    rounds.round(NOON + 3 * SECOND)
    assert response_at(rounds.store, path) is None
    (other,) = inline_paths(rounds)
    assert 'd="M0 0L7 5"' in rounds.text(other)
    assert rounds.memory == rounds.store.publisher.state()


def test_a_drawing_waits_with_its_article(rounds: Rounds) -> None:
    """Its bytes are kept from the round that read it to the one in which the article is out."""
    write(rounds.articles, {"a.md": f"---\ndate: 2026-06-01T13:00:00Z\n---\n# A\n\n{DRAWING.format(9)}\n"})
    rounds.round()
    assert inline_paths(rounds) == []
    rounds.restart()
    rounds.round(NOON + timedelta(hours=1))
    (path,) = inline_paths(rounds)
    assert 'd="M0 0L9 5"' in rounds.text(path)


def test_a_drawing_is_made_again_when_it_is_to_be_told_otherwise(rounds: Rounds) -> None:
    """Also in a round that reads no file: its bytes are in the store."""
    write(rounds.articles, {"a.md": f"---\nexpires: 2026-07-01\n---\n# A\n\n{DRAWING.format(9)}\n"})
    rounds.round()
    (path,) = inline_paths(rounds)
    rounds.plan = replace(rounds.plan, site=replace(rounds.plan.site, key_field="cache-tag"))
    rounds.restart()
    rounds.memory = replace(rounds.memory, responses={})
    rounds.round(NOON + SECOND, afresh=True)
    assert inline_paths(rounds) == [path]


def test_what_no_article_uses_is_dropped(rounds: Rounds) -> None:
    """A picture is served as long as an article shows it."""
    write(rounds.articles, {"pic.svg": "<svg/>", "two.md": "# Two\n\n![A sketch](pic.svg)\n"})
    rounds.round()
    (media,) = (path for path in served_paths(rounds.store) if path.startswith("/media/"))
    write(rounds.articles, {"two.md": "# Two\n\nNo sketch.\n"})
    rounds.round(NOON + SECOND)
    assert response_at(rounds.store, media) is None


def test_a_round_that_is_given_up_leaves_nothing(rounds: Rounds) -> None:
    """One transaction: what was read and composed before counts for nothing."""

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "rendering":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(
            rounds.plan,
            rounds.store.publisher,
            rounds.memory,
            NOON,
            afresh=True,
            progress=stop,
            readers=ReadHere(),
        )
    assert rounds.store.publisher.state() == PublisherState()


def test_a_vanished_directory_refuses_the_round(rounds: Rounds) -> None:
    """The last edition stays."""
    rounds.round()
    rounds.articles.rename(rounds.articles.with_name("elsewhere"))
    with pytest.raises(DirectoryError):
        rounds.round(NOON + SECOND)
    assert rounds.store.editions.newest().number == 1


def test_two_publishers_cannot_commit_the_same_edition(rounds: Rounds) -> None:
    """Whoever comes second learns that another was faster."""
    stale = rounds.memory
    rounds.round()
    rounds.memory = stale
    with pytest.raises(EditionConflictError):
        rounds.round()


def test_an_emptied_directory_refuses_the_round(rounds: Rounds) -> None:
    """The last edition stays to the byte; the files' return mends it, and nothing was lost."""
    rounds.round()
    before = rounds.store.publisher.state()
    (rounds.articles / "2026-05-01-one.txt").rename(rounds.articles.with_name("away"))
    for _ in range(2):
        with pytest.raises(SafeguardError, match="no article is left"):
            rounds.round(NOON + SECOND)
    assert rounds.store.publisher.state() == before
    rounds.articles.with_name("away").rename(rounds.articles / "2026-05-01-one.txt")
    assert rounds.round(NOON + SECOND).changed == 0


def test_consent_lets_a_refused_round_pass(rounds: Rounds) -> None:
    """The operator says that nothing shall be left."""
    rounds.round()
    (rounds.articles / "2026-05-01-one.txt").unlink()
    rounds.plan = replace(rounds.plan, overrides=Overrides(removals=True))
    assert rounds.round(NOON + SECOND).counts.published == 0
    assert "First." not in rounds.text("/atom.xml")


def test_a_refused_round_tells_what_is_wrong_with_files(rounds: Rounds) -> None:
    """A refusal hides no problem."""
    rounds.round()
    (rounds.articles / "2026-05-01-one.txt").unlink()
    write(rounds.articles, {"two.md": "---\ntitle: [\n---\nSecond.\n"})
    with pytest.raises(SafeguardError) as refused:
        rounds.round(NOON + SECOND)
    assert [problem.path for problem in refused.value.problems] == ["two.md"]


def test_ids_that_changed_everywhere_refuse_the_round(rounds: Rounds) -> None:
    """Subscribers would see every article again."""

    def story(number: int, scheme: str) -> str:
        header = f"title: Story {number}\ndate: 2026-05-0{number}\nid: {scheme}:{number}"
        return f"---\n{header}\n---\n{scheme} {number}.\n"

    write(rounds.articles, {f"{number}.md": story(number, "old") for number in range(1, 9)})
    rounds.round()
    write(rounds.articles, {f"{number}.md": story(number, "new") for number in range(1, 9)})
    rounds.plan = replace(rounds.plan, limits=SafeguardLimits(removals=100, flood=7))
    with pytest.raises(SafeguardError, match="8 new articles look published already"):
        rounds.round(NOON + SECOND)
    assert rounds.store.editions.newest().number == 1


def test_a_spoiled_feed_refuses_the_round(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made is read back before anybody gets it; nothing of the round counts."""
    rounds.round()
    monkeypatch.setattr("feedgen.feed.FeedGenerator.rss_str", lambda *_, **__: b"<rss/>")
    write(rounds.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    with pytest.raises(InvalidFeedError, match=r"/rss\.xml"):
        rounds.round(NOON + SECOND)
    assert rounds.store.editions.newest().number == 1
    assert len(rounds.store.publisher.state().records) == 1


def test_a_withdrawal_is_told_until_its_moment(rounds: Rounds) -> None:
    """Atom tells it for so many days; the round that ends it is due to the second, and moves the tag."""
    write(rounds.articles, {"2026-05-02-two.txt": "Two\n\nSecond.\n"})
    rounds.round()
    (rounds.articles / "2026-05-02-two.txt").unlink()
    taken_back = NOON + SECOND
    rounds.round(taken_back)
    assert '<at:deleted-entry ref="tag:news.example.org,2026-05-02:two" when="2026-06-01T12:00:01Z">' in (
        rounds.text("/atom.xml")
    )
    end = taken_back + timedelta(days=rounds.plan.site.tombstone_days)
    assert rounds.memory.edition.next_moment == int(end.timestamp())
    assert rounds.round(end - SECOND).changed == 0
    assert rounds.round(end).changed == 1
    assert "deleted-entry" not in rounds.text("/atom.xml")
    assert rounds.memory.edition.next_moment is None


def test_an_edition_remembers_the_archive_positions(rounds: Rounds) -> None:
    """What comes later sits behind, also when it is dated back and the publisher was started anew."""
    rounds.round()
    write(rounds.articles, {"2020-01-01-old.txt": "Old\n\nFound in a drawer.\n"})
    rounds.memory = rounds.store.publisher.state()
    rounds.round(NOON + SECOND)
    one, old = "tag:news.example.org,2026-05-01:one", "tag:news.example.org,2020-01-01:old"
    assert rounds.memory.archive_positions == {"/": {one: 0, old: 1}}
    assert rounds.store.publisher.state().archive_positions == rounds.memory.archive_positions
