"""Media in an article's own text, as ``data:`` URLs and ``<svg>`` elements, made into files.

No feed reader shows them there. Each becomes a file below ``/media/`` like one beside the article; the store keeps
its bytes as long as an article has it. Only types that run nothing are published, and only where the bytes are of
the type that the URL says. Of a drawing only what draws is kept (SVG 2): no script, no handler, no link, no HTML
within, and no address but of a part of the drawing and of pictures that stand in it.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

import nh3
from lxml import etree

from feedsvc.articles.body.media import pixels
from feedsvc.articles.model import MediaFile
from feedsvc.articles.source.decoding import clean_text
from feedsvc.core.media_types import bare_media_type
from feedsvc.core.urls import MEDIA

SVG = "image/svg+xml"
_LARGEST = 1_000_000
"""In bytes; what is larger belongs into a file."""
_KINDS: Mapping[str, tuple[str, tuple[bytes, ...]]] = MappingProxyType(
    {
        "image/png": ("picture.png", (b"\x89PNG\r\n\x1a\n",)),
        "image/jpeg": ("picture.jpg", (b"\xff\xd8\xff",)),
        "image/gif": ("picture.gif", (b"GIF87a", b"GIF89a")),
        "image/webp": ("picture.webp", (b"RIFF",)),
        "audio/mpeg": ("sound.mp3", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
        "audio/wav": ("sound.wav", (b"RIFF",)),
        "audio/ogg": ("sound.ogg", (b"OggS",)),
    }
)
"""Media type to the name a file of it gets, and to how its bytes begin (WHATWG MIME Sniffing, section 6)."""
_SPELLINGS = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-wav": "audio/wav"}


@dataclass(frozen=True, slots=True)
class InlineMedia:
    """A file made of what stood in an article's text."""

    file: MediaFile
    """Its ``kept`` is the digest of ``text``."""
    text: str
    """The bytes as a ``data:`` URL, which is how the store keeps them."""
    size: tuple[int, int] | None
    """Width and height of a picture, in pixels; None where unknown."""


def inline_media(url: str) -> InlineMedia | None:
    """The file that a ``data:`` URL (RFC 2397) holds.

    Args:
        url: As it was written, with any blanks and percent-encodings.

    Returns:
        None where it is broken, larger than a megabyte, of a type that is not published, or shows nothing.
    """
    found = _decoded(url)
    if found is None or len(found[1]) > _LARGEST:
        return None
    media_type, content = found
    if media_type == SVG:
        drawing = safe_drawing(content.decode("utf-8", errors="replace"))
        return None if drawing is None else _made(SVG, "drawing.svg", drawing.encode(), None)
    kind = _KINDS.get(media_type)
    if kind is None or not content.startswith(kind[1]):
        return None
    size = pixels(BytesIO(content)) if media_type.startswith("image/") else None
    if size == (1, 1):
        return None  # a spacer, or what a script would have replaced
    return _made(media_type, kind[0], content, size)


def content_of(text: str) -> bytes:
    """The bytes that :attr:`InlineMedia.text` holds."""
    return b64decode(text.partition(",")[2])


def _made(media_type: str, name: str, content: bytes, size: tuple[int, int] | None) -> InlineMedia:
    digest = hashlib.sha256(content).hexdigest()
    text = f"data:{media_type};base64,{b64encode(content).decode('ascii')}"
    kept = hashlib.sha256(text.encode()).hexdigest()
    file = MediaFile("", f"{MEDIA}{digest[:16]}/{name}", media_type, len(content), digest, kept)
    return InlineMedia(file, text, size)


def _decoded(url: str) -> tuple[str, bytes] | None:
    """The bare media type and the bytes; None where the URL is broken."""
    head, comma, data = url[len("data:") :].partition(",")
    if not comma:
        return None
    content = unquote_to_bytes(data)
    if "base64" in {word.strip().lower() for word in head.split(";")[1:]}:
        packed = b"".join(content.split()).rstrip(b"=")
        try:
            content = b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
        except Error:
            return None
    media_type = bare_media_type(head)
    return _SPELLINGS.get(media_type, media_type), content


