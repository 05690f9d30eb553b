"""Words by which headers say yes and no, and that an article is public, hidden or unlisted."""

from feedsvc.articles.header import Entry, Value, spelling

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


def hides(entry: Entry) -> bool:
    """Whether the entry by itself says, in words that are known, that nobody may see the article."""
    name, said = spelling(entry.key), word(entry.value)
    if name in {"draft", "isdraft"}:
        return said in YES
    if name in {"published", "publish"}:
        return said in NO
    return name == "status" and said in HIDDEN
