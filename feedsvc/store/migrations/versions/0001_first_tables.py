"""The first tables: editions, bodies, records, responses."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables; what each column is for stands in ``feedsvc.store.schema``."""
    op.create_table(
        "editions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("next_moment", sa.BigInteger),
    )
    op.create_table(
        "bodies",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("html", sa.Text, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("withdrawn", sa.BigInteger),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column(
            "body", sa.Text, sa.ForeignKey("bodies.digest", name="records_body"), nullable=False, index=True
        ),
        sa.Column("article", sa.Text, nullable=False),
    )
    op.create_table(
        "responses",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("edition", sa.Integer, nullable=False, index=True),
        sa.Column("dropped", sa.Boolean, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("last_modified", sa.BigInteger, nullable=False),
        sa.Column("file", sa.Text),
        sa.Column("hot", sa.Boolean, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("codings", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
