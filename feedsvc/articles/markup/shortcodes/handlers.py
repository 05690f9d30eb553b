"""The HTML of each known shortcode, under the names that site generators and their themes give it.

A new shortcode is a handler, and its names in the table :data:`HANDLERS` at the end. A handler writes HTML as an
author might have written it; it is sanitised with the rest of the body.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from feedsvc.articles.markup.plain_words import one_line, without_markup
from feedsvc.articles.markup.shortcodes.shortcode import Shortcode


class Markup(NamedTuple):
    """The HTML in place of a shortcode, and of its end where it holds a text."""

    html: str
    closing: str = ""


_PICTURES = "figure img image picture asset_img assetimg figureimage imgproc lightbox photo zoomimg thumbnail"
_NOTICES = """
    admonition alert aside attention callout caution danger error hint important info message note notice panel
    question quotebox remark sidenote success tip todo warn warning
"""
_FOLDED = "collapse collapsible details expand expandable fold spoiler accordion"
_QUOTES = "blockquote epigraph pullquote quote"
_TABS = "tab tabitem"
_LINKS = "button cta link linkcard pagelink card bookmark"
_PLAIN = """
    caption cards center codegroup codetabs col column columns container content
    div figcaption fragment grid left md markdown markdownify mdx p rawhtml
    right row section span steps step tabs unsafe div wrapper
