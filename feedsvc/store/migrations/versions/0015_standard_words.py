"""Tables and columns are called by the words that the documentation uses."""

from alembic import op

revision = "0015"
down_revision = "0014"

_TABLES = {"desk": "publisher_status", "seats": "archive_positions"}
_COLUMNS = {
    "bodies": {"html": "content"},
    "records": {
        "former": "former_pages",
        "passages": "membership_changes",
        "stamp": "file_stamps",
        "source": "source_digest",
    },
    "inline_media": {"record": "record_id"},
    "archive_positions": {"record": "record_id", "seat": "position"},
    "site": {"place": "id"},
    "readers": {"hint": "token_prefix", "made": "created"},
    "set_aside": {"fatal": "source_digest", "stamp": "file_stamps", "what": "problem"},
    "lease": {"place": "id", "holder": "owner"},
    "publisher_status": {
        "place": "id",
        "wish": "last_request",
        "consent": "overrides",
        "served": "last_served",
    },
}


def upgrade() -> None:
    """Rename them in place; no row is touched."""
    for old, new in _TABLES.items():
        op.rename_table(old, new)
    for table, columns in _COLUMNS.items():
        for old, new in columns.items():
            op.alter_column(table, old, new_column_name=new)
