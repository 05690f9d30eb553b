from dataclasses import replace
from operator import attrgetter

from builders import record

from feedsvc.articles.record import Record
from feedsvc.core.round_cache import RoundCache


class Maker:
    """Makes titles, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cache = RoundCache()

    def __call__(self, *records: Record, context: object = None) -> list[str]:
        """What comes of the records of a round, and in ``asked`` for which something was made."""
        self.asked.clear()
        return [*self.cache.results("titles", records, attrgetter("id"), self._make, context).values()]

    def _make(self, record: Record) -> str:
        self.asked.append(record.id)
        return record.article.title


ONE, TWO = record("one", id="1", title="One"), record("two", id="2", title="Two")
EDITED = replace(ONE, article=replace(ONE.article, title="Edited"))


def test_what_stays_is_made_once() -> None:
    """The same object, or one that is equal to it as it comes from the store."""
    maker = Maker()
    assert (maker(ONE, TWO), maker.asked) == (["One", "Two"], ["1", "2"])
    assert (maker(TWO, replace(ONE)), maker.asked) == (["Two", "One"], [])


def test_what_changed_is_made_anew() -> None:
    """And nothing else is."""
    maker = Maker()
    maker(ONE, TWO)
    assert (maker(EDITED, TWO), maker.asked) == (["Edited", "Two"], ["1"])


def test_another_context_makes_all_anew() -> None:
    """Such as other words of the operator about the site."""
    maker = Maker()
    maker(ONE, TWO, context="a")
    maker(ONE, TWO, context="b")
    assert maker.asked == ["1", "2"]


def test_what_was_away_for_a_round_is_forgotten() -> None:
    """So what is remembered is never more than one round holds."""
    maker = Maker()
    maker(ONE, TWO)
    maker(TWO)
    maker(ONE, TWO)
    assert maker.asked == ["1"]


def test_what_one_purpose_keeps_is_not_taken_for_another() -> None:
    """The same records may be kept for several purposes, each with results of its own."""
    cache = RoundCache()
    titles = cache.results("titles", [ONE], attrgetter("id"), lambda record: record.article.title)
    pages = cache.results("pages", [ONE], attrgetter("id"), lambda record: record.page)
    assert (titles, pages) == ({"1": "One"}, {"1": ONE.page})
