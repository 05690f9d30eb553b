"""Images that wait for a script."""

import pytest

from feedsvc.articles.body.lazy_images import make_real


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="data:x" data-src="a.jpg" alt="x">', '<img src="a.jpg" alt="x">'),
        ("<img data-lazy-src=a.jpg class=lazy src=blank.gif>", "<img src=a.jpg class=lazy>"),
        ("<IMG DATA-ORIGINAL='a.jpg'/>", "<IMG src='a.jpg'>"),
        (
            '<img data-srcset="a.jpg 1x, b.jpg 2x" data-sizes="auto" srcset="x 1x" src="c.jpg">',
            '<img srcset="a.jpg 1x, b.jpg 2x" src="c.jpg">',
        ),
        ('<source data-srcset="a.webp" type="image/webp">', '<source srcset="a.webp" type="image/webp">'),
        ('<video data-poster="p.jpg" data-src="a.mp4">', '<video poster="p.jpg" src="a.mp4">'),
        ('<iframe data-src="https://example.org/">', '<iframe src="https://example.org/">'),
        ('<img data-src="" src="a.jpg">', '<img data-src="" src="a.jpg">'),
        ('<p data-src="a">x</p>', '<p data-src="a">x</p>'),
        ('<img src="a.jpg">', '<img src="a.jpg">'),
    ],
)
def test_the_true_address_takes_its_place(markup: str, expected: str) -> None:
    """Whatever script was to put it there; an empty one changes nothing."""
    assert make_real(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img data-src="a.jpg"><noscript><img src="a.jpg"></noscript>', '<img src="a.jpg">'),
        (
            '<picture><img data-src="a.jpg"></picture>\n<noscript> <img src="a.jpg"> </noscript>',
            '<picture><img src="a.jpg"></picture>\n',
        ),
        ('<img src="data:x"> <noscript><img src="a.jpg"></noscript>', '<img src="a.jpg">'),
        ("<img class=lazy><noscript><img src=a.jpg></noscript>b", "<img src=a.jpg>b"),
        (
            '<img src="b.jpg"><noscript><img src="a.jpg"></noscript>',
            '<img src="b.jpg"><img src="a.jpg">',
        ),
        ("<noscript>words</noscript>", "<noscript>words</noscript>"),
    ],
    ids=["the same", "in a picture", "placeholder", "no address", "two pictures", "words"],
)
def test_each_picture_is_there_once(markup: str, expected: str) -> None:
    """The one for those without scripts is left out where it is the same, else the placeholder is."""
    assert make_real(markup) == expected
