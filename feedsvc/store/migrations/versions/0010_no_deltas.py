"""Feeds are always sent whole: what led from former versions of them to the current ones is let go."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Drop the table; nothing else knew of it."""
    op.drop_table("deltas")
