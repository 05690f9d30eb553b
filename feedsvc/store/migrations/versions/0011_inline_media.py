"""Which pictures that stand in articles' own text are kept among the bodies, and for which articles."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table; no article has had such a picture."""
    op.create_table(
        "inline_media",
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
    )
    op.create_index("ix_inline_media_digest", "inline_media", ["digest"])
