"""Names: which spellings of a tag or an author are one, and how a name stands in a URL."""

import hashlib
import re
import unicodedata
from functools import lru_cache

from slugify import slugify

_ACCENT = re.compile("[\u0300-\u036f]")
"""The combining marks of Latin, Greek and Cyrillic. Those of other scripts are letters, and part words."""
_BREAK = re.compile(r"[\s_-]+")
_LONGEST = 60
"""In characters, of a name's part of a URL."""


@lru_cache(maxsize=65_536)  # the same few names come with every article
def name_key(name: str) -> str:
    """What all spellings of a name have in common: case, accents, width, dashes and blanks do not count."""
    # Case is folded on both sides: what folding makes can be decomposed, and the other way round.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name.casefold()).casefold())
    plain = unicodedata.normalize("NFC", _ACCENT.sub("", folded))
    return _BREAK.sub(" ", plain).strip() or name.strip()


@lru_cache(maxsize=65_536)
def name_slug(name: str) -> str:
    """The name as a part of a URL, equal for all its spellings and for no other name.

    It is made of the name alone, so that it stays whatever names are added. Where Latin letters and digits do not
    say all of the name (``C++``, another script), the beginning of a digest tells it from others.
    """
    key = name_key(name)
    slug = slugify(key, max_length=_LONGEST, word_boundary=True)
    if slug.replace("-", " ") == key:
        return slug
    return f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:8]}".lstrip("-")
