"""The oldest tables that are migrated. A new store is made at once, so nothing ever makes them."""

revision = "0009"
down_revision = None


def upgrade() -> None:
    """Do nothing: a store stands at this revision, or at a later one."""
