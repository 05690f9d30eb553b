import re
from collections.abc import Callable

import pytest

from feedsvc.core.errors import InvalidFeedError
from feedsvc.documents.feeds.channel_feeds import FORMATS, Format
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.verification import Ids, atom_ids, json_ids, rss_ids, verify

IDS: dict[str, Ids] = {"RSS": rss_ids, "Atom": atom_ids, "JSON Feed": json_ids}
FORMS = pytest.mark.parametrize("form", FORMATS, ids=[form.name for form in FORMATS])
AWKWARD = ("tag:example.org,2026:a&b", "https://example.org/?p=1&q=<2>", "ж « » 🐦", " spaced  inside ")


@FORMS
def test_a_feed_holds_the_ids_it_was_made_of(
    form: Format, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """Read back byte for byte, in the feed's order, whatever characters they have."""
    content = form.render(make_feed(*(make_entry(id=each) for each in AWKWARD)))
    verify("/x", content, IDS[form.name], AWKWARD)


@FORMS
def test_an_empty_feed_holds_no_ids(form: Format, make_feed: Callable[..., Feed]) -> None:
    """A site may have published nothing yet."""
    verify("/x", form.render(make_feed()), IDS[form.name], ())


@FORMS
@pytest.mark.parametrize("expected", [("a",), ("a", "b", "c"), ("a", "c"), ("b", "a"), ()], ids=str)
def test_other_ids_are_refused(
    form: Format, expected: tuple[str, ...], make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """One too few, one too many, another one, another order."""
    content = form.render(make_feed(make_entry(id="a"), make_entry(id="b")))
    with pytest.raises(InvalidFeedError, match=re.escape("/x holds other entries than it should")):
        verify("/x", content, IDS[form.name], expected)


BROKEN = (b"", b"<feed", b"null", b"[]", b'{"items": 1}', b'{"items": [{}]}', b"<html/>", b"<rss>\x08</rss>")


@FORMS
@pytest.mark.parametrize("content", BROKEN, ids=[repr(each) for each in BROKEN])
def test_a_broken_feed_is_refused(form: Format, content: bytes) -> None:
    """Whatever was made, if it cannot be read as that format it goes to nobody."""
    with pytest.raises(InvalidFeedError, match="/x"):
        verify("/x", content, IDS[form.name], ("a",))
