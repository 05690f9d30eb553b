"""Which channel is a podcast, and by which id directories know it."""

import pytest

from feedsvc.channels.site import Podcast, podcast_guid

KEPT = "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_the_id_is_that_of_the_namespace() -> None:
    """Its own example: the address without scheme, hashed (podcasting2.org, tag "guid")."""
    assert podcast_guid(Podcast(), "https://mp3s.nashownotes.com", "/pc20") == KEPT
    assert podcast_guid(Podcast(), "https://e.org", "/") == podcast_guid(Podcast(), "http://e.org", "/")


@pytest.mark.parametrize("path", ["/", "/tags/sea/"])
def test_a_kept_id_outlives_the_address(path: str) -> None:
    """The site's channel has it, and every other one an id made of it."""
    show = Podcast(guid=KEPT)
    here, there = (podcast_guid(show, f"https://{host}", path) for host in ("a.example", "b.example"))
    assert here == there
    assert (here == KEPT) is (path == "/")
