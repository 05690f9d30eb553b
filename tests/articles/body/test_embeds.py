"""Players of other sites in a body."""

import pytest

from feedsvc.articles.body.embeds import frame_hosts
from feedsvc.articles.body.sanitizer import clean

HOSTS = ("www.youtube.com",)
FENCED = (
    ' allowfullscreen="" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"'
    ' sandbox="allow-scripts allow-same-origin allow-popups allow-presentation"></iframe>'
)


def cleaned(markup: str) -> str:
    """``markup`` cleaned, its addresses as they are."""
    return clean(markup, lambda url: url, HOSTS)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/x" width="5" onload="x" allow="camera">no</iframe>',
            f'<iframe src="https://www.youtube.com/embed/x" width="5"{FENCED}',
        ),
        (
            '<iframe src="http://www.youtube.com/embed/x" sandbox="allow-top-navigation"></iframe>',
            f'<iframe src="https://www.youtube.com/embed/x"{FENCED}',
        ),
        (
            "<embed src=https://www.youtube.com/v/a-b_c&hl=en>",
            f'<iframe src="https://www.youtube.com/embed/a-b_c"{FENCED}',
        ),
        (
            '<iframe src="https://other.example/x?a=1&b=2"></iframe>',
            '<a href="https://other.example/x?a=1&amp;b=2">https://other.example/x?a=1&amp;b=2</a>',
        ),
        (
            '<iframe src="https://other.example/" title="A map"></iframe>',
            '<a href="https://other.example/">A map</a>',
        ),
        (
            '<object data="https://other.example/a"><embed src="https://other.example/a">instead</object>',
            '<a href="https://other.example/a">https://other.example/a</a>instead',
        ),
        ("a<object><p>instead</p></object>", "a<p>instead</p>"),
        ("a<iframe>no address</iframe>", "a"),
        (
            "<iframe src='https://other.example/'><b title='</iframe>x",
            '<a href="https://other.example/">https://other.example/</a>x',
        ),
        ("<b title='<iframe>'>a</b>", '<b title="&lt;iframe&gt;">a</b>'),
    ],
    ids=[
        "known",
        "over http",
        "of the time of Flash",
        "unknown",
        "with a title",
        "twice",
        "no address",
        "empty",
        "never closed",
        "in a value",
    ],
)
def test_players_of_known_hosts_stay_and_others_become_links(markup: str, expected: str) -> None:
    """What a player shows is never lost, and one that stays cannot reach into the page."""
    assert cleaned(markup) == expected
    assert cleaned(expected) == expected


def test_without_hosts_every_frame_is_a_link() -> None:
    """So an operator may want it."""
    assert clean("<iframe src='https://www.youtube.com/embed/x'>", lambda url: url, ()).startswith("<a href=")


def test_the_hosts_of_a_body() -> None:
    """Those whose frames its page has to allow, each once."""
    one = '<iframe src="https://b.example/x"></iframe><p title="x"></p>'
    assert frame_hosts(one + one + '<iframe src="https://a.example:81/"></iframe>') == (
        "a.example:81",
        "b.example",
    )
    assert frame_hosts("<p>none</p>") == ()
