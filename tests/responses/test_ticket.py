"""What is behind a private address."""

import pytest

from feedsvc.channels.channel import private_place
from feedsvc.responses.ticket import behind, token_digest

DOORS = {token_digest("t0ken"): "/members/"}


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/private/t0ken/rss.xml", "private:members/rss.xml"),
        ("/private/t0ken/archive/2/atom.xml", "private:members/archive/2/atom.xml"),
        ("/private/t0ken/gold/rss.xml", "private:members/gold/rss.xml"),
        ("/private/T0ken/rss.xml", "/private/T0ken/rss.xml"),
        ("/private/t0ke/rss.xml", "/private/t0ke/rss.xml"),
        ("/private//rss.xml", "/private//rss.xml"),
        ("/private/t0ken", "private:members/"),
        ("/private/", "/private/"),
        ("/private/\udcff/rss.xml", "/private/\udcff/rss.xml"),
        ("private:members/rss.xml", "private:members/rss.xml"),
        ("/x/private/t0ken/rss.xml", "/x/private/t0ken/rss.xml"),
    ],
)
def test_a_token_leads_to_its_channel_and_anything_else_nowhere(path: str, meant: str) -> None:
    """A path that is no private address stays what it is."""
    assert behind(path, DOORS) == meant


def test_a_channel_below_another_has_a_door_of_its_own() -> None:
    """Who may read ``/members/`` may not read ``/members/gold/`` by that."""
    assert not private_place("/members/gold/").startswith(private_place("/members/"))
