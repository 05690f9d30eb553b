"""Lazy images made real: a script would have put their address in place, and there are no scripts.

Works on HTML as it was written, before it is cleaned; whatever comes out is sanitised after.
"""

import re

_TAG = re.compile(r"<(img|source|iframe|video|audio)\b((?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s*([^\s\"'<>/=]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_REAL = {
    "data-src": "src",
    "data-lazy-src": "src",
    "data-original": "src",
    "data-lazy": "src",
    "data-srcset": "srcset",
    "data-lazy-srcset": "srcset",
    "data-original-set": "srcset",
    "data-poster": "poster",
    "data-sizes": "sizes",
    "data-lazy-sizes": "sizes",
}
"""What the scripts in use read the address from, to the attribute they write it into."""
_SIGN = re.compile(r"\sdata-(?:lazy|src|original|poster)|<noscript", re.IGNORECASE)
_FALLBACK = re.compile(
    r"<noscript\b[^<>]*>\s*(<img\b(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+>)\s*</noscript\s*>", re.IGNORECASE
)
_BEFORE = re.compile(r"<img\b(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+>\s*\Z", re.IGNORECASE)
_SOURCE = re.compile(r"\ssrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_NEAR = 4_000
"""How far before its fallback a placeholder is looked for, in characters; an inline picture may be long."""


def make_real(html: str) -> str:
    """``html`` with the true addresses in place of the placeholders, and each picture once."""
    folded = html.lower()
    if ("data-" not in folded and "<noscript" not in folded) or not _SIGN.search(html):
        return html
    revived: set[str] = set()
    html = _TAG.sub(lambda tag: _revive(tag, revived), html)
    return _without_doubles(html, revived)


def _revive(tag: re.Match[str], revived: set[str]) -> str:
    found = _ATTRIBUTE.findall(tag[2])
    written = {_REAL[name.lower()] for name, value in found if name.lower() in _REAL and _holds(value)}
    if not written:
        return tag[0]
    kept: dict[str, str] = {}
    for name, value in found:
        real = _REAL.get(name.lower())
        if real and _holds(value):
            kept.setdefault(real, value)
        elif not real and name.lower() not in written:
            kept.setdefault(name, value)
    made = f"<{tag[1]}{''.join(f' {name}{value}' for name, value in kept.items())}>"
    revived.add(_address(made))
    return made


def _holds(value: str) -> bool:
    return value.strip("= \"'\t\n") not in {"", "auto"}


def _address(tag: str) -> str:
    found = _SOURCE.search(tag)
    return next(filter(None, found.groups()), "") if found else ""


def _without_doubles(html: str, revived: set[str]) -> str:
    """A picture for those without scripts stands beside the one it replaces: the real one of both stays."""
    parts: list[str] = []
    at = 0
    for fallback in _FALLBACK.finditer(html):
        before = html[at : fallback.start()]
        if _address(fallback[1]) in revived:
            parts.append(before)
        else:
            placeholder = _BEFORE.search(before, max(0, len(before) - _NEAR))
            if placeholder and _address(placeholder[0])[:5].lower() in {"", "data:"}:
                before = before[: placeholder.start()]
            parts += [before, fallback[1]]
        at = fallback.end()
    return "".join([*parts, html[at:]])
