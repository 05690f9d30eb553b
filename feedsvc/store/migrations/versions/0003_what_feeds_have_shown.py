"""Records remember whether and what of them the feeds have shown, and the pages they had before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns, filled with what the rows tell: until now whatever was public stood in the feeds."""
    with op.batch_alter_table("records") as records:
        records.add_column(sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.false()))
        records.add_column(sa.Column("changed", sa.BigInteger))
        records.add_column(sa.Column("former", sa.Text, nullable=False, server_default="[]"))
    op.execute("UPDATE records SET listed = (withdrawn IS NULL) WHERE settled")
    newest = "CASE WHEN withdrawn > updated THEN withdrawn ELSE updated END"
    op.execute(f"UPDATE records SET changed = {newest} WHERE settled")  # noqa: S608 - our own words
    with op.batch_alter_table("records") as records:
        records.alter_column("listed", server_default=None)
        records.alter_column("former", server_default=None)
