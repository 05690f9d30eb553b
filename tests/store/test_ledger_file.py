"""The ledger as a file."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedsvc.articles.model import MediaFile
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.archive import Positions
from feedsvc.core.errors import LedgerError
from feedsvc.responses.edition import Edition, PublisherState
from feedsvc.responses.site_readers import Privacy, Reader
from feedsvc.store.ledger_file import (
    EarlierFile,
    Ledger,
    Merge,
    ledger_lines,
    merge,
    parse_ledger,
    placeholder,
    replacement,
)

MakeRecord = Callable[..., Record]
LEFT = MembershipChange("tag", "sea", "Sea", datetime(2026, 5, 1, tzinfo=UTC))


def earlier_file(memory: PublisherState, text: Iterable[str]) -> EarlierFile:
    """The file with that text, which was written from ``memory``."""
    lines = "".join(text).splitlines(keepends=True)
    return EarlierFile(memory, iter(lines))


def told(*records: Record, edition: int = 7) -> str:
    """The file of a store that holds these records."""
    return "".join(ledger_lines(PublisherState(Edition(edition, 5), {record.id: record for record in records})))


def bare(record: Record) -> Record:
    """The record without what a ledger does not tell."""
    return replace(record, stamp="", source="", article=replace(record.article, body=""))


class TestTheFile:
    def test_every_field_comes_back(self, record: MakeRecord) -> None:
        """All but the body and what belongs to this machine's files."""
        records = (
            record("a", former_pages=("/old", "/older"), membership_changes=(LEFT,)),
            record("b", settled=False, withdrawn=None),
        )
        positions = {"/": {records[0].id: 0, records[1].id: 1}, "/tags/sea": {records[0].id: 4}}
        there = {record.id: record for record in records}
        memory = PublisherState(Edition(7, 5), there, archive_positions=positions)
        text = "".join(ledger_lines(memory))
        assert parse_ledger(text, "it") == Ledger(7, tuple(map(bare, records)), positions)

    def test_a_file_of_version_1_holds_the_same(self, record: MakeRecord) -> None:
        """An export of an earlier feedsvc has other names for some members, and is read as well."""
        records = [record("a", former_pages=("/old",), membership_changes=(LEFT,))]
        privacy = Privacy("private", (Reader("aa", "a", "Ada", 1),))
        memory = PublisherState(
            Edition(7, 5), {records[0].id: records[0]}, archive_positions={"/": {records[0].id: 4}}
        )
        text = "".join(ledger_lines(memory, privacy=privacy))
        earlier = text.replace('"version": 2', '"version": 1')
        for now, before in [
            ("former_pages", "former"),
            ("membership_changes", "passages"),
            ("archive_positions", "seats"),
            ("token_prefix", "hint"),
            ("created", "made"),
        ]:
            assert now in earlier
            earlier = earlier.replace(f'"{now}"', f'"{before}"')
        assert parse_ledger(earlier, "it") == parse_ledger(text, "it")

    def test_the_same_ledger_is_the_same_text(self, record: MakeRecord) -> None:
        """Sorted by id, one record a line, so that two exports can be compared."""
        first, second = record("a"), record("b")
        assert told(second, first) == told(first, second)
        assert len(told(first, second).splitlines()) == 5

    def test_what_was_told_before_is_told_again(self, record: MakeRecord) -> None:
        """The lines of the last time are taken only where the record is still the same."""
        first, second, third = record("a"), record("b"), record("c")
        earlier = None
        for records in ((first, second), (replace(first, page="/new"), third), (second, third), (), (first,)):
            memory = PublisherState(Edition(7, 5), {each.id: each for each in records})
            lines = list(ledger_lines(memory, earlier=earlier))
            assert "".join(lines) == told(*records)
            earlier = earlier_file(memory, lines)

    def test_a_line_is_copied_and_not_made_again(self, record: MakeRecord) -> None:
        """A large ledger is copied every minute on a busy site."""
        first, second = record("a"), record("b")
        memory = PublisherState(Edition(7, 5), {each.id: each for each in (first, second)})
        text = told(first, second).replace("[]", "[ ]")
        marked = ledger_lines(memory, earlier=earlier_file(memory, [text]))
        assert "".join(marked) == text

    def test_an_article_that_took_a_position_is_told_anew(self, record: MakeRecord) -> None:
        """Also where nothing else of it changed."""
        records, earlier = {record("a").id: record("a")}, None
        for positions in ({}, {"/": {record("a").id: 0}}, {"/": {record("a").id: 0}, "/x": {record("a").id: 2}}):
            memory = PublisherState(Edition(7, 5), records, archive_positions=positions)
            lines = list(ledger_lines(memory, earlier=earlier))
            assert parse_ledger("".join(lines), "it").positions == positions
            earlier = earlier_file(memory, lines)

    def test_an_empty_ledger_is_a_ledger(self) -> None:
        """A store that holds nothing can be exported."""
        assert parse_ledger(told(edition=0), "it") == Ledger(0, ())

    def test_it_is_plain_json(self, record: MakeRecord) -> None:
        """Other programs can read it, and people find their words in it."""
        text = told(record("a"))
        (article,) = json.loads(text)["articles"]
        assert article["article"]["title"] == "« Grüße » <3"
        assert "Grüße" in text

    @pytest.mark.parametrize(
        ("text", "what"),
        [
            ("", "is no JSON"),
            ("[]", "is no ledger"),
            ('{"format": "other"}', "is no ledger"),
            ('{"format": "feedsvc ledger", "version": 3}', "is a ledger of version 3"),
            ('{"format": "feedsvc ledger", "version": 1, "edition": 1}', "is damaged"),
            ('{"format": "feedsvc ledger", "version": 1, "edition": 1, "articles": [{}]}', "is damaged"),
            ('{"format": "feedsvc ledger", "version": 1, "edition": 1, "articles": [3]}', "is damaged"),
        ],
        ids=["empty", "a list", "another format", "a newer version", "cut off", "no fields", "no object"],
    )
    def test_what_is_no_ledger_is_refused(self, text: str, what: str) -> None:
        """The line names the file, and says what to do."""
        with pytest.raises(LedgerError, match=f"^it {what}"):
            parse_ledger(text, "it")

    def test_the_summary_stands_for_the_body(self, record: MakeRecord) -> None:
        """Where a file cannot be read after a rebuild, a subscriber sees a little of it and not nothing."""
        plain = record("a", article=replace(record("a").article, summary="Tea & <b>"))
        whole, body = placeholder(plain)
        assert body == "<p>Tea &amp; &lt;b&gt;</p>"
        assert whole.article.body != plain.article.body

    def test_the_summary_has_none_of_the_pictures_of_the_body(self, record: MakeRecord) -> None:
        """Those that stood in the article's own text were kept with the body, and are gone with it."""
        beside = MediaFile("a.png", "/media/a/a.png", "image/png", 1, "ab" * 32)
        inside = replace(beside, source="", path="/media/b/drawing.svg", kept="cd" * 32)
        whole, _ = placeholder(record("a", article=replace(record("a").article, media=(beside, inside))))
        assert whole.article.media == (beside,)

    def test_no_summary_is_no_body(self, record: MakeRecord) -> None:
        """An article without words has none here either."""
        assert placeholder(record("a", article=replace(record("a").article, summary="")))[1] == ""


