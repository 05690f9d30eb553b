import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.articles.collector import Collection
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.model import Article, Problem, ReadArticle
from feedsvc.articles.record import Record, release
from feedsvc.articles.safeguards import NO_OVERRIDES, Overrides

MakeArticle = Callable[..., Article]

START = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = START + 100 * HOUR


@dataclass(frozen=True)
class Says:
    """What a file says, as far as it decides which article it is."""

    meaning: str
    id: str | None = None
    published: datetime | None = START - HOUR
    updated: datetime | None = None
    draft: bool = False
    section: str = ""
    slug: str = ""
    placed: bool = False
    headed: bool = False
    expires: datetime | None = None
    unlisted: bool = False
    original: str | None = None
    section_key: str | None = None
    body: str = ""
    """Its words; by default too few to be like any other."""
    written: int = 0
    """Counts up when the file is written anew with the same words."""


BROKEN = Says("(cannot be read)")
Files = Mapping[str, Says]


@dataclass
class Ledger:
    """Rounds over files that are only told."""

    make_article: MakeArticle
    records: Mapping[str, Record] = field(default_factory=dict)
    read: Files = field(default_factory=dict)
    """What each file said when it was last taken."""
    now: datetime = START + timedelta(microseconds=7)
    problems: tuple[Problem, ...] = ()
    overrides: Overrides = NO_OVERRIDES
    program: str = "program"
    """What reads the files; another version may read them otherwise."""
    names: dict[str, str] = field(default_factory=dict)
    """By id: the path where the article was first seen, with a ``'`` for each before it."""

    def round(self, files: Files) -> None:
        """See the directory in this state, one hour after the last."""
        gathering = self.gathering(files)
        found = identify(
            self.records,
            gathering,
            "example.org,2026",
            self.now,
            str,
            overrides=self.overrides,
        )
        self.problems = found.problems
        self.records = release(found.records, self.now, found.held).records
        set_aside = {problem.path for problem in found.problems}
        read = {path: says for path, says in files.items() if path not in set_aside and says != BROKEN}
        self.read = {path: says for path, says in self.read.items() if path in files} | read
        self.now += HOUR
        for record in sorted(self.records.values(), key=lambda record: record.article.path):
            if record.id not in self.names:
                earlier = sum(name.startswith(record.article.path) for name in self.names.values())
                self.names[record.id] = record.article.path + "'" * earlier

    def gathering(self, files: Files) -> Collection:
        """What a scan says of the directory in this state."""
        new = {path: says for path, says in files.items() if not self._is_known(path, says)}
        touched = {path for path in new if self._same_bytes(path, files[path])}
        readings = [
            self._taken(path, says) for path, says in new.items() if path not in touched and says != BROKEN
        ]
        return Collection(
            readings=tuple(readings),
            unchanged=frozenset(files) - new.keys(),
            touched={path: self._stamp(path, files[path]) for path in touched},
            present=frozenset(files),
        )

    def _is_known(self, path: str, says: Says) -> bool:
        """A file that was set aside is not, and is read again in each round."""
        known = any(record.present and record.article.path == path for record in self.records.values())
        return known and says == self.read.get(path)

    def _same_bytes(self, path: str, says: Says) -> bool:
        before = self.read.get(path)
        return before is not None and before != says and replace(before, written=says.written) == says

    def _taken(self, path: str, says: Says) -> ReadArticle:
        article = self.make_article(
            path=path,
            meaning=says.meaning,
            id=says.id,
            published=says.published,
            updated=says.updated,
            draft=says.draft,
            section=says.section,
            slug=says.slug or path.partition(".")[0],
            placed=says.placed,
            headed=says.headed,
            expires=says.expires,
            unlisted=says.unlisted,
            original=says.original,
            section_key=says.section_key,
            body=says.body or says.meaning,
        )
        return ReadArticle(
            article, self._stamp(path, says), says.meaning, START - 2 * HOUR + timedelta(microseconds=5)
        )

    def _stamp(self, path: str, says: Says) -> str:
        """As the collector writes it: the program, then the size and the times of the file."""
        return f"{self.program} {json.dumps({path: f'1:{says.written}:{says.written}'})}"

    def at(self, path: str) -> Record:
        """The record of the file at ``path``."""
        (record,) = [found for found in self.records.values() if found.present and found.article.path == path]
        return record

    def articles(self) -> tuple[dict[str, str], set[str]]:
        """Which article each file is, and which articles have no file."""
        present = {found.article.path: self.names[found.id] for found in self.records.values() if found.present}
        return present, {self.names[found.id] for found in self.records.values() if not found.present}


