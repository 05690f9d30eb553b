"""Keys, spellings and precedence."""

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, field_of, spelling


def header(**values: Value) -> Header:
    """A header of ``values``, as if all stood on line 2."""
    return Header({spelling(key): HeaderEntry(key, value, 2) for key, value in values.items()})


def test_case_dashes_and_underscores_do_not_matter() -> None:
    """Blog engines spell the same key in many ways."""
    assert {field_of(key) for key in ("last_modified_at", "lastModifiedAt", "Last-Modified-At")} == {"updated"}


def test_a_key_without_a_meaning_has_no_field() -> None:
    """What other programs keep in a header is none of ours."""
    assert field_of("layout") is None


def test_the_date_that_governs_publication_counts_first() -> None:
    """An article with both must not appear before its ``publishDate``."""
    first = header(date="2020-01-01", publishDate="2030-01-01").first("published")
    assert first is not None
    assert first.key == "publishDate"


def test_an_empty_value_is_not_said() -> None:
    """``title:`` in a template that was not filled in gives way to the next spelling."""
    assert [entry.key for entry in header(description="", summary="x").all("summary")] == ["summary"]
    assert header(title="").first("title") is None


def test_over_fills_in_only_the_fields_that_are_missing() -> None:
    """Front matter counts before a document's head, also where it spells the key otherwise."""
    told = header(pubDate="2020-01-01").over(header(date="2010-01-01", title="From the head"))
    assert set(told.entries) == {"pubdate", "title"}
