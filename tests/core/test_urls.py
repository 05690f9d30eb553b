"""Which addresses are on the public internet."""

from ipaddress import ip_network

import pytest

from feedsvc.core.urls import is_public, is_public_url

ADDRESSES = [
    ("1.1.1.1", True),
    ("203.0.114.1", True),
    ("172.15.255.255", True),
    ("172.16.0.0", False),
    ("100.63.255.255", True),
    ("100.127.255.255", False),
    ("198.17.255.255", True),
    ("198.19.255.255", False),
    ("192.0.0.8", False),
    ("192.88.99.1", False),
    ("223.255.255.255", True),
    ("224.0.0.1", False),
    ("255.255.255.255", False),
    ("2606:4700::1111", True),
    ("2a00:1450::1", True),
    ("1fff::1", False),
    ("4000::1", False),
    ("2001:200::1", True),
    ("2001:1ff::1", False),
    ("2002:101:101::1", False),
    ("::ffff:1.1.1.1", False),
    ("64:ff9b::101:101", False),
]


@pytest.mark.parametrize(("address", "public"), ADDRESSES)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    """By the registries of special-purpose addresses (RFC 6890), at the edges of their networks."""
    assert is_public(address) is public


def test_networks_of_the_operator_can_be_allowed() -> None:
    """For a test, or a network of one's own."""
    assert is_public("127.0.0.1", [ip_network("127.0.0.0/8")])
    assert not is_public("10.0.0.1", [ip_network("127.0.0.0/8")])
    assert not is_public("::1", [ip_network("127.0.0.0/8")])


URLS = [
    ("https://news.example.org", True),
    ("https://NEWS.example.org./blog", True),
    ("http://1.1.1.1", True),
    ("http://192.168.0.1:8000", False),
    ("http://[::1]", False),
    ("http://localhost:8000", False),
    ("http://blog.localhost", False),
    ("http://nas", False),
    ("http://nas.local", False),
    ("http://wiki.corp.internal", False),
    ("http://x.home.arpa", False),
]


@pytest.mark.parametrize(("url", "public"), URLS)
def test_a_url_is_public_by_its_name(url: str, public: bool) -> None:
    """Only such a site has a hub by itself."""
    assert is_public_url(url) is public
