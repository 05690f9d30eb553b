"""A column for when the owner of a lease acquired it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column; whoever has a lease while the store is upgraded has had it for ever."""
    op.add_column("lease", sa.Column("acquired", sa.BigInteger, nullable=False, server_default="0"))
