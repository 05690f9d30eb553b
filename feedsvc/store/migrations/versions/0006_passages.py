"""Records remember their passages through channels."""

import json
from types import SimpleNamespace
from typing import cast

import sqlalchemy as sa
from alembic import op

from feedsvc.articles.model import Article
from feedsvc.channels.paths import channel_paths

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, filled with what the rows tell: what left the feeds did so as its last reading stands."""
    with op.batch_alter_table("records") as records:
        records.add_column(sa.Column("passages", sa.Text, nullable=False, server_default="[]"))
    away = sa.text("SELECT id, path, changed, article FROM records WHERE changed IS NOT NULL AND NOT listed")
    told = sa.text("UPDATE records SET passages = :passages WHERE id = :id")
    connection = op.get_bind()
    for record_id, path, changed, article in connection.execute(away).all():
        left = [[kind, key, label, changed] for kind, key, label in sorted(channel_paths(_reading(path, article)))]
        connection.execute(told, {"id": record_id, "passages": json.dumps(left)})
    with op.batch_alter_table("records") as records:
        records.alter_column("passages", server_default=None)


def _reading(path: str, article: str) -> Article:
    """As much of an article as its places depend on."""
    told = json.loads(article)
    authors = tuple(SimpleNamespace(**author) for author in told["authors"])
    reading = SimpleNamespace(
        path=path, section=told["section"], section_key=None, tags=told["tags"], authors=authors
    )
    return cast("Article", reading)
