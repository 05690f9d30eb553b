"""The files that ended the processes that read them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table; no file has ended a reader."""
    op.create_table(
        "set_aside",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("fatal", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
    )
