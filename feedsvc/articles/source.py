"""The source digest: by which a file that was only touched is known without parsing it."""

import hashlib
from functools import lru_cache

from feedsvc.articles.rules import Rules


def source_digest(content: bytes, rules: Rules) -> str:
    """SHA-256, in hex, of a file's bytes and the rules they are read by (:attr:`Reading.source`)."""
    digest = hashlib.sha256(content)
    digest.update(_end(rules))
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _end(rules: Rules) -> bytes:
    return b"\0" + rules.key.encode()