class TestMerging:
    """Situations: what is there, what the ledger tells, what is saved, forgotten, refused."""

    def test_what_is_not_there_is_taken_over(self, record: MakeRecord) -> None:
        """Drafts too: that they were never public is worth knowing."""
        news = (record("a"), record("b", settled=False))
        assert merge({}, Ledger(1, news)).save == news

    def test_what_is_public_stays(self, record: MakeRecord) -> None:
        """The store is newer than any export of it."""
        there = record("a", page="/new")
        assert merge({there.id: there}, Ledger(1, (record("a"),))).save == ()

    def test_a_draft_gives_way_to_what_was_public(self, record: MakeRecord) -> None:
        """Under the same id, what subscribers know wins."""
        draft, public = record("a", settled=False), record("a")
        merged = merge({draft.id: draft}, Ledger(1, (public,)))
        assert (merged.save, merged.forget) == ((public,), ())

    def test_a_draft_at_the_same_path_is_made_anew(self, record: MakeRecord) -> None:
        """It would else hold the page or the file of what comes back."""
        draft, public = record("a", id="draft", settled=False), record("a", present=True)
        merged = merge({draft.id: draft}, Ledger(1, (public,)))
        assert (merged.save, merged.forget) == ((public,), ("draft",))

    @pytest.mark.parametrize("same", ["page", "path"])
    def test_a_public_id_is_never_changed(self, record: MakeRecord, same: str) -> None:
        """One page, or one file, and two public ids: the store's stays, and the other is named."""
        there = record("a", id="here", present=True)
        other = record("a", id="there", present=True)
        if same == "page":
            other = replace(other, article=replace(other.article, path="other.md"))
        else:
            other = replace(other, page="/other")
        merged = merge({there.id: there}, Ledger(1, (other,)))
        assert merged.save == ()
        assert merged.refused == (f"there ({other.article.path}) is public here as here",)

    def test_a_replacement_gives_up_what_the_ledger_does_not_tell(self, record: MakeRecord) -> None:
        """The operator has said so."""
        there, told_ = record("a"), record("b")
        merged = replacement({there.id: there}, Ledger(1, (told_,)))
        assert (merged.save, merged.forget) == ((told_,), (there.id,))

    @pytest.mark.parametrize("decide", [merge, replacement])
    @pytest.mark.parametrize(
        ("taken", "positions"),
        [
            pytest.param({}, (("/", "a", 3),), id="an archive that was never laid out"),
            pytest.param({"/": {"x": 2}}, (("/", "a", 3),), id="a position that is free"),
            pytest.param({"/": {"x": 3}}, (), id="a position that another has"),
            pytest.param({"/": {"a": 0}}, (), id="an article that has one"),
            pytest.param({"/tags": {"x": 3}}, (("/", "a", 3),), id="the same position of another channel"),
        ],
    )
    def test_a_position_is_had_by_one_alone(
        self,
        record: MakeRecord,
        decide: Callable[..., Merge],
        taken: Positions,
        positions: tuple[tuple[str, str, int], ...],
    ) -> None:
        """Two on one position would hide each other from whoever walks the archive."""
        ledger = Ledger(1, (record("a", id="a"),), {"/": {"a": 3, "unknown": 5}})
        assert decide({}, ledger, taken).positions == positions
