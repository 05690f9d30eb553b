"""Records remember their passages through channels."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from alembic import op

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
        left = [[kind, key, label, changed] for kind, key, label in sorted(_channels(path, json.loads(article)))]
        connection.execute(told, {"id": record_id, "passages": json.dumps(left)})
    with op.batch_alter_table("records") as records:
        records.alter_column("passages", server_default=None)


def _channels(path: str, article: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Kind, key and label of the channels that an article stood in, as this version counted them."""
    folders = unicodedata.normalize("NFC", path.rpartition("/")[0]).split("/")
    parts = article["section"].split("/") if article["section"] else []
    folders = [folder for folder in folders if folder not in {"_posts", "_drafts"}]
    # A folder's name in another script is told by its place; the header may have named another section.
    labels = {part: folder for part, folder in zip(parts, folders, strict=False) if _names(folder, part)}
    for key in accumulate(parts, lambda outer, inner: f"{outer}/{inner}"):
        part = key.rpartition("/")[2]
        words = " ".join(re.split(r"[\s_-]+", labels.get(part, part))).strip() or part
        yield "section", key, words[:1].upper() + words[1:]
    names = [("tag", tag) for tag in article["tags"]]
    names += [("author", author["name"]) for author in article["authors"]]
    first: dict[tuple[str, str], str] = {}
    for kind, name in names:
        first.setdefault((kind, _key(name)), name)
    for (kind, key), label in first.items():
        yield kind, key, label


def _names(folder: str, part: str) -> bool:
    return not folder.isascii() or re.sub("[^a-z0-9]+", "-", folder.lower()).strip("-") == part


def _key(name: str) -> str:
    """The common key of all spellings of a name."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name.casefold()).casefold())
    plain = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", folded))
    return re.sub(r"[\s_-]+", " ", plain).strip() or name.strip()
