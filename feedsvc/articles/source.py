"""The source digest: by which a file that was only touched is known without parsing it."""

import hashlib

from feedsvc.articles.rules import Rules


def source_digest(content: bytes, rules: Rules) -> str:
    """SHA-256, in hex, of a file's bytes and the rules they are read by (:attr:`Reading.source`)."""
    digest = hashlib.sha256(content)
    digest.update(b"\0" + rules.key.encode())
    return digest.hexdigest()