@pytest.fixture
def ledger(make_article: MakeArticle) -> Ledger:
    """Give an empty ledger."""
    return Ledger(make_article)


ONE, TWO = Says("one"), Says("two")
ONE_EDITED = Says("one, edited")
DRAFT = Says("one", draft=True)
X, Y = Says("one", id="x"), Says("two", id="y")


def situation(name: str, *rounds: Files, becomes: dict[str, str], gone: str = "", clashes: str = "") -> object:
    """One named situation.

    Args:
        name: Its name.
        rounds: The directory, round by round.
        becomes: Which article each file is in the end.
        gone: The articles whose files are gone.
        clashes: The files that declare the id of another.
    """
    return pytest.param(rounds, becomes, set(gone.split()), clashes.split(), id=name)


@pytest.mark.parametrize(
    ("rounds", "becomes", "gone", "clashes"),
    [
        situation("nothing changed", {"a": ONE}, {"a": ONE}, becomes={"a": "a"}),
        situation("touched", {"a": ONE}, {"a": replace(ONE, written=1)}, becomes={"a": "a"}),
        situation("renamed", {"a": ONE}, {"b": ONE}, becomes={"b": "a"}),
        situation(
            "moved to a folder", {"a": ONE}, {"news/a": replace(ONE, section="news")}, becomes={"news/a": "a"}
        ),
        situation("edited", {"a": ONE}, {"a": ONE_EDITED}, becomes={"a": "a"}),
        situation("renamed and edited", {"a": ONE}, {"b": ONE_EDITED}, becomes={"b": "b"}, gone="a"),
        situation(
            "renamed and edited, with an id", {"a": X}, {"b": replace(X, meaning="new")}, becomes={"b": "a"}
        ),
        situation("swapped", {"a": ONE, "b": TWO}, {"a": TWO, "b": ONE}, becomes={"a": "b", "b": "a"}),
        situation("swapped by id", {"a": X, "b": Y}, {"a": Y, "b": X}, becomes={"a": "b", "b": "a"}),
        situation(
            "renamed in a ring",
            {"a": ONE, "b": TWO, "c": Says("three")},
            {"b": ONE, "c": TWO, "a": Says("three")},
            becomes={"b": "a", "c": "b", "a": "c"},
        ),
        situation("copied", {"a": ONE}, {"a": ONE, "b": ONE}, becomes={"a": "a", "b": "b"}),
        situation("copied to an earlier name", {"b": ONE}, {"a": ONE, "b": ONE}, becomes={"a": "a", "b": "b"}),
        situation(
            "copied, both read", {"b": ONE}, {"a": ONE, "b": replace(ONE, slug="s")}, becomes={"a": "a", "b": "b"}
        ),
        situation(
            "renamed, with a new one in its place", {"a": ONE}, {"b": ONE, "a": TWO}, becomes={"b": "a", "a": "a'"}
        ),
        situation("replaced by another", {"a": ONE, "b": TWO}, {"a": TWO}, becomes={"a": "b"}, gone="a"),
        situation("removed", {"a": ONE, "b": TWO}, {"b": TWO}, becomes={"b": "b"}, gone="a"),
        situation("removed and restored", {"a": ONE}, {}, {"a": ONE}, becomes={"a": "a"}),
        situation("removed and restored elsewhere", {"a": ONE}, {}, {"b": ONE}, becomes={"b": "a"}),
        situation("removed and back edited", {"a": ONE}, {}, {"a": ONE_EDITED}, becomes={"a": "a"}),
        situation(
            "removed and back elsewhere, edited", {"a": ONE}, {}, {"b": ONE_EDITED}, becomes={"b": "b"}, gone="a"
        ),
        situation(
            "of two removed twins the later one comes back",
            {"a": ONE, "b": ONE},
            {"b": ONE},
            {},
            {"c": ONE},
            becomes={"c": "b"},
            gone="a",
        ),
        situation(
            "a renamed file is not taken for its removed twin",
            {"a": ONE, "c": ONE},
            {"a": ONE},
            {"b": ONE},
            becomes={"b": "a"},
            gone="c",
        ),
        situation(
            "an edited file is not taken for the one that was there before it",
            {"a": X},
            {"a": Y},
            {"a": Says("new")},
            becomes={"a": "a'"},
            gone="a",
        ),
        situation(
            "a replaced article comes back beside its successor",
            {"a": X},
            {"a": Y},
            {"a": Y, "b": X},
            becomes={"a": "a'", "b": "a"},
        ),
        situation("twins renamed", {"a": ONE, "b": ONE}, {"c": ONE, "d": ONE}, becomes={"c": "a", "d": "b"}),
        situation("broken", {"a": ONE}, {"a": BROKEN}, becomes={"a": "a"}),
        situation("broken and mended", {"a": ONE}, {"a": BROKEN}, {"a": ONE_EDITED}, becomes={"a": "a"}),
        situation("broken from the start", {"a": BROKEN}, becomes={}),
        situation("broken draft", {"a": DRAFT}, {"a": BROKEN}, becomes={"a": "a"}),
        situation("removed and back broken", {"a": ONE}, {}, {"a": BROKEN}, becomes={}, gone="a"),
        situation(
            "copied, the first one broken", {"a": ONE}, {"a": BROKEN, "b": ONE}, becomes={"a": "a", "b": "b"}
        ),
        situation("draft renamed", {"a": DRAFT}, {"b": DRAFT}, becomes={"b": "b"}),
        situation("draft removed", {"a": DRAFT}, {}, becomes={}),
        situation("draft published", {"a": DRAFT}, {"a": ONE}, becomes={"a": "a"}),
        situation("published made a draft", {"a": ONE}, {"a": DRAFT}, becomes={"a": "a"}),
        situation("published, made a draft, renamed", {"a": ONE}, {"a": DRAFT}, {"b": DRAFT}, becomes={"b": "a"}),
        situation(
            "draft beside its published twin", {"a": ONE}, {"a": ONE, "b": DRAFT}, becomes={"a": "a", "b": "b"}
        ),
        situation("two files, one id", {"a": X, "b": replace(Y, id="x")}, becomes={"a": "a"}, clashes="b"),
        situation(
            "a second file with the id of a published one",
            {"b": X},
            {"a": X, "b": X},
            becomes={"b": "b"},
            clashes="a",
        ),
        situation(
            "the same, all of them edited",
            {"b": X},
            {"a": X, "b": replace(X, meaning="new")},
            becomes={"b": "b"},
            clashes="a",
        ),
        situation(
            "a published file with an earlier name takes the id of another that is edited",
            {"a": TWO, "b": X},
            {"a": replace(TWO, id="x"), "b": replace(X, meaning="new")},
            becomes={"a": "a", "b": "b"},
            clashes="a",
        ),
        situation(
            "a published file and an earlier new one declare the same new id",
            {"b": ONE},
            {"a": replace(TWO, id="x"), "b": X},
            becomes={"b": "b"},
            clashes="a",
        ),
        situation(
            "a published file takes the id of another",
            {"a": X, "b": TWO},
            {"a": X, "b": replace(Y, id="x")},
            becomes={"a": "a", "b": "b"},
            clashes="b",
        ),
        situation(
            "it takes it while another file becomes its article",
            {"a": X, "b": Y},
            {"a": X, "b": replace(X, meaning="three"), "c": Y},
            becomes={"a": "a", "c": "b"},
            clashes="b",
        ),
        situation(
            "a draft takes the id of another",
            {"a": X, "b": DRAFT},
            {"a": X, "b": replace(X, draft=True)},
            becomes={"a": "a", "b": "b"},
            clashes="b",
        ),
        situation(
            "a draft loses its id to an earlier file",
            {"b": replace(X, draft=True)},
            {"a": X, "b": replace(X, draft=True, meaning="new")},
            becomes={"a": "b"},
            clashes="b",
        ),
        situation(
            "the first of two files with one id is removed",
            {"a": X, "b": replace(Y, id="x")},
            {"b": replace(Y, id="x")},
            becomes={"b": "a"},
        ),
        situation("removed, its id back elsewhere", {"a": X}, {}, {"b": replace(Y, id="x")}, becomes={"b": "a"}),
        situation("an id is added", {"a": ONE}, {"a": X}, becomes={"a": "a"}),
        situation(
            "an id is added, then renamed and edited",
            {"a": ONE},
            {"a": X},
            {"b": replace(Y, id="x")},
            becomes={"b": "a"},
        ),
        situation(
            "another file declares an id that was added",
            {"a": ONE},
            {"a": X},
            {"a": X, "b": replace(Y, id="x")},
            becomes={"a": "a"},
            clashes="b",
        ),
        situation("an id is taken away", {"a": X}, {"a": ONE}, becomes={"a": "a"}),
        situation("only the id is changed", {"a": X}, {"a": replace(X, id="z")}, becomes={"a": "a"}),
        situation(
            "after its change both ids are taken",
            {"a": X},
            {"a": replace(X, id="z")},
            {"a": replace(X, id="z"), "b": replace(TWO, id="x"), "c": replace(TWO, id="z")},
            becomes={"a": "a"},
            clashes="b c",
        ),
        situation(
            "after its change the file is split in two, one for each id",
            {"a": X},
            {"a": replace(X, id="k")},
            {"b": replace(TWO, id="k"), "c": replace(TWO, id="x")},
            becomes={"b": "b", "c": "a"},
        ),
        situation(
            "another article with another id in its place", {"a": X}, {"a": Y}, becomes={"a": "a'"}, gone="a"
        ),
        situation(
            "a new article elsewhere says the same under another id",
            {"a": X},
            {},
            {"b": replace(X, id="z")},
            becomes={"b": "b"},
            gone="a",
        ),
    ],
)
def test_situation(
    ledger: Ledger, rounds: tuple[Files, ...], becomes: dict[str, str], gone: set[str], clashes: list[str]
) -> None:
    """A file is the article it was, wherever that can be known; in doubt nothing is published twice."""
    for files in rounds:
        ledger.round(files)
    assert ledger.articles() == (becomes, gone)
    assert [problem.path for problem in ledger.problems] == clashes


