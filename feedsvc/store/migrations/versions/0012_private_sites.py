"""Privacy is a property of a whole site: whom the store is for, and its readers.

Private channels are no more. What a store has of them never becomes public by itself: the store says so, and no
round is run, until the operator has decided (:meth:`.OperatorStore.claim`). Their feeds are gone, and their
tokens are revoked: they opened one channel, and must not open a whole site.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_HAS_EDITION = "SELECT count(*) FROM editions"
_HAS_CHANNELS = "SELECT count(*) FROM responses WHERE path LIKE 'private:%' AND NOT dropped"
_HAS_TOKENS = "SELECT count(*) FROM tickets WHERE revoked IS NULL"
_FORGET_FEEDS = "DELETE FROM responses WHERE path LIKE 'private:%'"


def upgrade() -> None:
    """Make the tables, and carry what there is: a store that was in use is public, or had private channels."""
    connection = op.get_bind()
    op.create_table(
        "site",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("access", sa.Text, nullable=False),
    )
    op.create_table(
        "readers",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger),
    )

    def count(query: str) -> int:
        return int(connection.execute(sa.text(query)).scalar_one())

    access = "channels" if count(_HAS_CHANNELS) or count(_HAS_TOKENS) else "public"
    if access == "channels" or count(_HAS_EDITION):
        op.execute(sa.text("INSERT INTO site VALUES (1, :access)").bindparams(access=access))
    op.execute(sa.text(_FORGET_FEEDS))
    columns = "digest, hint, name, made"
    revoked = sa.text(
        f"INSERT INTO readers ({columns}, revoked) SELECT {columns}, coalesce(revoked, :now) FROM tickets"  # noqa: S608
    )
    op.execute(revoked.bindparams(now=int(time.time())))
    op.drop_table("tickets")
