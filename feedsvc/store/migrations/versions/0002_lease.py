"""The lease: one row, which says who may publish."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and its row; nobody holds the first term."""
    lease = op.create_table(
        "lease",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Text),
        sa.Column("term", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(lease, [{"place": 1, "holder": None, "term": 0, "expires": 0}])
