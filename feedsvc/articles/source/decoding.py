"""From bytes to text: encodings, line ends, and the characters that XML cannot carry."""

import codecs
import re

from feedsvc.articles.problems import Notes, Unreadable, line_at

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything outside the production ``Char`` of XML 1.0, section 2.2."""

_FORBIDDEN_ASCII = bytes(set(range(32)) - set(b"\t\n\r"))

_BREAKS = (("\v", " "), ("\f", " "), ("\x85", "\n"), ("\u2028", "\n"), ("\u2029", "\n\n"))
"""Vertical tab and form feed part words, so they become a space before they could be removed. The next three are
line ends of mainframes and of Unicode (UAX 14, classes NL and BK)."""

_MARKS = (
    # The longer mark first: that of UTF-32 begins like that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    *(b"%PDF-", b"{\\rtf", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    *(b"\xd0\xcf\x11\xe0", b"OggS", b"ID3"),
)
"""How files begin that are sometimes given the name of a text."""

_DECLARED = re.compile(
    rb"<(?:\?xml|meta)\b[^>]{0,500}?(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_DECLARING = 4096
"""How many bytes from the start an encoding is declared in; browsers look at 1,024."""
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
"""Declared encoding to the larger one that is meant by it (WHATWG Encoding, section 4.2)."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b\b"))
_UNLIKELY = ("utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7", "utf_8", "utf_8_sig")
"""What the rest has already been shown not to be."""

_ENOUGH = 8
"""Characters by which UTF-16 is told from a file with stray NULs."""
_AMBIGUITY = 0.15
"""How much likelier (as charset-normalizer counts mess, 0 to 1) another encoding must be than windows-1252."""


def clean_text(text: str) -> str:
    """Remove the characters that XML 1.0 forbids (section 2.2), lone surrogates among them.

    Used wherever text comes out of a parser, because ``&#8;`` becomes one only there.
    """
    # Most texts are ASCII with nothing forbidden, which is seen ten times faster than by an expression.
    if text.isascii() and (
        text.isprintable() or len(text.encode().translate(None, _FORBIDDEN_ASCII)) == len(text)
    ):
        return text
    return _FORBIDDEN.sub("", text)


def decode(data: bytes, notes: Notes) -> str:
    """Turn a file's bytes into text with line feeds as line ends, and without characters that XML forbids.

    UTF-8 with or without a mark comes first, then what a byte order mark names, then the likeliest of the
    older encodings, with a warning.

    Raises:
        Unreadable: The file is empty, is no text, or has no encoding that could be told.
    """
    text = _to_text(data, notes)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for sign, meant in _BREAKS:
        text = text.replace(sign, meant)
    kept = clean_text(text)
    removed = len(text) - len(kept)
    if removed:
        what = f"{removed} character{'s' if removed > 1 else ''} that no feed can carry"
        found = _FORBIDDEN.search(text)
        line = line_at(text, found.start() if found else -1)
        notes.warn(line, f"{what} removed", "remove the control characters from the file")
    if not kept.strip():
        raise notes.unreadable(None, "the file is empty", "write the article, or remove the file")
    return kept


def _to_text(data: bytes, notes: Notes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding, notes)
    if (wide := _unmarked_utf16(data)) is not None:
        return _marked(data, wide, notes)
    if _is_binary(data):
        raise notes.unreadable(None, "this is no text file", "give it the suffix of what it is, or remove it")
    try:
        return data.decode("iso2022_jp" if b"\x1b" in data and b"\x1b$" in data else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        declared = _declared(data, line, notes)
        return _legacy(data, line, notes) if declared is None else declared


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 of Latin letters without a byte order mark: every other byte is NUL."""
    sample = data[:2048]
    half = len(sample) // 2
    if half < _ENOUGH or b"\0" not in sample:
        return None
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.1 else None


def _declared(data: bytes, line: int, notes: Notes) -> str | None:
    """The text by the encoding that HTML or XML declares; None where it declares none, or one that is not so."""
    found = _DECLARED.search(data, 0, _DECLARING)
    if found is None:
        return None
    label = found[1].decode("ascii", "replace")
    try:
        name = codecs.lookup(label).name
        text = data.decode(_MEANT.get(name, name))
    except (LookupError, UnicodeDecodeError, ValueError):
        what, remedy = f'the file declares the encoding "{label}" and is not in it', "save it as UTF-8 and say so"
        notes.warn(data.count(b"\n", 0, found.start()) + 1, what, remedy)
        return None
    remedy = "save the file as UTF-8, so that every reader takes it the same way"
    notes.warn(line, f"not UTF-8; read as {_MEANT.get(name, name)}, as it declares", remedy)
    return text


def _marked(data: bytes, encoding: str, notes: Notes) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper()
        raise notes.unreadable(None, f"the file begins as {name} but is not", "save it as UTF-8") from error


def _is_binary(data: bytes) -> bool:
    if data.startswith(_SIGNATURES):
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls > max(2, len(data) // 100)


def _legacy(data: bytes, line: int, notes: Notes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - few files need it, and it takes a while to load

    sample = data.translate(None, _CONTROLS + b"\b\x1b")  # a single control character would rule out all of them
    matches = from_bytes(sample, cp_exclusion=list(_UNLIKELY), preemptive_behaviour=True)
    best = matches.best()
    if best is None:
        raise _unknown(line, notes)
    # Browsers too take windows-1252 when nothing speaks against it.
    most = best.chaos + _AMBIGUITY
    is_western = any("cp1252" in match.could_be_from_charset and match.chaos <= most for match in matches)
    encoding = "cp1252" if is_western else best.encoding
    notes.warn(
        line, f"not UTF-8; read as {encoding}", "save the file as UTF-8, so that no letter has to be guessed"
    )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:  # the sample could be read, and with the control characters nothing can
        raise _unknown(line, notes) from error


def _unknown(line: int, notes: Notes) -> Unreadable:
    return notes.unreadable(line, "the encoding cannot be told", "save the file as UTF-8")