LONG = " ".join(f"word{number}" for number in range(60))
LETTER = replace(ONE, body=LONG)
LETTER_EDITED = replace(ONE_EDITED, body=f"{LONG} and a postscript")
HIDDEN = Says("one", draft=True, headed=True, body=LONG)
BARE = Says("one, its header lost", published=None, body=LONG)


@pytest.mark.parametrize(
    ("rounds", "becomes", "gone", "clashes"),
    [
        situation("renamed and edited", {"a": LETTER}, {"b": LETTER_EDITED}, becomes={"b": "a"}),
        situation(
            "moved, renamed and edited",
            {"a": LETTER},
            {"n/b": replace(LETTER_EDITED, section="n")},
            becomes={"n/b": "a"},
        ),
        situation(
            "removed, and back elsewhere a round later, edited",
            {"a": LETTER},
            {},
            {"b": LETTER_EDITED},
            becomes={"b": "a"},
        ),
        situation(
            "removed, and back elsewhere two days later, edited",
            {"a": LETTER},
            *[{}] * 26,
            {"b": LETTER_EDITED},
            becomes={"b": "b"},
            gone="a",
        ),
        situation(
            "copied and edited", {"a": LETTER}, {"a": LETTER, "b": LETTER_EDITED}, becomes={"a": "a", "b": "b"}
        ),
        situation(
            "today's report is like yesterday's, which is gone",
            {"a": LETTER},
            {"b": replace(LETTER_EDITED, published=START)},
            becomes={"b": "b"},
            gone="a",
        ),
        situation(
            "renamed and edited, its date taken away",
            {"a": LETTER},
            {"b": replace(LETTER_EDITED, published=None)},
            becomes={"b": "a"},
        ),
        situation(
            "like a removed one, under another id",
            {"a": replace(LETTER, id="x")},
            {"b": replace(LETTER_EDITED, id="y")},
            becomes={"b": "b"},
            gone="a",
        ),
        situation("renamed and written anew", {"a": LETTER}, {"b": TWO}, becomes={"b": "b"}, gone="a"),
        situation(
            "renamed and edited twice over",
            {"a": LETTER, "b": replace(TWO, body=LONG[:200])},
            {"c": replace(LETTER, meaning="3", body=LONG[:210]), "d": LETTER_EDITED},
            becomes={"c": "b", "d": "a"},
        ),
        situation("a draft loses its header", {"a": HIDDEN}, {"a": BARE}, becomes={"a": "a"}, clashes="a"),
        situation(
            "a draft loses its header, and nobody mends it",
            {"a": HIDDEN},
            *[{"a": replace(BARE, written=number)} for number in range(3)],
            becomes={"a": "a"},
            clashes="a",
        ),
        situation(
            "a draft loses its header and is renamed",
            {"a": HIDDEN},
            {"b": BARE},
            {"b": replace(BARE, meaning="later")},
            becomes={"a": "a"},
            clashes="b",
        ),
        situation(
            "a draft loses its header, and gets it back",
            {"a": HIDDEN},
            {"a": BARE},
            {"a": HIDDEN},
            becomes={"a": "a"},
        ),
        situation(
            "a draft loses its header, and gets another",
            {"a": HIDDEN},
            {"a": BARE},
            {"a": replace(LETTER, headed=True)},
            becomes={"a": "a"},
        ),
        situation("a draft loses its header, and goes", {"a": HIDDEN}, {"a": BARE}, {}, becomes={}),
        situation(
            "a draft loses its header, and its id to another file",
            {"a": replace(HIDDEN, id="x")},
            {"a": BARE, "b": replace(TWO, id="x")},
            becomes={"a": "a'", "b": "a"},
            clashes="a",
        ),
    ],
)
def test_known_by_its_words(
    ledger: Ledger, rounds: tuple[Files, ...], becomes: dict[str, str], gone: set[str], clashes: list[str]
) -> None:
    """What was renamed and edited is the same article still, and what was held back stays so."""
    test_situation(ledger, rounds, becomes, gone, clashes)


