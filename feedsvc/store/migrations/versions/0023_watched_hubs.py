"""Outside hubs are watched: whether they push what they are told of."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "watched_hubs",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("owing", sa.BigInteger),
        sa.Column("received", sa.BigInteger),
        sa.Column("silent", sa.Boolean, nullable=False),
    )
