"""Text that is safe on a terminal and in a log: without secrets, and without characters that control the output.

File names, titles, header values and messages that quote them come from whoever writes articles. In them an escape
sequence (ECMA-48) could colour, erase or forge lines, and a bidirectional control (UAX #9, the "Trojan Source" of
CVE-2021-42574) could show the letters of a path in another order than they stand in.
"""

import json
import re

# Secrets are passwords in URLs (RFC 3986, section 3.2.1, and libpq's ``?password=``) and tokens in addresses of a
# private site. Where it is not clear what belongs to a secret, more is hidden rather than less.

MASK = "***"
"""Is shown in place of a secret."""

_USER_INFO = re.compile(r"(://[^:/]*):.*@")
_USER_INFO_IN_TEXT = re.compile(r"(://[^:/\s]*):[^/\s\"']*@")
_QUERY = re.compile(r"([?&]\w*password=)[^&\s\"']*")
_TOKEN = re.compile(r"(/private/)[^/\s\"']+")


def redacted_url(url: str) -> str:
    """A URL without its password, also if that has characters which should be percent-encoded."""
    return _QUERY.sub(rf"\1{MASK}", _USER_INFO.sub(rf"\1:{MASK}@", url))


def redacted(text: str) -> str:
    """A text, such as a log line, with the passwords and tokens in its URLs masked."""
    for secret, shown in ((_USER_INFO_IN_TEXT, rf"\1:{MASK}@"), (_QUERY, rf"\1{MASK}"), (_TOKEN, rf"\1{MASK}")):
        text = secret.sub(shown, text)
    return text


_CONTROLS = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 without the line break, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidirectional controls, and the deprecated ones beside them
    "\u2028\u2029"  # separators of lines and paragraphs
    "\ud800-\udfff"  # what os.fsdecode makes of bytes that are not UTF-8
    "\ufeff\ufff9-\ufffb\ufffe\uffff"  # marks that are not shown, and no characters
    "\U000e0000-\U000e007f"  # tags, which are not shown
)
_STEERING = re.compile(f"[{_CONTROLS}]")
_STEERING_OR_BREAK = re.compile(f"[{_CONTROLS}\n]")


def printable(text: str) -> str:
    """The text with every control character written as an escape, as in a Python string; line breaks stay."""
    return _STEERING.sub(_escape, text)


def printable_line(text: str) -> str:
    """As :func:`printable`, on one line: a line break is written as an escape too."""
    return _STEERING_OR_BREAK.sub(_escape, text)


def printable_json(text: str) -> str:
    """The same JSON, with the control characters in its strings written as JSON escapes (RFC 8259, section 7).

    There must be no tab between its strings; Python's :mod:`json` writes none.
    """
    return _STEERING.sub(lambda found: json.dumps(found[0])[1:-1], text)


def to_json(value: object) -> str:
    """``value`` as JSON for programs, safe to show on a terminal."""
    return printable_json(json.dumps(value, ensure_ascii=False, indent=2))


def _escape(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