def test_what_its_header_held_back_is_not_public(ledger: Ledger) -> None:
    """The record stays as it was; an override of the operator lets it go."""
    ledger.round({"a": HIDDEN})
    before = ledger.at("a")
    ledger.round({"a": BARE})
    assert ledger.at("a") == before
    ledger.overrides = Overrides(headers=True)
    ledger.round({"a": replace(BARE, written=1)})
    assert ledger.at("a").settled


def test_bodies_are_fetched_only_where_a_file_has_gone(ledger: Ledger) -> None:
    """An ordinary round compares no texts."""

    def body(digest: str) -> str:
        pytest.fail(f"asked for {digest}")

    ledger.round({"a": LETTER})
    gathering = ledger.gathering({"a": LETTER_EDITED, "b": TWO})
    identify(ledger.records, gathering, "example.org", ledger.now, body)


def test_clash_names_both_files(ledger: Ledger) -> None:
    """Whoever mends it must know which other file has the id."""
    ledger.round({"b": X, "a": replace(Y, id="x"), "c": replace(Y, id="x")})
    assert [str(problem).split(";")[0] for problem in ledger.problems] == [
        "b: it declares the id 'x', which a has already",
        "c: it declares the id 'x', which a has already",
    ]


@pytest.mark.parametrize(
    ("before", "after", "moved_to"),
    [
        (ONE, replace(ONE, slug="other"), None),
        (ONE, ONE_EDITED, START + HOUR),
        (ONE, replace(ONE, published=LATER), None),
        (ONE, replace(ONE, updated=START + HOUR), START + HOUR),
        (ONE, replace(ONE, updated=LATER), None),
        (ONE, replace(ONE_EDITED, updated=START), START),
        (ONE, replace(ONE, updated=START - 99 * HOUR), START - HOUR),
        (replace(ONE, updated=START), replace(ONE_EDITED, updated=START), START + HOUR),
        (replace(ONE, updated=START), ONE, START),
        (replace(ONE, updated=LATER), replace(ONE_EDITED, updated=LATER), START + HOUR),
        (ONE, DRAFT, None),
    ],
    ids=[
        "only the slug",
        "the words",
        "only the date",
        "the header's update",
        "the header's update, which is still to come",
        "the words and the header's update",
        "an update before its publication",
        "the words, the header's update being an old one",
        "the header's update taken away",
        "the words, while the update lies ahead",
        "made a draft",
    ],
)
def test_updated_moves_with_the_meaning_or_the_header(
    ledger: Ledger, before: Says, after: Says, moved_to: datetime | None
) -> None:
    """A subscriber is told of an update only where there is one, and never of one before the publication."""
    ledger.round({"a": before})
    first = ledger.at("a")
    ledger.round({"a": after})
    assert ledger.at("a").updated == (moved_to or first.updated)


