"""A random identity of each edition, by which web workers and the publisher notice that the store is another."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Give the editions that there are one identity: their numbers tell them apart."""
    identity = secrets.token_hex(8)
    column = sa.Column("identity", sa.Text, nullable=False, server_default=identity)
    op.add_column("editions", column)