_SHAPES = "circle ellipse image line path polygon polyline rect text use"
_PARTS = """
    clipPath defs desc feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge
    feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g
    linearGradient marker mask pattern radialGradient stop style svg switch symbol textPath title tspan
"""
_TAGS = frozenset((_SHAPES + _PARTS).split())
_DROPPED = frozenset({"script", "foreignObject", "iframe", "object", "embed", "template", "noscript"})
_ATTRIBUTES = frozenset(
    """
    amplitude azimuth baseFrequency bias class clip-path clip-rule clipPathUnits color
    color-interpolation-filters cx cy d diffuseConstant direction display divisor dominant-baseline dx dy
    edgeMode elevation exponent fill fill-opacity fill-rule filter filterUnits flood-color flood-opacity
    font-family font-size font-style font-variant font-weight fr fx fy gradientTransform gradientUnits
    height href id in in2 intercept k1 k2 k3 k4 kernelMatrix kernelUnitLength lengthAdjust letter-spacing
    lighting-color limitingConeAngle marker-end marker-mid marker-start markerHeight markerUnits
    markerWidth mask maskContentUnits maskUnits method mix-blend-mode mode numOctaves offset opacity
    operator order orient overflow paint-order pathLength patternContentUnits patternTransform patternUnits
    points pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r radius refX
    refY result rotate rx ry scale seed shape-rendering side slope spacing specularConstant
    specularExponent spreadMethod startOffset stdDeviation stitchTiles stop-color stop-opacity stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
    stroke-width style surfaceScale tableValues targetX targetY text-anchor text-decoration text-rendering
    textLength transform transform-origin type values vector-effect version viewBox visibility width
    word-spacing writing-mode x x1 x2 xChannelSelector xlink:href xml:space y y1 y2 yChannelSelector z
    """.split()  # noqa: SIM905  a list would take a page
)
_WITHIN = re.compile(
    r"\s*(?:#[^\s\"]+|data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+)\s*", re.IGNORECASE
)
"""The targets that a drawing may refer to: its own parts, and pictures inside it."""
_LOADS = re.compile(r"@import|(?:url|image|image-set|src)\s*\(\s*(?![\"']?\s*#)|expression\s*\(|\\", re.IGNORECASE)
"""Constructs that a stylesheet must not have: any that load something, and escapes, which could hide one."""
_SHOWN = re.compile(rf"<(?:{'|'.join(_SHAPES.split())})[\s/>]")
_STORED = re.compile(r"<(defs|symbol|clipPath|mask|marker|pattern)\b.*?</\1>", re.DOTALL)
_USE = re.compile(r"<use\b[^<>]*?href=\"#([^\"]*)\"")
_ID = re.compile(r"\sid=\"([^\"]*)\"")
_STYLE = re.compile(r"<style\b[^<>]*>.*?</style>", re.DOTALL)
_OPENING = re.compile(r"<svg\b[^<>]*>")
_BLANK_PARAGRAPHS = re.compile(r"</?p>", re.IGNORECASE)
"""What Markdown puts between the shapes of a drawing that has blank lines; browsers would end it there."""
_NAMESPACES = ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def safe_drawing(svg: str) -> str | None:
    """The drawing ``svg`` as a safe XML document.

    A browser's parser reads it and gives elements and attributes back in the case of SVG, since HTML and some
    programs write them in small letters.

    Returns:
        None where nothing in it draws, as in a store of symbols, or where its shapes stand elsewhere.
    """
    start = re.search(r"<svg\b", svg, re.IGNORECASE)
    if start is None:
        return None
    cleaned = _cleaner().clean(_BLANK_PARAGRAPHS.sub("", svg[start.start() :]))
    end = cleaned.rfind("</svg>")
    opening = _OPENING.match(cleaned)
    if opening is None or end < 0:
        return None
    drawing = _STYLE.sub(lambda style: "" if _LOADS.search(style[0]) else style[0], cleaned[: end + len("</svg>")])
    if not _draws(drawing):
        return None
    # nh3 writes one entity that XML does not know.
    drawing = clean_text(f"<svg{_NAMESPACES}{drawing[len('<svg') :]}").replace("&nbsp;", "&#160;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n' if _is_xml(drawing) else None


def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={"*": set(_ATTRIBUTES)},
        attribute_filter=_keep,
        link_rel=None,
        url_schemes={"data"},
        strip_comments=True,
    )


def _keep(_tag: str, name: str, value: str) -> str | None:
    if name in {"href", "xlink:href"}:
        return value if _WITHIN.fullmatch(value) else None
    return None if _LOADS.search(value) else value


def _is_xml(drawing: str) -> bool:
    """Whether it is well-formed: what stands in a style within the words of a drawing need not be."""
    try:
        etree.fromstring(drawing, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    return True


def _draws(drawing: str) -> bool:
    """Whether something is drawn, and not only stored for use elsewhere."""
    shown = _STORED.sub("", drawing)
    if any(not found[0].startswith("<use") for found in _SHOWN.finditer(shown)):
        return True
    return not set(_ID.findall(drawing)).isdisjoint(_USE.findall(shown))
