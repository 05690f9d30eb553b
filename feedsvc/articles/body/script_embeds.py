"""Script embeds: what a script or a custom element of a known service shows, as the address of its page."""

import re
from collections.abc import Mapping

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
_TOLD = (
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
"""Scripts that only dress what stands beside them, count visits, or add what readers write."""
_ELEMENTS: Mapping[str, tuple[str, str]] = {
    "lite-youtube": ("videoid", "https://www.youtube.com/watch?v={}"),
    "youtube-video": ("video-id", "https://www.youtube.com/watch?v={}"),
    "lite-vimeo": ("videoid", "https://vimeo.com/{}"),
    "vimeo-video": ("video-id", "https://vimeo.com/{}"),
    "wistia-player": ("media-id", "https://fast.wistia.net/embed/iframe/{}"),
    "mux-player": ("playback-id", "https://stream.mux.com/{}.m3u8"),
    "spotify-audio": ("trackid", "https://open.spotify.com/track/{}"),
    "lite-tiktok": ("videoid", "https://www.tiktok.com/player/v1/{}"),
    "github-gist": ("gist", "https://gist.github.com/{}"),
    "gist-embed": ("data-gist-id", "https://gist.github.com/{}"),
}
"""Name of a custom element to the attribute that holds an id, and to the page it shows."""
_SOURCES = ("src", "href", "url", "data-src", "data-url", "data-href", "data-video", "video", "cite")
_ID = re.compile(r"[\w./-]+")


def address_of_script(source: str, attributes: Mapping[str, str]) -> str:
    """The page that shows what the script at ``source`` does; empty where none is known."""
    for name, page in _TOLD:
        if _ID.fullmatch(attributes.get(name, "")):
            return page.format(attributes[name])
    told = next((attributes[name] for name in _ADDRESSES if _WEB.match(attributes.get(name, ""))), "")
    if told:
        return told
    if "speakerdeck.com" in source and _ID.fullmatch(attributes.get("data-id", "")):
        return f"https://speakerdeck.com/player/{attributes['data-id']}"
    for pattern, page in _KNOWN:
        if found := pattern.fullmatch(source):
            return found.expand(page)
    return ""


def is_loader(source: str) -> bool:
    """Whether the script at ``source`` shows nothing by itself."""
    return _LOADERS.match(source) is not None


def address_of_element(name: str, attributes: Mapping[str, str]) -> str:
    """The address of what the custom element ``name`` shows; empty where it tells none."""
    if name in _ELEMENTS:
        attribute, page = _ELEMENTS[name]
        identifier = attributes.get(attribute, "")
        if _ID.fullmatch(identifier):
            return page.format(identifier)
    return next((value for each in _SOURCES if (value := attributes.get(each, "").strip())), "")
