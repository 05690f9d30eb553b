"""A record knows the pattern by which its page was given."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Section and slug gave the pages so far."""
    op.add_column("records", sa.Column("address_pattern", sa.Text))
