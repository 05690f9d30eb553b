"""What stands in a body in place of what no feed reader shows, and what is named where nothing can."""

from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.body.fallbacks import with_fallbacks
from feedsvc.articles.model import Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Losses, Notes
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

RULES = ReadOptions("https://example.org", ZoneInfo("UTC"), 1_000_000)


def reading(directory: Path, markup: str, name: str = "a.md") -> Reading:
    """The article that ``markup`` becomes, from its fourth line on."""
    (directory / name).write_text(f"# A title\n\nBefore.\n{markup}\n\nAfter.\n", "utf-8")
    return read(directory, name, scan(directory), RULES)


def link(address: str, words: str = "") -> str:
    """A link in these words, or in its address."""
    return f'<a href="{address}">{words or address}</a>'


SHOWN = {
    "gist": (
        '<script src="https://gist.github.com/ada/0a1b2c.js"></script>',
        link("https://gist.github.com/ada/0a1b2c"),
    ),
    "file of a gist": (
        '<script src="https://gist.github.com/ada/0a1b2c.js?file=x.py"></script>',
        link("https://gist.github.com/ada/0a1b2c"),
    ),
    "asciinema": (
        '<script src="https://asciinema.org/a/17.js" id="asciicast-17" async></script>',
        link("https://asciinema.org/a/17"),
    ),
    "podcast player": (
        '<script src="https://www.buzzsprout.com/12/345-tides.js?container_id=p&player=small"></script>',
        link("https://www.buzzsprout.com/12/345-tides"),
    ),
    "player with its own settings": (
        '<script data-configuration="https://tides.podigee.io/4-ebb/embed" src="//x.example/p.js"></script>',
        link("https://tides.podigee.io/4-ebb/embed"),
    ),
    "snippet": (
        '<script src="https://gitlab.com/ada/x/-/snippets/9.js"></script>',
        link("https://gitlab.com/ada/x/-/snippets/9"),
    ),
    "telegram": (
        '<script async src="https://telegram.org/js/telegram-widget.js?22" data-telegram-post="tides/5"></script>',
        link("https://t.me/tides/5"),
    ),
    "slides": (
        '<script class="speakerdeck-embed" data-id="0f0f" src="//speakerdeck.com/assets/embed.js"></script>',
        link("https://speakerdeck.com/player/0f0f"),
    ),
    "pen": (
        '<p class="codepen" data-slug-hash="aBc" data-user="ada"></p><script src="https://cpwebassets.codepen.io/assets/embed/ei.js"></script>',
        link("https://codepen.io/ada/pen/aBc"),
    ),
    "pen with a link": (
        '<p data-slug-hash="aBc" data-user="ada">See <a href="https://codepen.io/ada/pen/aBc">the pen</a></p>',
        f"See {link('https://codepen.io/ada/pen/aBc', 'the pen')}",
    ),
    "light video": (
        '<lite-youtube videoid="x_Y-1" playlabel="The ferry"></lite-youtube>',
        link("https://www.youtube.com/watch?v=x_Y-1", "The ferry"),
    ),
    "AMP video": ('<amp-youtube data-videoid="x"></amp-youtube>', link("https://www.youtube.com/watch?v=x")),
    "AMP picture": (
        '<amp-img src="https://a.ex/a.jpg" width=1 alt="b"><noscript><img src="https://a.ex/a.jpg"></noscript></amp-img>',
        '<img src="https://a.ex/a.jpg" alt="b" width="1">',
    ),
    "vimeo": ('<lite-vimeo videoid="12"></lite-vimeo>', link("https://vimeo.com/12")),
    "video element": ('<youtube-video src="https://youtu.be/x"></youtube-video>', link("https://youtu.be/x")),
    "element with words": (
        '<page-card href="https://a.example/">A card</page-card>',
        link("https://a.example/", "A card"),
    ),
    "element that is closed at once": (
        '<lite-vimeo videoid="12" /> and on',
        f"{link('https://vimeo.com/12')} and on",
    ),
    "words of an element": ("<fancy-box><b>kept</b></fancy-box>", "<b>kept</b>"),
    "frame set": ('<portal src="https://a.example/"></portal>', link("https://a.example/")),
    "image map": (
        '<map name="m"><area href="https://a.example/" alt="North"></map>',
        link("https://a.example/", "North"),
    ),
    "place": ('<a name="here"></a>There', '<a id="here"></a>There'),
    "place with an id": ('<a name="here" id="there">x</a>', '<a id="there">x</a>'),
    "box": ('<input type="checkbox" checked> done', "☑ done"),
    "gauge": ('<progress value="7" max="10"></progress>', "7 / 10"),
    "formula of MathJax": ('<script type="math/tex">a_1 &lt; b</script>', r"\(a_1 &lt; b\)"),
    "picture without an image": (
        '<picture><source srcset="https://a.example/x.avif 1x, y 2x"></picture>',
        '<img src="https://a.example/x.avif" alt="">',
    ),
    "picture of a style": (
        "<div style=\"background-image: url('https://a.example/x.jpg')\"></div>",
        '<img src="https://a.example/x.jpg" alt="">',
    ),
    "refused picture": ('<img src="data:text/html,x" alt="words">', "words"),
    "script in a comment": ('<!-- <script src="https://gist.github.com/ada/1.js"></script> -->', "Before."),
}


@pytest.mark.parametrize(("markup", "expected"), SHOWN.values(), ids=SHOWN)
def test_the_nearest_thing_that_a_feed_can_carry(tmp_path: Path, markup: str, expected: str) -> None:
    """A link to what is shown, its words, a sign: as frames of unknown hosts become links."""
    body = reading(tmp_path, markup).body
    assert expected in body
    assert "gist.github.com/ada/1" not in body


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "refused picture"])
def test_what_is_replaced_brings_no_warning(tmp_path: Path, name: str) -> None:
    """Nothing is lost."""
    assert reading(tmp_path, SHOWN[name][0]).warnings == ()


