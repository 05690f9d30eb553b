"""Media types (RFC 9110, section 8.3.1)."""


def bare_media_type(value: str) -> str:
    """The type and subtype of a media type, in lower case, without its parameters: ``text/html``."""
    return value.partition(";")[0].strip().lower()
