"""The pattern of addresses: what operators paste from other programs, and what is refused."""

import pytest

from feedsvc.core.address_pattern import read_pattern

READ = [
    ("/{year}/{month}/{slug}/", "/{year}/{month}/{slug}/"),
    ("{slug}.html", "/{slug}.html"),
    # Jekyll
    ("pretty", "/{categories}/{year}/{month}/{day}/{name}/"),
    ("date", "/{categories}/{year}/{month}/{day}/{name}.html"),
    ("ordinal", "/{categories}/{year}/{year_day}/{name}.html"),
    ("weekdate", "/{categories}/{week_year}/W{week}/{week_day}/{name}.html"),
    ("none", "/{categories}/{name}.html"),
    ("/:categories/:year/:month/:day/:title:output_ext", "/{categories}/{year}/{month}/{day}/{name}.html"),
    ("/:short_year/:i_month/:i_day/:slug", "/{short_year}/{short_month}/{short_day}/{slug}"),
    # Jekyll or Hugo
    ("/:year/:month/:title/", "/{year}/{month}/{name_or_title}/"),
    ("/blog/:slug/", "/blog/{name_or_title}/"),
    # Hugo
    ("/:sections/:slug/", "/{section}/{title}/"),
    ("/:section/:year/:slugorcontentbasename/", "/{top_section}/{year}/{lower_name}/"),
    # Pelican
    ("posts/{date:%Y}/{date:%m}/{slug}.html", "/posts/{year}/{month}/{title}.html"),
    ("{date:%Y/%b/%d}/{slug}/", "/{year}/{month_abbreviation}/{day}/{title}/"),
    ("{date:%Y}/{lang}/{slug}", "/{year}/{language}/{title}"),
    # WordPress
    ("/%year%/%monthnum%/%day%/%postname%/", "/{year}/{month}/{day}/{slug}/"),
    ("/archives/%post_id%", "/archives/{id}"),
    # elsewhere
    ("https://WWW.example.org/{year}/{slug}/", "https://www.example.org/{year}/{slug}/"),
    ("https://bücher.example:8443/:year/%postname%", "https://xn--bcher-kva.example:8443/{year}/{slug}"),
    ("https://example.org/?p={id}", "https://example.org/?p={id}"),
]
REFUSED = [
    ("", "must name {slug}"),
    ("/{year}/", "must name {slug}, {name}, {title} or {id}"),
    ("/{salt}/{slug}", "must not name {salt}"),
    ("/:salt/:slug", "must not name :salt"),
    ("/%salt%/%postname%", "must not name %salt%"),
    ("/{date:%Q}/{slug}", "must not name %Q"),
    ("/{slug", "must name {slug}"),
    ("/{slug}}", "must have no blanks"),
    ("/{slug}/a b", "must have no blanks"),
    ("/{slug}?a", "must have no ?"),
    ("/{slug}#a", "must have no ?"),
    ("/:2006/:slug/", "must have no ?"),
    ("ftp://example.org/{slug}", "must have no ?"),
    ("https://user@example.org/{slug}", "must begin with a slash, or with an address"),
    ("https:///{slug}", "must begin with a slash"),
    ("/tags/{slug}", "must not begin with /tags, which is the site's own"),
    ("feed/{slug}", "must not begin with /feed"),
    ("/.well-known/{slug}", "must not begin with /.well-known"),
]


@pytest.mark.parametrize(("written", "text"), READ)
def test_patterns_of_several_programs_are_one_notation(written: str, text: str) -> None:
    """Each can be pasted; what was read is read again as the same."""
    assert read_pattern(written).text == text
    assert read_pattern(text).text == text


@pytest.mark.parametrize(("written", "message"), REFUSED)
def test_what_is_no_pattern_is_refused(written: str, message: str) -> None:
    """With what it must be."""
    with pytest.raises(ValueError, match="must") as refused:
        read_pattern(written)
    assert str(refused.value).startswith(message)