"""
"""Shortcodes that only arrange what is in them."""
_SHOWN = {
    "youtube yt youtubelite liteyoutube youtubeembed": "https://www.youtube.com/watch?v={}",
    "vimeo vimeosimple": "https://vimeo.com/{}",
    "tweet twitter twittersimple": "https://twitter.com/i/status/{}",
    "x": "https://x.com/i/status/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "gist": "https://gist.github.com/{}",
    "asciinema": "https://asciinema.org/a/{}",
    "codepen": "https://codepen.io/{}",
    "jsfiddle": "https://jsfiddle.net/{}",
    "spotify": "https://open.spotify.com/{}",
    "bilibili": "https://www.bilibili.com/video/{}",
    "twitch": "https://www.twitch.tv/videos/{}",
    "stackblitz": "https://stackblitz.com/edit/{}",
    "codesandbox": "https://codesandbox.io/s/{}",
    "mastodon toot bluesky soundcloud iframe embed video audio": "{}",
}
_ADDRESSES: Mapping[str, str] = MappingProxyType(
    {name: address for names, address in _SHOWN.items() for name in names.split()}
)
"""Name to the address of what it shows; ``{}`` is its id. A shortcode that gives a whole address keeps it."""

_FOR_THEMES = re.compile(
    r"true|false|open|closed|_\w+|[\d.]+(?:px|%|r?em)?|\w+(?:-\w+)+|https?://\S*|/\S*|#\S*",
    re.IGNORECASE | re.ASCII,
)
"""Arguments for the theme: switches, sizes, names of icons and classes, addresses."""
_STYLES = frozenset(
    {
        *("primary", "secondary", "default", "success", "info", "warning", "danger", "light", "dark", "outline"),
        *("small", "large", "left", "right", "center", "block", "external"),
    }
)
"""Styles of a button or quote."""
_ID = re.compile(r"[\w./@~=-]+")


def render_shortcode(call: Shortcode, *, inline: bool) -> Markup | None:
    """The HTML of a shortcode; None where no handler knows it, or it lacks what its handler needs.

    Args:
        call: As it was written.
        inline: Whether it stands within a line, where no block may begin.
    """
    handler = HANDLERS.get(call.name)
    return None if handler is None else handler(call, inline)


def code(text: str, language: str) -> str:
    """A block of code."""
    name = re.sub(r"[^\w.+#-]", "", language)
    mark = f' class="language-{name}"' if name else ""
    lines = text.strip("\n")
    # The blanks before the closing tag stay: in a list they keep it within its item.
    last = "" if lines.rpartition("\n")[2].strip() == "" else "\n"
    return f"<pre><code{mark}>{escape(lines, quote=False)}{last}</code></pre>"


def notice(title: str) -> Markup:
    """A text set apart, under a title where it has one."""
    return Markup(f"<aside>{label(title).html}" if title else "<aside>", "</aside>")


def label(title: str) -> Markup:
    """A title above what it names, such as a tab."""
    return Markup(f"<p><strong>{_words(title)}</strong></p>")


def folded(title: str, *, opened: bool) -> Markup:
    """A text that a click shows, or, where it is ``opened``, hides."""
    return Markup(f"<details{' open' if opened else ''}><summary>{_words(title)}</summary>", "</details>")


def _picture(call: Shortcode, inline: bool) -> Markup | None:
    source = call.get("src", "url", "image", "path", "file", "link") or next(
        (value for value in call.given if re.search(r"\.\w{3,4}$|/", value)), call.get(at=0)
    )
    if not source:
        return None
    caption = call.get("caption", "title")
    words = call.get("alt") or caption or next((value for value in call.given if " " in value), "")
    sizes = "".join(
        f' {name}="{call.named[name]}"' for name in ("width", "height") if call.named.get(name, "").isdigit()
    )
    image = f'<img src="{_value(source)}" alt="{_value(without_markup(words))}"{sizes}>'
    target = call.get("link", "href") if source != call.get("link") else ""
    image = f'<a href="{_value(target)}">{image}</a>' if target else image
    if inline:
        return Markup(image)
    below = " – ".join(filter(None, (caption, call.get("attr", "credit"))))
    return Markup(f"<figure>{image}{f'<figcaption>{_words(below)}</figcaption>' if below else ''}</figure>")


def _embed(call: Shortcode, _inline: bool) -> Markup | None:
    address = call.get("url", "src", "href", "link")
    identifier = call.get("id", "videoid", "video", "tweetid", "hash", "slug") or " ".join(call.given[:1])
    if re.match(r"https?://|/", identifier):
        address = address or identifier
    elif not address and _ID.fullmatch(identifier):
        user = call.get("user", "username")
        by_user = user if call.name in {"codepen", "gist"} else ""
        rest = call.given[1] if call.name == "gist" and len(call.given) > 1 and "/" not in identifier else ""
        address = _ADDRESSES[call.name].replace("{}", "/".join(filter(None, (by_user, identifier, rest))))
    if not address or (address == identifier and not re.match(r"https?://|/", address)):
        return None
    title = call.get("title", "alt", "caption")
    return Markup(f'<a href="{_value(address)}">{_words(title or address)}</a>')


def _player(call: Shortcode, inline: bool) -> Markup | None:
    source = call.get("src", "url", "file", "path", "mp4", "webm", "ogg", "mp3", at=0)
    if call.get("provider"):
        return render_shortcode(Shortcode(call.get("provider").lower(), call.given, call.named), inline=inline)
    if not source:
        return None
    poster = call.get("poster")
    shown = f' poster="{_value(poster)}"' if poster else ""
    return Markup(f'<{call.name} src="{_value(source)}"{shown} controls></{call.name}>')


def _notice(call: Shortcode, _inline: bool) -> Markup:
    kind = call.get("type", "kind", "style", "severity") or (
        call.given[0] if call.given and call.name in _KINDLESS else ""
    )
    rest = call.given[1:] if call.given and call.given[0] == kind else call.given
    named = call.get("title", "header", "heading", "text")
    title = named or _words_of(rest) or _words_of((kind,)) or call.name
    opened = notice(title[:1].upper() + title[1:])
    content = call.get("content", "body")
    return opened._replace(html=f"{opened.html}\n\n{content}\n\n") if content else opened


def _words_of(arguments: Iterable[str]) -> str:
    """The arguments that are words for people, not switches, sizes, addresses or names of icons."""
    return " ".join(each for each in arguments if not _FOR_THEMES.fullmatch(each))


_KINDLESS = frozenset({"admonition", "alert", "callout", "hint", "message", "notice", "panel"})
"""Notices whose kind is an argument."""


def _folded(call: Shortcode, _inline: bool) -> Markup:
    title = call.get("summary", "title", "label", "header") or _words_of(call.given) or "…"
    return folded(title, opened=False)


def _quote(call: Shortcode, _inline: bool) -> Markup:
    given = (each for each in call.given if each not in _STYLES)
    author = call.get("author", "cite", "by", "attribution") or _words_of(given)
    return Markup("<blockquote>", f"<p>— {_words(author)}</p></blockquote>" if author else "</blockquote>")


def _tab(call: Shortcode, _inline: bool) -> Markup:
    title = call.get("label", "title", "name", "header", "value", at=0)
    return label(title) if title else Markup("")


def _link(call: Shortcode, _inline: bool) -> Markup | None:
    address = call.get("href", "url", "link", "to", "relref", at=0)
    if not address:
        return None
    words = call.get("title", "text", "label", "name", "content") or next(
        (each for each in call.given[1:] if not (_FOR_THEMES.fullmatch(each) or each in _STYLES)), ""
    )
    return Markup(f'<a href="{_value(address)}">{_words(words)}', "</a>")


def _arranging(_call: Shortcode, _inline: bool) -> Markup:
    return Markup("")


def _words(text: str) -> str:
    return escape(one_line(without_markup(text)), quote=False)


def _value(text: str) -> str:
    return escape(one_line(text))


Handler = Callable[[Shortcode, bool], Markup | None]
"""Gives the HTML of a shortcode, and takes whether it stands within a line."""

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_ADDRESSES, _embed),
    **dict.fromkeys(_PICTURES.split(), _picture),
    **dict.fromkeys(_NOTICES.split(), _notice),
    **dict.fromkeys(_FOLDED.split(), _folded),
    **dict.fromkeys(_QUOTES.split(), _quote),
    **dict.fromkeys(_TABS.split(), _tab),
    **dict.fromkeys(_LINKS.split(), _link),
    **dict.fromkeys(_PLAIN.split(), _arranging),
    "audio": _player,
    "video": _player,
}
