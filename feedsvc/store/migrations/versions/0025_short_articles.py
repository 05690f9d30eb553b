"""An article is stored without what is as in most articles, which an earlier feedsvc cannot read."""

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nothing is written anew: this number keeps an earlier feedsvc from the store."""