def test_id_page_and_first_date_are_settled(ledger: Ledger) -> None:
    """Whatever a file says later on, its subscribers and links know it by these three."""
    ledger.round({"a": ONE})
    before = ledger.at("a")
    ledger.round({"b": Says("one", slug="other", published=LATER)})
    after = ledger.at("b")
    assert (after.id, after.page, after.published) == (before.id, before.page, before.published)
    assert (after.article.slug, after.stamp) == ("other", 'program {"b": "1:0:0"}')


NEWS, NOTES = replace(ONE, section="news"), replace(ONE, section="notes")


@pytest.mark.parametrize(
    ("rounds", "page", "former"),
    [
        ([{"a": ONE}, {"b": ONE}], "/a", ()),
        ([{"a": ONE}, {"a": NEWS}], "/news/a", ("/a",)),
        ([{"a": ONE}, {"b": NEWS}], "/news/b", ("/a",)),
        ([{"a": NEWS}, {"a": ONE}], "/a", ("/news/a",)),
        ([{"a": ONE}, {"a": NEWS}, {"a": NOTES}], "/notes/a", ("/a", "/news/a")),
        ([{"a": ONE}, {"a": NEWS}, {"a": ONE}], "/a", ("/news/a",)),
        ([{"a": ONE}, {"a": replace(ONE, slug="s")}], "/a", ()),
        ([{"a": ONE}, {"a": replace(ONE, slug="s", placed=True)}], "/s", ("/a",)),
        ([{"a": ONE}, {"a": replace(ONE, slug="a", placed=True)}], "/a", ()),
        ([{"a": replace(ONE, slug="s", placed=True)}, {"a": ONE}], "/s", ()),
        ([{"a": ONE}, {}, {"a": NEWS}], "/news/a", ("/a",)),
        ([{"a": DRAFT}, {"a": NEWS}], "/news/a", ()),
        ([{"a": ONE, "b": replace(TWO, section="news", slug="a")}, {"a": NEWS}], "/news/a-2", ("/a",)),
        ([{"a": ONE}, {"a": NEWS, "b": replace(TWO, slug="a")}], "/news/a", ("/a",)),
    ],
    ids=[
        "renamed",
        "moved to a folder",
        "moved to a folder and renamed",
        "moved to the top",
        "moved twice",
        "moved there and back",
        "another slug by its name",
        "another slug by its header",
        "a header that says what was so already",
        "the header's slug taken away",
        "removed, and back in a folder",
        "a draft that is moved and published",
        "moved to where a removed one was",
        "another one takes its name",
    ],
)
def test_page_moves_with_the_place_alone(
    ledger: Ledger, rounds: list[Files], page: str, former: tuple[str]
) -> None:
    """A folder and an address in the header are meant; a file's name is the author's own business."""
    for files in rounds:
        ledger.round(files)
    (record,) = (found for found in ledger.records.values() if found.present and found.article.meaning == "one")
    assert (record.page, record.former_pages) == (page, former)