LOST = {
    "form": ('<form action="/x"><p>Words</p></form>', "a form is left out"),
    "field": ('<input name="q">', "a field of a form is left out"),
    "choice": ("<select><option>one</option></select>", "a field of a form is left out"),
    "text field": ("<textarea>words</textarea>", "a field of a form is left out"),
    "script": ("<script>draw()</script>", "a script is left out"),
    "unknown script": ('<script src="https://a.example/chart.js"></script>', "a script is left out"),
    "element": (
        '<sales-chart data="1,2"></sales-chart>',
        "<sales-chart>, which only a script can show, is left out",
    ),
    "canvas": ('<canvas id="c"></canvas>', "<canvas>, which only a script can fill, is left out"),
    "applet": ('<applet code="x"></applet>', "<applet> is left out"),
    "object": ("<object></object>", "<object> is left out"),
    "embed": ("<embed>", "<embed> is left out"),
    "frame": ('<iframe srcdoc="&lt;p&gt;x"></iframe>', "a frame without an address is left out"),
    "template": ("<template><p>x</p></template>", "<template>, which only a script can show, is left out"),
    "sound": ("<audio></audio>", "<audio> without a file is left out"),
    "film": ("<video>words</video>", "<video> without a file is left out"),
    "picture": ("<picture></picture>", "<picture> without a file is left out"),
    "background": (
        '<div style="background:url(x.png)">words</div>',
        "a picture that only a style shows is left out",
    ),
    "drawing of elsewhere": (
        '<svg><title>An arrow</title><use href="/signs.svg#arrow"></use></svg>',
        "a drawing whose shapes are in another one is left out",
    ),
    "link": ('<a href="ftp://a.example/x">x</a>', "a link that begins with ftp: is left out"),
    "script link": ('<a href="javascript:void(0)">x</a>', "a link that begins with javascript: is left out"),
    "data": ('<img src="data:image/heic;base64,AAAA">', 'the content of "data:image/heic;base64,AAAA…"'),
    "missing file": ('<a href="nix.gpx">x</a>', 'there is no file "nix.gpx"'),
}


@pytest.mark.parametrize("name", ["a.md", "a.html"])
@pytest.mark.parametrize(("markup", "words"), LOST.values(), ids=LOST)
def test_what_is_lost_is_named_with_its_line(tmp_path: Path, markup: str, words: str, name: str) -> None:
    """Each kind once: never silence."""
    warnings = [str(warning) for warning in reading(tmp_path, markup, name).warnings]
    assert [warning.startswith(f"{name}:4: {words}") for warning in warnings] == [True], warnings


def test_what_is_lost_often_is_named_once(tmp_path: Path) -> None:
    """With how many there are."""
    warnings = reading(tmp_path, "<canvas></canvas>\n\n<canvas></canvas>\n\n<canvas></canvas>").warnings
    assert [warning.what for warning in warnings] == [
        "<canvas>, which only a script can fill, is left out, and 2 more like it"
    ]


def test_many_kinds_of_losses_are_counted(tmp_path: Path) -> None:
    """A hundred lines of warnings help nobody."""
    markup = "\n\n".join(f"<x-{number}></x-{number}>" for number in range(25))
    warnings = reading(tmp_path, markup).warnings
    assert len(warnings) == 21
    assert warnings[-1].what == "5 more kinds of elements are left out"


HUGE = {
    "pens without an end": '<p data-slug-hash="x">' * 20_000,
    "elements": "<x-y></x-y>" * 20_000,
    "kinds of elements": "".join(f"<x-{number}></x-{number}>" for number in range(20_000)),
    "shapes of elsewhere": f"<svg>{'<use href=#x /><path d=m />' * 20_000}</svg>",
    "drawings": "<svg><path d=m /></svg>" * 2_000,
    "odd links": '<a href="x:y">z</a>' * 20_000,
    "scripts without an end": "<script>" * 20_000,
}


@pytest.mark.parametrize("markup", HUGE.values(), ids=HUGE)
def test_what_there_is_much_of_takes_time_in_proportion(markup: str) -> None:
    """An article is no way to keep a round from ending."""
    start = process_time()
    with_fallbacks(markup, markup.lower(), Losses())
    Losses({str(number): [("", f"<x-{number}>")] for number in range(1000)}).report(markup, Notes("a.md"))
    assert process_time() - start < 10


QUIET = {
    "visits": '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>',
    "data": '<script type="application/ld+json">{"@type": "Article"}</script>',
    "loader": '<blockquote>A toot</blockquote><script async src="https://platform.twitter.com/widgets.js"></script>',
    "style": "<style>p { color: red }</style>",
    "words for those without scripts": "<noscript>words</noscript>",
    "code": "`<canvas>` and `<form>`",
    "block of code": "```html\n<script>x</script>\n<svg><rect/></svg>\n```",
    "hidden field": '<input type="hidden" value="1">',
    "symbols": '<svg style="display: none"><symbol id="x"><path d="m0 0"/></symbol></svg>',
    "formula": "<math><semantics><mi>x</mi><annotation-xml>x</annotation-xml></semantics></math>",
}


@pytest.mark.parametrize("markup", QUIET.values(), ids=QUIET)
def test_what_no_reader_misses_brings_no_warning(tmp_path: Path, markup: str) -> None:
    """It shows nothing, or its words are there."""
    assert reading(tmp_path, markup).warnings == ()
