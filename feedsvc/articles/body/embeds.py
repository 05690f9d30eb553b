"""Embeds: players of other sites in a body. Those of known hosts stay, others become links."""

import re
from collections.abc import Callable, Collection
from html import escape, unescape

_OLD = re.compile(r"<(object|embed)\b((?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+)>", re.IGNORECASE)
_ADDRESS = re.compile(r"\s(?:data|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_FLASH = re.compile(r"(youtube(?:-nocookie)?\.com)/v/([\w-]+)[^\s\"']*", re.IGNORECASE)
"""A player that no browser runs any more, to the one that took its place."""
_FRAME = re.compile(r"<iframe((?:[^<>\"]|\"[^\"]*\")*)>.*?</iframe>|<(?:[^<>\"]|\"[^\"]*\")*>", re.DOTALL)
"""A frame with what is in it, or any other tag, so that none is found within an attribute of another."""
_FENCE = (
    ' allowfullscreen="" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"'
    ' sandbox="allow-scripts allow-same-origin allow-popups allow-presentation"'
)
"""A frame may play, and open a window when it is clicked; it cannot navigate the page or reach into it."""
_SOURCE = re.compile(r" src=\"([^\"]*)\"")
_TITLE = re.compile(r" title=\"([^\"]+)\"")
_HOST = re.compile(r"https?://([^/?#]+)")


def as_frames(html: str) -> str:
    """``html`` as it was written, with ``<object>`` and ``<embed>`` as the frames that take their place."""
    seen: set[str] = set()
    return _OLD.sub(lambda tag: _frame(tag, seen), html)


def _frame(tag: re.Match[str], seen: set[str]) -> str:
    found = _ADDRESS.search(tag[2])
    if found is None:
        return ""
    address = _FLASH.sub(r"\1/embed/\2", unescape(found[1] or found[2] or found[3] or ""))
    if not address or address in seen:  # an embed within the object of the same film
        return ""
    seen.add(address)
    return f'<iframe src="{escape(address)}"></iframe>'


def settle(clean: str, hosts: Collection[str]) -> str:
    """The frames of a body that was cleaned: those of ``hosts`` empty and over https, others as links."""
    if "<iframe" not in clean:
        return clean
    return _FRAME.sub(_settled(hosts), clean)


def _settled(hosts: Collection[str]) -> Callable[[re.Match[str]], str]:
    def settled(frame: re.Match[str]) -> str:
        if frame[1] is None:
            return frame[0]
        source = _SOURCE.search(frame[1])
        if source is None:
            return ""
        host = _HOST.match(unescape(source[1]))
        if host is not None and host[1].lower() in hosts:
            secure = frame[1].replace(' src="http://', ' src="https://', 1)
            return f"<iframe{secure}{_FENCE}></iframe>"
        title = _TITLE.search(frame[1])
        return f'<a href="{source[1]}">{title[1] if title else source[1]}</a>'

    return settled


def frame_hosts(clean: str) -> tuple[str, ...]:
    """The hosts whose frames a clean body holds, sorted."""
    frames = _FRAME.finditer(clean) if "<iframe" in clean else ()
    sources = (_SOURCE.search(frame[1]) for frame in frames if frame[1])
    found = {host[1] for source in sources if source and (host := _HOST.match(unescape(source[1])))}
    return tuple(sorted(found))
