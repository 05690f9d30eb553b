"""Push: destinations, requests to subscribe, what changed of which article, and the lease of the sender."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the tables; nobody is to be told of anything that was published before."""
    op.create_table(
        "destinations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False, index=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False, index=True),
        sa.Column("topic_url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("delivered", sa.BigInteger),
    )
    op.create_table(
        "subscription_requests",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False, index=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("topic_url", sa.Text, nullable=False),
        sa.Column("lease_seconds", sa.Integer, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("verify_token", sa.Text),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    op.create_table(
        "article_changes",
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False, index=True),
    )
    lease = sa.table("lease", sa.column("id"), sa.column("owner"), sa.column("term"), sa.column("expires"))
    op.bulk_insert(lease, [{"id": 2, "owner": None, "term": 0, "expires": 0}])
