"""Where each article stands in the archives of its channels."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table; the first round after fills it in the order of publication."""
    op.create_table(
        "seats",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("seat", sa.Integer, nullable=False),
    )
