"""Redaction: text without the secrets in it, for all that is shown: logs, errors, and what commands print.

Secrets are passwords in URLs (RFC 3986, section 3.2.1, and libpq's ``?password=``) and tokens in addresses of a
private site. Where it is not clear what belongs to a secret, more is hidden rather than less.
"""

import re

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
