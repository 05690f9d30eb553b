"""What the former versions of the feeds were, and what leads from them to the current ones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table; it is filled as feeds change, since their former versions are lost."""
    op.create_table(
        "deltas",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("versions", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("pieces", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
