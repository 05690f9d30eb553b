"""Media types (RFC 9110, section 8.3.1)."""

from collections.abc import Mapping

_SAME = {
    "image": "apng avif bmp gif heic jpeg jxl png tiff webp",
    "audio": "aac flac ogg wav",
    "video": "mp4 mpeg webm",
    "text": "csv vtt",
    "application": "json pdf rtf wasm xml zip",
    "model": "stl",
}
"""The suffixes that are the names of their subtypes, by type."""
MEDIA_TYPES: Mapping[str, str] = {
    **{f".{name}": f"{kind}/{name}" for kind, names in _SAME.items() for name in names.split()},
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".weba": "audio/webm",
    ".m4v": "video/mp4",
    ".mkv": "video/matroska",
    ".mov": "video/quicktime",
    ".mpg": "video/mpeg",
    ".ogv": "video/ogg",
    ".srt": "application/x-subrip",
    ".7z": "application/x-7z-compressed",
    ".bib": "application/x-bibtex",
    ".bz2": "application/x-bzip2",
    ".cast": "application/x-asciicast",
    ".djvu": "image/vnd.djvu",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".fit": "application/vnd.ant.fit",
    ".geojson": "application/geo+json",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".gpx": "application/gpx+xml",
    ".gz": "application/gzip",
    ".ics": "text/calendar",
    ".ipynb": "application/x-ipynb+json",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".kmz": "application/vnd.google-earth.kmz",
    ".mid": "audio/midi",
    ".mobi": "application/x-mobipocket-ebook",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".opml": "text/x-opml",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".ps": "application/postscript",
    ".tar": "application/x-tar",
    ".tex": "application/x-tex",
    ".tgz": "application/gzip",
    ".tsv": "text/tab-separated-values",
    ".vcf": "text/vcard",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xz": "application/x-xz",
}
"""Suffix to media type. Our own table: the system's ``mime.types`` differ from one machine to the next."""


def bare_media_type(value: str) -> str:
    """The type and subtype of a media type, in lower case, without its parameters: ``text/html``."""
    return value.partition(";")[0].strip().lower()