def test_what_was_published_before_its_name_told_a_language_keeps_its_page(ledger: Ledger) -> None:
    """An index in French was a page of its own below its folder; what now links to its new address finds it."""
    trip = replace(ONE, section="posts/trip", slug="index-fr")
    ledger.round({"posts/trip/index.fr.md": trip})
    for words in ("one", "edited"):
        now = replace(trip, section="posts", slug="trip-fr", original="posts/trip/index", meaning=words)
        ledger.round({"posts/trip/index.fr.md": now})
        record = ledger.at("posts/trip/index.fr.md")
        assert (record.page, record.former_pages) == ("/posts/trip/index-fr", ("/posts/trip-fr",))
        assert record.article.section == "posts/trip"


def test_a_folder_that_shares_a_channel_already_stays_in_it(ledger: Ledger) -> None:
    """The channel has subscribers; only a folder that has published nothing yet gets one of its own."""
    old = {"C++/a.md": replace(ONE, section="c", slug="a"), "C#/b.md": replace(TWO, section="c", slug="b")}
    ledger.round(old)
    told = {path: replace(says, section_key=f"c-{path[1]}", written=1) for path, says in old.items()}
    edited = {path: replace(says, meaning=f"{says.meaning}, edited") for path, says in told.items()}
    ledger.round(
        {
            **edited,
            "C++/c.md": replace(X, section="c", section_key="c-+"),
            "C*/d.md": replace(Y, section="c", section_key="c-*"),
        }
    )
    keys = {path: ledger.at(path).article.section_key for path in (*old, "C++/c.md", "C*/d.md")}
    assert keys == {"C++/a.md": None, "C#/b.md": None, "C++/c.md": None, "C*/d.md": "c-*"}


