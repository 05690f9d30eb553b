"""The Markdown that articles were written in, where feeds are to tell it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the column; it is filled as articles are read, if a setting asks for it."""
    op.add_column("records", sa.Column("markdown", sa.Text))
    op.create_index("ix_records_markdown", "records", ["markdown"])
