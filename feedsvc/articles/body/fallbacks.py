"""Fallbacks for elements that no feed reader shows: the nearest thing that a feed can carry.

That is a link to what a script would have shown, a picture of a drawing, the words of a field. An element without
a fallback is a loss, which a warning names (:class:`.Losses`). All of this works on HTML as it was written, which
is sanitised after. A new fallback is a function, and the name of its element in the table :data:`FALLBACKS`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape, unescape
from types import MappingProxyType
from urllib.parse import quote

from feedsvc.articles.body.embeds import (
    Element,
    address_of_element,
    address_of_script,
    is_loader,
    opening_tags,
    read_element,
)
from feedsvc.articles.problems import Losses

_WORDS = re.compile(r"<[^<>]*>")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*[\"']?([^\"'()]+)[\"']?\s*\)", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?\s*(?!https?:|mailto:|tel:|data:|link:)([a-z][a-z0-9+.-]*):")
"""A link whose scheme the sanitiser removes. Only lower case: the HTML is folded before."""
_DATA_SCRIPTS = re.compile(
    r"\s*(?:application/(?:ld\+)?json|importmap|speculationrules|text/(?:x-)?template)", re.IGNORECASE
)
_BARE = frozenset({"a", "div", "p", "section", "span"})
"""Elements that are replaced for their attributes alone."""
_NO_CUSTOM = frozenset({"annotation-xml", "color-profile", "font-face", "font-face-src", "missing-glyph"})
"""Names of MathML and SVG that look like those of custom elements (HTML, section 4.13.2)."""
_LONGEST_WORDS = 300
_ICON = 24
"""In units of its own: a drawing so small that gives no size is a sign beside words."""


Fallback = tuple[str, int] | None
"""The HTML in place of an element, and where the text goes on; None to leave the element as it is."""
Maker = Callable[[Element, Losses], Fallback]


def with_fallbacks(html: str, folded: str, losses: Losses) -> str:
    """``html`` with a fallback in place of each element that no feed reader shows.

    Args:
        html: As it was written.
        folded: The same in lower case.
        losses: Takes the elements without a fallback.
    """
    for link in _HREF.finditer(folded):
        losses.add(f"a link that begins with {link[1]}:", "link to https, http, mailto or tel", link[0])
    if not _has_signs(folded):
        return html
    return "".join(_parts(html, losses))


def _has_signs(folded: str) -> bool:
    return (
        " name=" in folded
        or "background" in folded
        or "data-slug-hash" in folded
        or _SIGN.search(folded) is not None
    )


def _parts(html: str, losses: Losses) -> Iterator[str]:
    done = at = 0
    while found := _ELEMENT.search(html, at):
        at = found.end()
        made = None if found["name"] is None else _replaced(found, losses)
        if made is not None:
            yield html[done : found.start()]
            yield made[0]
            done = at = made[1]
    yield html[done:]


def _replaced(found: re.Match[str], losses: Losses) -> Fallback:
    name = found["name"].lower()
    maker = FALLBACKS.get(name) or (_custom if "-" in name and name not in _NO_CUSTOM else None)
    if maker is None or (name in _BARE and not found["attributes"]):
        return None
    return maker(read_element(found), losses)


def _anchor(element: Element, _losses: Losses) -> Fallback:
    """A place that links lead to is an ``id`` (HTML, section 16.2, "name on a elements")."""
    name = element.get("name")
    if not name or element.get("id"):
        return None
    return f'{element.written[:2]} id="{escape(name)}"{element.written[2:]}', element.start


def _script(element: Element, losses: Losses) -> Fallback:
    content, end = element.content()
    source = element.get("src", "data-src")
    if element.get("type").lower().startswith("math/tex"):
        signs = ("\\[", "\\]") if "display" in element.get("type") else ("\\(", "\\)")
        return f"{signs[0]}{escape(unescape(content), quote=False)}{signs[1]}", end
    address = address_of_script(element)
    if address:
        return _link(address, element.get("title", "data-title")), end
    if not is_loader(source) and not _DATA_SCRIPTS.match(element.get("type")) and (source or content.strip()):
        losses.add("a script", "write what it shows, or link to it", element.written)
    return "", end


def _amp_picture(element: Element, _losses: Losses) -> Fallback:
    _, end = element.content()
    return f'<img src="{escape(element.get("src"))}" alt="{escape(element.get("alt"))}"{_size(element)}>', end


def _custom(element: Element, losses: Losses) -> Fallback:
    """A custom element (HTML, section 4.13): a link to what it shows, in its own words where it has some."""
    content, end = element.content()
    inner = _WORDS.sub("", content).strip()
    address = address_of_element(element)
    title = element.get("title", "alt", "playlabel", "aria-label", "label")
    if address:
        poster = element.get("poster", "thumbnail")
        shown = f'<img src="{escape(poster)}" alt="{escape(title)}">' if poster else ""
        if inner and "<" not in content:
            return _link(address, unescape(inner), shown), end
        return _link(address, title, shown), element.start
    if not inner and not re.search(r"<(?:img|picture|video|audio|svg|iframe|table)\b", content, re.IGNORECASE):
        losses.add(f"<{element.name}>, which only a script can show,", _SHOWN_REMEDY, element.written)
        return escape(title), end
    return None


_SHOWN_REMEDY = "write what it shows, or link to it"


def _drawing(element: Element, losses: Losses) -> Fallback:
    """A drawing as a picture; its words where nothing in it draws by itself."""
    content, end = element.content()
    if _is_hidden(element):
        return "", end
    title = re.search(r"<(title|desc)\b[^<>]*>(.*?)</\1", content, re.IGNORECASE | re.DOTALL)
    words = unescape(_WORDS.sub(" ", title[2] if title else content))
    alt = " ".join((element.get("aria-label") or words).split())[:_LONGEST_WORDS]
    source = f"{element.written}{content}</svg>"
    url = f"data:image/svg+xml,{quote(source, safe='')}"
    if re.search(r"<use\b[^<>]*href\s*=\s*[\"']?#?[^\"'\s>]", content, re.IGNORECASE) and not re.search(
        r"<(?:path|rect|circle|ellipse|line|poly(?:gon|line)|text|image)\b", content, re.IGNORECASE
    ):
        losses.add("a drawing whose shapes are in another one", "write the shapes into it", element.written)
        return escape(alt), end
    return f'<img src="{url}" alt="{escape(alt)}"{_size(element)}>', end


def _is_hidden(element: Element) -> bool:
    style = element.get("style").replace(" ", "").lower()
    sizeless = element.get("width") == "0" and element.get("height") == "0"
    return "hidden" in element.attributes or "display:none" in style or sizeless


def _size(element: Element) -> str:
    given = {name: element.get(name).removesuffix("px") for name in ("width", "height")}
    sizes = {name: value for name, value in given.items() if value.isascii() and value.isdigit()}
    box = element.get("viewbox").replace(",", " ").split()
    if not sizes and len(box) == 4 and all(part.isdigit() and int(part) <= _ICON for part in box):
        sizes = {"width": box[2], "height": box[3]} if int(box[2]) > 12 else {}
    return "".join(f' {name}="{value}"' for name, value in sizes.items())


def _frame(element: Element, losses: Losses) -> Fallback:
    if element.get("src", "data-src"):
        return (
            None if element.name == "iframe" else (_link(element.get("src"), element.get("title")), element.start)
        )
    losses.add("a frame without an address", "give it a src, or write what it shows", element.written)
    return None


def _object(element: Element, losses: Losses) -> Fallback:
    """Elements with an address become frames elsewhere (:mod:`feedsvc.articles.body.embeds`)."""
    if element.get("data", "src"):
        return None
    content, _ = element.content() if element.name != "embed" else ("", 0)
    if not content.strip():
        losses.add(f"<{element.name}>", _SHOWN_REMEDY, element.written)
    return None


def _player(element: Element, losses: Losses) -> Fallback:
    content, end = element.content()
    if element.get("src", "data-src") or re.search(r"<source\b[^<>]*src", content, re.IGNORECASE):
        return None
    losses.add(f"<{element.name}> without a file", "give it a src", element.written)
    return content, end


def _picture(element: Element, losses: Losses) -> Fallback:
    """A picture without ``<img>`` shows nothing (HTML, section 4.8.1): the first of its files stands for it."""
    content, end = element.content()
    if re.search(r"<img\b", content, re.IGNORECASE):
        return None
    source = re.search(r"<source\b[^<>]*?\b(?:data-)?srcset\s*=\s*[\"']?\s*([^\s,\"'<>]+)", content, re.IGNORECASE)
    if source is None:
        losses.add("<picture> without a file", "put an <img> into it", element.written)
        return content, end
    return f'<img src="{source[1]}" alt="">', end


def _lost(what: str, remedy: str) -> Maker:
    """Note the loss of an element that no feed reader shows; its words stay."""

    def note(element: Element, losses: Losses) -> Fallback:
        losses.add(what, remedy, element.written)
        return None

    return note


def _field(element: Element, losses: Losses) -> Fallback:
    kind = element.get("type").lower()
    if kind in {"checkbox", "radio"}:
        return ("☑" if "checked" in element.attributes else "☐"), element.start
    if kind == "hidden":
        return "", element.start
    if kind == "image" and element.get("src"):
        return f'<img src="{escape(element.get("src"))}" alt="{escape(element.get("alt"))}">', element.start
    losses.add("a field of a form", "link to a page that has it", element.written)
    return escape(element.get("value") if kind in {"button", "submit", "reset"} else ""), element.start


def _textarea(element: Element, losses: Losses) -> Fallback:
    content, end = element.content()
    losses.add("a field of a form", "link to a page that has it", element.written)
    return f"<pre>{escape(unescape(content), quote=False)}</pre>" if content.strip() else "", end


def _gauge(element: Element, _losses: Losses) -> Fallback:
    content, end = element.content()
    if content.strip() or not element.get("value"):
        return None
    most = element.get("max")
    return escape(f"{element.get('value')} / {most}" if most else element.get("value")), end


def _area(element: Element, _losses: Losses) -> Fallback:
    """A part of an image map, as a link of its own."""
    if not element.get("href"):
        return None
    return f"{_link(element.get('href'), element.get('alt', 'title'))} ", element.start


def _block(element: Element, losses: Losses) -> Fallback:
    """An embed that a script would fill, or a picture that only a style shows."""
    if element.get("data-slug-hash"):
        return _pen(element)
    background = _BACKGROUND.search(element.get("style"))
    if background is None:
        return None
    content, end = element.content()
    if content.strip():
        losses.add("a picture that only a style shows", "write it as an <img>", element.written)
        return None
    return f'<img src="{escape(background[1].strip())}" alt="{escape(element.get("aria-label", "title"))}">', end


def _pen(element: Element) -> Fallback:
    content, end = element.content()
    if "<a " in content.lower():
        return None
    address = f"https://codepen.io/{element.get('data-user') or 'anon'}/pen/{element.get('data-slug-hash')}"
    return f"<p>{_link(address, element.get('data-pen-title'))}</p>", end


def _link(address: str, words: str, shown: str = "") -> str:
    return f'<a href="{escape(address)}">{shown}{escape(words or address, quote=False)}</a>'


FALLBACKS: Mapping[str, Maker] = MappingProxyType(
    {
        "a": _anchor,
        "amp-anim": _amp_picture,
        "amp-img": _amp_picture,
        "applet": _lost("<applet>", _SHOWN_REMEDY),
        "area": _area,
        "audio": _player,
        "canvas": _lost("<canvas>, which only a script can fill,", "put a picture in its place"),
        "div": _block,
        "embed": _object,
        "fencedframe": _frame,
        "form": _lost("a form", "link to a page that has it"),
        "frame": _frame,
        "iframe": _frame,
        "input": _field,
        "meter": _gauge,
        "object": _object,
        "p": _block,
        "picture": _picture,
        "portal": _frame,
        "progress": _gauge,
        "script": _script,
        "section": _block,
        "select": _lost("a field of a form", "link to a page that has it"),
        "span": _block,
        "svg": _drawing,
        "template": _lost("<template>, which only a script can show,", _SHOWN_REMEDY),
        "textarea": _textarea,
        "video": _player,
    }
)
"""The name of each element with a fallback, to the function that makes it."""
_ELEMENT = opening_tags(FALLBACKS)
_SIGN = re.compile(
    r"<(?=[a-z])(?!(?:p|em|strong|a|li|ul|h[1-6])[ >])"  # most tags are these, or end one
    rf"(?:(?:{'|'.join(sorted(FALLBACKS.keys() - _BARE))})\b|[a-z][a-z0-9]*-)"
)
"""The tags that may need a stand-in. Only lower case: the HTML is folded before."""
