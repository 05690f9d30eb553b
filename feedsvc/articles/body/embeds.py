"""Embeds: elements by which other sites, scripts and players show something in a body.

Players of known hosts stay, others become links. Elements are found in HTML as it was written, by their tags
without a parser, with their attributes and content; of known scripts and custom elements the page that they show
is known.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape

_ATTRIBUTES = r"(?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+"
_TAG = re.compile(rf"<(/?)([a-z][^\s<>/]*)(?=[\s/>]){_ATTRIBUTES}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")
_RAW = frozenset({"script", "textarea"})
"""Elements whose content is text, not markup."""
_LONGEST_PARAGRAPH = 5_000
"""In characters; how far the end of one is looked for."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of HTML as it was written."""

    name: str
    """In lower case."""
    written: str
    """Its start tag."""
    attributes: Mapping[str, str]
    """By name in lower case."""
    html: str
    """The whole text in which it stands."""
    start: int
    """Where in ``html`` its content begins."""

    def get(self, *names: str) -> str:
        """The first of the attributes that is there and not blank; else empty."""
        return next((value for name in names if (value := self.attributes.get(name, "").strip())), "")

    def content(self) -> tuple[str, int]:
        """The text up to its end tag, and where that tag ends; all the rest where it has none."""
        if self.written.endswith("/>"):
            return "", self.start
        if self.name == "p":  # it does not nest, and may lack its end
            end = self.html.find("</p>", self.start, self.start + _LONGEST_PARAGRAPH)
            return (self.html[self.start : end], end + len("</p>")) if end >= 0 else ("", self.start)
        if self.name in _RAW:
            closing = re.compile(rf"</{self.name}\b[^<>]*>", re.IGNORECASE).search(self.html, self.start)
            stop, after = closing.span() if closing else (len(self.html), len(self.html))
            return self.html[self.start : stop], after
        depth = 1
        for tag in _TAG.finditer(self.html, self.start):
            if tag[2].lower() != self.name:
                continue
            depth += -1 if tag[1] else (0 if tag[0].endswith("/>") else 1)
            if not depth:
                return self.html[self.start : tag.start()], tag.end()
        return self.html[self.start :], len(self.html)


