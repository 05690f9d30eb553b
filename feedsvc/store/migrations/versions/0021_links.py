"""Articles are found by their files, so that links between them lead to their pages."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_records_path", "records", ["path"])
