"""Columns for what a document is and how it is served; so far paths and header fields told it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_KINDS = (
    ("redirect", "status = 301"),
    ("gone", "status = 410"),
    ("not-found", "status = 404"),
    ("preview", "path LIKE 'preview/%'"),
    ("media", "path LIKE '/media/%'"),
    ("opml", """headers LIKE '%"content-type", "text/x-opml%'"""),
    ("stylesheet", """headers LIKE '%"content-type", "text/css%'"""),
    ("feed", """headers LIKE '%"content-type", "application/rss+xml%'"""),
    ("feed", """headers LIKE '%"content-type", "application/atom+xml%'"""),
    ("feed", """headers LIKE '%"content-type", "application/feed+json%'"""),
)
"""Each kind but pages, and by which rows it is known; the first that fits counts."""
_FEED_FILES = ("rss.xml", "atom.xml", "feed.json")


def upgrade() -> None:
    """Add the columns, and fill them with what the rows say; rows of what was dropped say it, too."""
    op.add_column("responses", sa.Column("kind", sa.Text, nullable=False, server_default="page"))
    op.add_column("responses", sa.Column("caching", sa.Text, nullable=False, server_default="usual"))
    op.add_column("responses", sa.Column("preview", sa.Text))
    op.execute(sa.text("ALTER TABLE responses RENAME COLUMN hot TO prepared"))
    for kind, condition in _KINDS:
        op.execute(sa.text(f"UPDATE responses SET kind = '{kind}' WHERE kind = 'page' AND {condition}"))  # noqa: S608 - our own words
    op.execute(sa.text("UPDATE responses SET caching = 'brief' WHERE kind = 'not-found'"))
    op.execute(
        sa.text(
            "UPDATE responses SET caching = 'immutable' WHERE kind = 'media' AND headers NOT LIKE '%\"sunset\", %'"
        )
    )
    for file in _FEED_FILES:
        _fill_preview(file)
    op.execute(sa.text("ALTER TABLE responses DROP COLUMN status"))


def _fill_preview(file: str) -> None:
    """Fill in the preview of feeds with this file name: the channel's, or the page of their archive."""
    folder = f"substr(responses.path, 1, length(responses.path) - {len(file)})"
    own = f"SELECT 1 FROM responses AS page WHERE page.path = 'preview' || {folder} AND NOT page.dropped"  # noqa: S608
    prefix = f"CASE WHEN EXISTS ({own}) THEN 'preview' ELSE '' END"
    feeds = f"kind = 'feed' AND path LIKE '%/{file}' AND headers LIKE '%Sec-Fetch-Dest%'"
    op.execute(sa.text(f"UPDATE responses SET preview = {prefix} || {folder} WHERE {feeds}"))  # noqa: S608