def opening_tags(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern of comments, and of the start tags of ``names`` and of custom elements.

    The groups ``name`` and ``attributes`` are those of the tag.
    """
    return re.compile(
        rf"<!--.*?(?:-->|\Z)|<(?P<name>{'|'.join(names)}|[a-z][a-z0-9]*-[a-z0-9._-]*)"
        rf"(?P<attributes>(?=[\s/>]){_ATTRIBUTES})>",
        re.IGNORECASE | re.DOTALL,
    )


def read_element(tag: re.Match[str]) -> Element:
    """The element of a start tag that :func:`opening_tags` found."""
    attributes = {
        key.lower(): unescape(one or other or bare)
        for key, one, other, bare in reversed(_ATTRIBUTE.findall(tag["attributes"]))
    }
    return Element(tag["name"].lower(), tag[0], attributes, tag.string, tag.end())


_OLD = re.compile(r"<(object|embed)\b((?:[^<>\"']++|\"[^\"]*\"|'[^']*'|(?!))*+)>", re.IGNORECASE)
_OBJECT_ADDRESS = re.compile(r"\s(?:data|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_FLASH = re.compile(r"(youtube(?:-nocookie)?\.com)/v/([\w-]+)[^\s\"']*", re.IGNORECASE)
"""The address of a player in Flash, which no browser runs any more; the same film has an address for frames."""
_FRAME = re.compile(r"<iframe((?:[^<>\"]|\"[^\"]*\")*)>.*?</iframe>|<(?:[^<>\"]|\"[^\"]*\")*>", re.DOTALL)
"""A frame with its content. Any other tag matches too, so that a frame in a tag's attribute is passed over."""
_FRAME_ATTRIBUTES = (
    ' allowfullscreen="" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"'
    ' sandbox="allow-scripts allow-same-origin allow-popups allow-presentation"'
)
"""A frame may play, and open a window when it is clicked; it cannot navigate the page or reach into it."""
_SOURCE = re.compile(r" src=\"([^\"]*)\"")
_TITLE = re.compile(r" title=\"([^\"]+)\"")
_HOST = re.compile(r"https?://([^/?#]+)")


def replace_objects(html: str) -> str:
    """``html`` as it was written, with ``<object>`` and ``<embed>`` as the frames that take their place."""
    seen: set[str] = set()
    return _OLD.sub(lambda tag: _frame(tag, seen), html)


def _frame(tag: re.Match[str], seen: set[str]) -> str:
    found = _OBJECT_ADDRESS.search(tag[2])
    if found is None:
        return ""
    address = _FLASH.sub(r"\1/embed/\2", unescape(found[1] or found[2] or found[3] or ""))
    if not address or address in seen:  # an embed within the object of the same film
        return ""
    seen.add(address)
    return f'<iframe src="{escape(address)}"></iframe>'


def replace_frames(clean: str, hosts: Collection[str]) -> str:
    """The frames of a body that was cleaned: those of ``hosts`` empty and over https, others as links."""
    if "<iframe" not in clean:
        return clean
    return _FRAME.sub(_replaced(hosts), clean)


def _replaced(hosts: Collection[str]) -> Callable[[re.Match[str]], str]:
    def replaced(frame: re.Match[str]) -> str:
        if frame[1] is None:
            return frame[0]
        source = _SOURCE.search(frame[1])
        if source is None:
            return ""
        host = _HOST.match(unescape(source[1]))
        if host is not None and host[1].lower() in hosts:
            secure = frame[1].replace(' src="http://', ' src="https://', 1)
            return f"<iframe{secure}{_FRAME_ATTRIBUTES}></iframe>"
        title = _TITLE.search(frame[1])
        return f'<a href="{source[1]}">{title[1] if title else source[1]}</a>'

    return replaced


def frame_hosts(clean: str) -> tuple[str, ...]:
    """The hosts whose frames a clean body holds, sorted."""
    frames = _FRAME.finditer(clean) if "<iframe" in clean else ()
    sources = (_SOURCE.search(frame[1]) for frame in frames if frame[1])
    found = {host[1] for source in sources if source and (host := _HOST.match(unescape(source[1])))}
    return tuple(sorted(found))


_SCRIPTS = (
    (r"gist\.github\.com/([^?#]+?)(?:\.js)?(?:\?(?:file=([^&#]+))?.*)?", r"https://gist.github.com/\1"),
    (r"([\w.-]+)/(.+/-/snippets/[0-9]+|snippets/[0-9]+)\.js.*", r"https://\1/\2"),
    (r"asciinema\.org/a/([\w-]+)\.js.*", r"https://asciinema.org/a/\1"),
    (r"(?:www\.)?buzzsprout\.com/([0-9]+(?:/[\w-]+?)?)\.js.*", r"https://www.buzzsprout.com/\1"),
    (r"pastebin\.com/embed_js(?:/|\.php\?i=)(\w+).*", r"https://pastebin.com/\1"),
    (r"jsfiddle\.net/((?:[\w-]+/){1,3})embed.*", r"https://jsfiddle.net/\1"),
    (r"(?:www\.)?scribd\.com/(?:embeds|document)/([0-9]+).*", r"https://www.scribd.com/document/\1"),
    (r"fast\.wistia\.(?:com|net)/embed/medias/(\w+)\.jsonp.*", r"https://fast.wistia.net/embed/iframe/\1"),
    (r"(?:www\.)?podbean\.com/media/player/([\w-]+).*", r"https://www.podbean.com/media/share/\1"),
    (r"e\.infogram\.com/js/.*?[?&]id=([\w-]+).*", r"https://infogram.com/\1"),
    (r"repl\.it/@([\w/-]+)\.js.*", r"https://repl.it/@\1"),
)
_KNOWN = tuple((re.compile(rf"(?:https?:)?//{pattern}", re.IGNORECASE), page) for pattern, page in _SCRIPTS)
_POST_IDS = (
    ("data-telegram-post", "https://t.me/{}"),
    ("data-telegram-discussion", "https://t.me/{}"),
)
_ADDRESSES = ("data-configuration", "data-url", "data-permalink", "data-href", "data-embed-url", "data-player-url")
_WEB = re.compile(r"(?:https?:)?//[^\s/]", re.IGNORECASE)
_LOADERS = re.compile(
    r"(?:https?:)?//(?:platform\.(?:twitter|x|linkedin|instagram)\.com|(?:www\.)?instagram\.com/(?:static|embed)"
    r"|(?:www\.)?tiktok\.com/embed|embed\.(?:reddit|bsky|redditmedia)\.|(?:cpwebassets|static|assets)\.codepen\."
    r"|codepen\.io/assets|production-assets\.codepen\.io|s\.imgur\.com|assets\.pinterest\.com|embedr\.flickr\.com"
    r"|connect\.facebook\.net|widget\.spreaker\.com|[\w.-]+/embed\.js|giscus\.app|utteranc\.es|[\w-]+\.disqus\.com"
    r"|(?:www\.)?googletagmanager\.com|(?:www\.)?google-analytics\.com|plausible\.io|gc\.zgo\.at|cdn\.mathjax\.org"
    r"|static\.cloudflareinsights\.com|[\w./-]*/(?:mathjax|katex|mermaid|highlight|prism)\b)",
    re.IGNORECASE,
)
"""Scripts that show nothing of an article: they style what stands beside them, count visits, or load comments."""
_ELEMENTS: Mapping[str, tuple[str, str]] = {
    "lite-youtube": ("videoid", "https://www.youtube.com/watch?v={}"),
    "youtube-video": ("video-id", "https://www.youtube.com/watch?v={}"),
    "lite-vimeo": ("videoid", "https://vimeo.com/{}"),
    "vimeo-video": ("video-id", "https://vimeo.com/{}"),
    "wistia-player": ("media-id", "https://fast.wistia.net/embed/iframe/{}"),
    "mux-player": ("playback-id", "https://stream.mux.com/{}.m3u8"),
    "spotify-audio": ("trackid", "https://open.spotify.com/track/{}"),
    "lite-tiktok": ("videoid", "https://www.tiktok.com/player/v1/{}"),
    "amp-youtube": ("data-videoid", "https://www.youtube.com/watch?v={}"),
    "amp-vimeo": ("data-videoid", "https://vimeo.com/{}"),
    "amp-twitter": ("data-tweetid", "https://twitter.com/i/status/{}"),
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/"),
    "github-gist": ("gist", "https://gist.github.com/{}"),
    "gist-embed": ("data-gist-id", "https://gist.github.com/{}"),
}
"""Name of a custom element to the attribute that holds an id, and to the page it shows."""
_SOURCES = ("src", "href", "url", "data-src", "data-url", "data-href", "data-video", "video", "cite")
_ID = re.compile(r"[\w./-]+")


def address_of_script(script: Element) -> str:
    """The page that shows what a script does; empty where none is known."""
    source, attributes = script.get("src", "data-src"), script.attributes
    for name, page in _POST_IDS:
        if _ID.fullmatch(attributes.get(name, "")):
            return page.format(attributes[name])
    address = next((attributes[name] for name in _ADDRESSES if _WEB.match(attributes.get(name, ""))), "")
    if address:
        return address
    if "speakerdeck.com" in source and _ID.fullmatch(attributes.get("data-id", "")):
        return f"https://speakerdeck.com/player/{attributes['data-id']}"
    for pattern, page in _KNOWN:
        if found := pattern.fullmatch(source):
            return found.expand(page)
    return ""


def is_loader(source: str) -> bool:
    """Whether the script at ``source`` shows nothing by itself."""
    return _LOADERS.match(source) is not None


def address_of_element(element: Element) -> str:
    """The address of what a custom element shows; empty where it has none."""
    attribute, page = _ELEMENTS.get(element.name, ("", ""))
    identifier = element.attributes.get(attribute, "")
    return page.format(identifier) if _ID.fullmatch(identifier) else element.get(*_SOURCES)
