"""Documents are rendered on demand: the store has an index of addresses, channels and places instead of them."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_OPERATORS = frozenset({"admin", "api", "healthz", "hub", "metrics", "readyz", "websub"})
"""First path segments to which no article's alias leads, at the time of this migration."""
_RECORDS = sa.table("records", sa.column("id"), sa.column("path"), sa.column("former_pages"), sa.column("article"))
_BATCH = 500


def upgrade() -> None:
    """Make the index, fill what follows from the records alone, and delete what is rendered on demand from now on.

    The first round fills the rest: channels and places.
    """
    _create_tables()
    op.add_column("records", sa.Column("original", sa.Text, nullable=False, server_default=""))
    places = (
        sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("moved", sa.BigInteger),
        sa.Column("published", sa.BigInteger, nullable=False, server_default="0"),
    )
    for column in places:
        op.add_column("archive_positions", column)
    _fill()
    op.create_index("ix_records_page", "records", ["page"])
    op.create_index("ix_records_original", "records", ["original"])
    op.create_index("records_listed", "records", ["listed", "published"])
    op.create_index("archive_positions_position", "archive_positions", ["channel", "position"])
    op.create_index("archive_positions_newest", "archive_positions", ["channel", "held", "published"])
    op.execute("UPDATE responses SET prepared = true WHERE kind = 'opml'")
    op.execute("DELETE FROM responses WHERE NOT prepared")


def _create_tables() -> None:
    op.create_table(
        "channels",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("updated", sa.BigInteger),
        sa.Column("extent", sa.Text, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("footer", sa.Text, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("positions", sa.Integer, nullable=False),
        sa.Column("dropped", sa.Boolean, nullable=False),
    )
    for table in ("former_addresses", "media_files"):
        op.create_table(
            table,
            sa.Column("path", sa.Text, primary_key=True),
            sa.Column("record_id", sa.Text, primary_key=True, index=True),
        )
    op.create_table(
        "rendering_options",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("options", sa.Text, nullable=False),
    )


def _fill() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.select(_RECORDS)).mappings().all()
    for begin in range(0, len(found), _BATCH):
        rows = found[begin : begin + _BATCH]
        articles = {row["id"]: json.loads(row["article"]) for row in rows}
        originals = [{"key": row["id"], "original": _original(row["path"], articles[row["id"]])} for row in rows]
        connection.execute(sa.text("UPDATE records SET original = :original WHERE id = :key"), originals)
        _insert(
            "former_addresses", ((path, row["id"]) for row in rows for path in _former(row, articles[row["id"]]))
        )
        media = ((file["path"], key) for key, article in articles.items() for file in article.get("media", ()))
        _insert("media_files", media)


def _insert(table: str, pairs: Iterator[tuple[str, str]]) -> None:
    rows = [{"path": path, "record_id": record_id} for path, record_id in dict.fromkeys(pairs)]
    if rows:
        op.bulk_insert(sa.table(table, sa.column("path"), sa.column("record_id")), rows)


def _original(path: str, article: dict[str, Any]) -> str:
    return article.get("original") or path.rpartition(".")[0]


def _former(row: sa.RowMapping, article: dict[str, Any]) -> Iterator[str]:
    yield from json.loads(row["former_pages"])
    for alias in article.get("aliases", ()):
        path = alias.rstrip("/")
        if path and path.split("/", 2)[1] not in _OPERATORS:
            yield path
            yield f"{path}/"
