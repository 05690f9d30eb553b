"""The kept report of the last round says ``safeguard`` where it said ``rail``."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Rename the key in the JSON; within a text of it the quotes would stand behind backslashes."""
    op.execute("""UPDATE publisher_status SET report = REPLACE(report, '"rail": ', '"safeguard": ')""")
