"""The desk: one row with the report of the last round, and the wishes for the next."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and its row; nothing was reported, nothing is wished."""
    desk = op.create_table(
        "desk",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("report", sa.Text),
        sa.Column("wish", sa.Integer, nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("served", sa.Integer, nullable=False),
    )
    op.bulk_insert(desk, [{"place": 1, "report": None, "wish": 0, "consent": "{}", "served": 0}])
