"""A column for what web workers always have in memory; so far that was everything that is prepared."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_SITE_FEEDS = "'/rss.xml', '/atom.xml', '/feed.json'"


def upgrade() -> None:
    """Add the column: the feeds of all channels but the site itself are read when they are asked for."""
    op.add_column("responses", sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()))
    feeds = f"kind <> 'feed' OR path IN ({_SITE_FEEDS})"
    op.execute(sa.text(f"UPDATE responses SET pinned = true WHERE prepared AND ({feeds})"))  # noqa: S608 - our own words