def test_two_articles_that_change_places_keep_out_of_each_others_way(ledger: Ledger) -> None:
    """What was the page of one must lead to that one, and not to the other."""
    there = {"a": replace(ONE, section="n", slug="x"), "b": replace(TWO, section="m", slug="x")}
    ledger.round(there)
    ledger.round({"a": replace(there["a"], section="m"), "b": replace(there["b"], section="n")})
    assert [(ledger.at(name).page, ledger.at(name).former_pages) for name in "ab"] == [
        ("/m/x-2", ("/n/x",)),
        ("/n/x-2", ("/m/x",)),
    ]


def test_draft_is_made_anew_each_time_it_is_read(ledger: Ledger) -> None:
    """Before it is public its id, page and date follow the file."""
    ledger.round({"a": DRAFT})
    ledger.round({"a": replace(DRAFT, slug="better", published=START - 50 * HOUR)})
    record = ledger.at("a")
    assert (record.id, record.page) == ("tag:example.org,2026,2026-05-02:better", "/better")


def test_page_of_a_removed_article_is_not_given_away(ledger: Ledger) -> None:
    """Links to it must not lead to something else."""
    ledger.round({"a": X})
    ledger.round({"a": Y})
    assert ledger.at("a").page == "/a-2"


def test_draft_that_lost_its_id_holds_no_page(ledger: Ledger) -> None:
    """It is set aside until it is mended, and what was never public carries no promise."""
    ledger.round({"b": replace(X, draft=True, slug="s")})
    ledger.round({"a": replace(X, slug="s"), "b": replace(Y, id="x", slug="s")})
    assert ledger.at("a").page == "/s"


def test_declared_id_is_not_minted_for_another(ledger: Ledger) -> None:
    """What a header of the same round declares is taken before anything is minted."""
    tag = "tag:example.org,2026,2026-05-04:a"
    ledger.round({"a": ONE, "b": replace(TWO, id=tag)})
    assert (ledger.at("a").id, ledger.at("b").id) == (f"{tag}-2", tag)


def test_touch_changes_the_stamp_alone(ledger: Ledger) -> None:
    """The next scan then sees the file as unchanged."""
    ledger.round({"a": ONE})
    before = ledger.at("a")
    ledger.round({"a": replace(ONE, written=1)})
    assert ledger.at("a") == replace(before, stamp='program {"a": "1:1:1"}')


@pytest.mark.parametrize(("written", "is_edit"), [(0, False), (1, True)])
def test_what_a_new_version_reads_otherwise_is_no_edit(ledger: Ledger, written: int, is_edit: bool) -> None:
    """Else an upgrade would show subscribers every article of the site as new; a file that changed is edited."""
    ledger.round({"a": ONE})
    before = ledger.at("a")
    ledger.program = "newer"
    ledger.round({"a": replace(ONE, meaning="read better", written=written)})
    assert ledger.at("a").article.meaning == "read better"
    assert (ledger.at("a").updated > before.updated) is is_edit


def test_broken_file_keeps_its_record_untouched(ledger: Ledger) -> None:
    """The last good reading stays published, and its stamp makes the file be read again."""
    ledger.round({"a": ONE})
    before = ledger.at("a")
    ledger.round({"a": BROKEN})
    assert ledger.at("a") == before


def test_restored_article_is_what_it_was(ledger: Ledger) -> None:
    """A file that was away for a while is no news."""
    ledger.round({"a": ONE})
    before = ledger.at("a")
    ledger.round({})
    ledger.round({"a": ONE})
    assert replace(ledger.at("a"), changed=before.changed) == before


def test_order_of_readings_and_records_does_not_matter(ledger: Ledger) -> None:
    """Two hosts that list the same files come to the same ledger, also in its order."""
    files = {"a": ONE, "b": ONE, "c": X, "d": X, "e": DRAFT, "f": Y}
    ledger.round(files)
    assert list(ledger.records) == sorted(ledger.records)
    other = Ledger(ledger.make_article)
    other.round(dict(reversed(files.items())))
    assert list(other.records.items()) == list(ledger.records.items())
    other.records = dict(reversed([*other.records.items()]))
    for each in (ledger, other):
        each.round({"g": ONE, "h": ONE, "c": replace(X, meaning="new"), "i": Y})
    assert list(other.records.items()) == list(ledger.records.items())
