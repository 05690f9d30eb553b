"""Episode: what a header says for podcast players, beside the file to play."""

from collections.abc import Iterator

from feedsvc.articles.article import Episode
from feedsvc.articles.header import Header
from feedsvc.articles.references import References
from feedsvc.articles.unreadable import Notes

_YES = frozenset({"true", "yes", "on", "1", "explicit"})
_NO = frozenset({"false", "no", "off", "0", "clean"})


def read_episode(header: Header, references: References, notes: Notes) -> Episode | None:
    """The episode that a header describes; None where it says nothing of one.

    A transcript and chapters that lie beside the article are published with it.
    """
    kind = _word(header, "episodetype", notes, ("full", "trailer", "bonus"))
    explicit = _word(header, "explicit", notes, (*sorted(_YES), *sorted(_NO)))
    chapters = next(_addresses(header, "chapters", references, notes), None)
    episode = Episode(
        number=_number(header, "episode", notes),
        season=_number(header, "season", notes),
        kind=kind,
        explicit=None if explicit is None else explicit in _YES,
        transcripts=tuple(_addresses(header, "transcripts", references, notes)),
        chapters=chapters,
    )
    return None if episode == Episode() else episode


def _number(header: Header, name: str, notes: Notes) -> int | None:
    """A whole number above 0, as both namespaces ask."""
    entry = header.first(name)
    if entry is None:
        return None
    text = entry.value if isinstance(entry.value, str) else ""
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0:
        return int(text)
    notes.warn(entry.line, f'"{entry.key}" is no number and is passed over', "write a number such as 7")
    return None


def _word(header: Header, name: str, notes: Notes, words: tuple[str, ...]) -> str | None:
    entry = header.first(name)
    if entry is None:
        return None
    word = entry.value.strip().lower() if isinstance(entry.value, str) else ""
    if word in words:
        return word
    notes.warn(entry.line, f'"{entry.key}" has a value that is not understood', f"write one of {', '.join(words)}")
    return None


def _addresses(header: Header, name: str, references: References, notes: Notes) -> Iterator[str]:
    for entry in header.all(name):
        for value in entry.value if isinstance(entry.value, list) else [entry.value]:
            told = value.get("url") or value.get("file") if isinstance(value, dict) else value
            url = references.absolute(told) if isinstance(told, str) else None
            if url is None:
                notes.warn(entry.line, f'"{entry.key}" names no file', "write its address after the colon")
            else:
                yield url
