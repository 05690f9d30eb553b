"""Standing: whether a header lets anybody see the article, and whether it stands in lists.

One word that keeps the article back is enough, and a word that is not understood sets the file aside: what
was published by mistake cannot be taken back.
"""

from feedsvc.articles.frontmatter.header import SPELLINGS, Entry, Header, Value, spelling
from feedsvc.articles.problems import Notes

YES = frozenset({"true", "yes", "on", "1", "y", "t"})
NO = frozenset({"false", "no", "off", "0", "n", "f"})
HIDDEN = frozenset(
    {
        *("draft", "private", "pending", "unpublished", "skip", "trash", "auto-draft", "wip", "in progress"),
        *("in-progress", "review", "in review", "pending review", "idea"),
    }
)
"""What ``status`` says of an article that nobody may see yet."""
SCHEDULED = frozenset({"future", "scheduled"})
"""Public once its date has come, as WordPress has it; without a date, hidden."""
PUBLIC = frozenset({"published", "publish", "public", "live", "final", "featured", "sticky"})
UNLISTED = frozenset({"hidden", "unlisted"})
"""Pelican's and Nikola's words for a page that stands in no list."""


def word(value: Value) -> str | None:
    """The value in lower case; None where it is no text."""
    return value.strip().lower() if isinstance(value, str) else None


def hides_article(entry: Entry) -> bool:
    """Whether the entry by itself says, in words that are known, that nobody may see the article."""
    name, said = spelling(entry.key), word(entry.value)
    if name in {"draft", "isdraft"}:
        return said in YES
    if name in {"published", "publish"}:
        return said in NO
    return name == "status" and said in HIDDEN


_GOVERNING = frozenset(
    {"draft", "isdraft", "published", "publish", "status", "permalink", "render", "headless", "build"}
)
"""Keys that may keep an article back."""
_UNLISTING = frozenset({*SPELLINGS["unlisted"], "status", "build"})
"""Keys that may keep it out of lists."""
_BACK = frozenset({"draft", "private"})
"""Tags by which Nikola marks what is not public."""
_QUIET = frozenset({"never", "local", *NO})


def is_draft(header: Header, notes: Notes, *, dated: bool) -> bool:
    """Whether any of the usual spellings keeps the article from being published.

    Args:
        header: As it was written.
        notes: Names the file.
        dated: Whether the header gives a date, which what is scheduled waits for.

    Raises:
        Unreadable: A word about publication is not understood.
    """
    if header.dialect != "comment" and _GOVERNING.isdisjoint(header.entries):
        return False
    hidden = [_is_yes(entry, notes) for entry in _entries(header, "draft", "isdraft")]
    hidden += [word(entry.value) in NO for entry in _entries(header, "published", "publish")]
    hidden += [_status(entry, notes, dated=dated) for entry in _entries(header, "status")]
    hidden += [word(entry.value) in NO for entry in _entries(header, "permalink", "render")]  # Eleventy, Zola
    hidden += [word(entry.value) in YES for entry in _entries(header, "headless")]
    hidden += [_build(entry, "render") in _QUIET for entry in _entries(header, "build")]
    hidden += [is_marked(entry) for entry in _entries(header, "tags") if header.dialect == "comment"]
    return any(hidden)


def is_unlisted(header: Header, notes: Notes) -> bool:
    """Whether the article has a page, and stands in no list."""
    if _UNLISTING.isdisjoint(header.entries):
        return False
    quiet = [_is_yes(entry, notes) for entry in header.all("unlisted")]
    quiet += [word(entry.value) in UNLISTED for entry in _entries(header, "status")]
    quiet += [_build(entry, "list") in _QUIET for entry in _entries(header, "build")]
    return any(quiet)


def _entries(header: Header, *keys: str) -> list[Entry]:
    return [header.entries[key] for key in keys if key in header.entries]


def _is_yes(entry: Entry, notes: Notes) -> bool:
    said = word(entry.value)
    if said not in YES | NO:
        raise notes.unreadable(
            entry.line, f'"{entry.key}" has a value that is not understood', "write true or false"
        )
    return said in YES


def _status(entry: Entry, notes: Notes, *, dated: bool) -> bool:
    said = word(entry.value)
    if said not in HIDDEN | PUBLIC | SCHEDULED | UNLISTED:
        remedy = "write draft or published"
        raise notes.unreadable(entry.line, f'"{entry.key}" has a value that is not understood', remedy)
    return said in HIDDEN or (said in SCHEDULED and not dated)


def _build(entry: Entry, part: str) -> str | None:
    """What Hugo's build options say of ``list`` or ``render``; None where they say nothing."""
    return word(entry.value.get(part, [])) if isinstance(entry.value, dict) else None


def is_marked(entry: Entry) -> bool:
    """Whether tags as Nikola writes them hold one of its marks for what is not public."""
    tags = entry.value if isinstance(entry.value, str) else ""
    return any(tag.strip().lower() in _BACK for tag in tags.split(","))
