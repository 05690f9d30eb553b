"""IRIs: what Atom wants an id to be (RFC 4287, section 4.2.6)."""

import re

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+")


def is_iri(text: str) -> bool:
    """Whether it begins with a scheme, and holds nothing that no IRI may (RFC 3987, section 2.2)."""
    return _IRI.fullmatch(text) is not None
