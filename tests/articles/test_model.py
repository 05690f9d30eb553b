"""Values that recur in many articles are kept once."""

import pickle

from builders import article

from feedsvc.articles.model import Author, with_shared_values


def test_articles_share_what_recurs() -> None:
    """Two that were read by other processes come with texts of their own."""
    said = article("a", tags=("Sea birds",), authors=(Author("Ada Fenn"),), section="far/north", language="nn")
    path = said.path
    first, second = (with_shared_values(pickle.loads(pickle.dumps(said)), path) for _ in range(2))  # noqa: S301 - our own
    assert first == second == said
    assert first.tags[0] is second.tags[0]
    assert first.path is second.path is path
    for name in ("format", "section", "language", "authors", "links"):
        assert getattr(first, name) is getattr(second, name)
