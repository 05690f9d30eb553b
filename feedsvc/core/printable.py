"""What may be written to a terminal or a log: text in which nothing steers, hides or reorders what is shown.

File names, titles, header values and messages that quote them come from whoever writes articles. In them an escape
sequence (ECMA-48) could colour, erase or forge lines, and a bidirectional control (UAX #9, the "Trojan Source" of
CVE-2021-42574) could show the letters of a path in another order than they stand in.
"""

import json
import re

#
# Secrets are passwords in URLs (RFC 3986, section 3.2.1, and libpq's ``?password=``) and tokens in addresses of a
# private site. Where it is not clear what belongs to a secret, more is hidden rather than less.
#

MASK = "***"
"""Stands for a secret."""

_USER_INFO = re.compile(r"(://[^:/]*):.*@")
_USER_INFO_IN_TEXT = re.compile(r"(://[^:/\s]*):[^/\s\"']*@")
_QUERY = re.compile(r"([?&]\w*password=)[^&\s\"']*")
_TOKEN = re.compile(r"(/private/)[^/\s\"']+")


def redacted_url(url: str) -> str:
    """A URL without its password, which may hold any characters, written as they must not be."""
    return _QUERY.sub(rf"\1{MASK}", _USER_INFO.sub(rf"\1:{MASK}@", url))


def redacted(text: str) -> str:
    """A text, such as a line of a log, in which no URL has a password or a token any more."""
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
    """The text with every control in it written as an escape, as in a Python string; line breaks stay."""
    return _STEERING.sub(_escape, text)


def printable_line(text: str) -> str:
    """The same on one line: a line break is written as an escape too."""
    return _STEERING_OR_BREAK.sub(_escape, text)


def printable_json(text: str) -> str:
    """JSON that says the same, with the controls in its strings as JSON's own escapes (RFC 8259, section 7).

    Between its strings there must be no tab, as there is none in what Python writes.
    """
    return _STEERING.sub(lambda found: json.dumps(found[0])[1:-1], text)


def to_json(value: object, *, indent: int | None = 2) -> str:
    """``value`` as JSON for programs, safe to show."""
    return printable_json(json.dumps(value, ensure_ascii=False, indent=indent))


def _escape(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
