"""The checks of the profile can fail: each is broken here in every way it speaks of."""

import pytest
from lxml import etree
from profile_rules import RULES, broken

ITEM = """
<item>
  <title>The ebb</title>
  <link>https://quay.example/ebb</link>
  <guid isPermaLink="false">tag:quay.example,2026:ebb</guid>
  <description>Low water at noon.</description>
  <pubDate>Mon, 05 Jan 2026 07:00:00 GMT</pubDate>
  <dc:creator>Runa Dahl</dc:creator>
  <enclosure url="https://quay.example/ebb.ogg" length="51" type="audio/ogg"/>
  <content:encoded>&lt;p&gt;Low water at noon.&lt;/p&gt;</content:encoded>
</item>
"""
SOUND = f"""
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/">
  <channel>
    <title>Quay</title>
    <link>https://quay.example/</link>
    <description>What the water does</description>
    <language>nb-NO</language>
    <lastBuildDate>Tue, 06 Jan 2026 08:30:00 +0100</lastBuildDate>
    <docs>https://www.rssboard.org/rss-specification</docs>
    <ttl>60</ttl>
    <atom:link rel="self" href="https://quay.example/rss.xml" type="application/rss+xml"/>
    <image><url>https://quay.example/q.png</url><title>Quay</title><link>https://quay.example/</link></image>
    {ITEM}
  </channel>
</rss>
"""
FAULTS: list[tuple[str, str, str]] = [
    ("element-channel-title", "<title>Quay</title>\n", "<title/>"),
    ("element-channel-title", "<title>Quay</title>\n", ""),
    ("element-channel-link", "<link>https://quay.example/</link>\n", "<link>quay.example</link>"),
    ("element-channel-link", "<link>https://quay.example/</link>\n", ""),
    ("element-channel-description", "<description>What the water does</description>", ""),
    ("element-channel-description", "What the water does", ""),
    ("element-channel-language", "nb-NO", "nb_NO"),
    ("element-channel-language", "nb-NO", "Norwegian (Bokmål)"),
    ("element-channel-lastbuilddate", "06 Jan 2026", "06 Jan 26"),
    ("element-channel-lastbuilddate", "Tue, 06 Jan 2026 08:30:00 +0100", "2026-01-06T08:30:00+01:00"),
    ("element-channel-lastbuilddate", "Tue, 06 Jan", "Mon, 06 Jan"),
    ("element-channel-lastbuilddate", "Tue, 06 Jan", "Tue, 36 Jan"),
    ("element-channel-docs", "rss-specification", "rss-profile"),
    ("element-channel-ttl", "<ttl>60</ttl>", "<ttl>an hour</ttl>"),
    ("element-channel-image", "<image><url>https://quay.example/q.png</url>", "<image>"),
    ("element-channel-image", "<title>Quay</title><link>", "<title>Pier</title><link>"),
    ("element-channel-item-title", "<title>The ebb</title>", ""),
    ("element-channel-item-title", "<title>The ebb</title>", "<title>The ebb</title><title>Ebb</title>"),
    ("element-channel-item-link", "<link>https://quay.example/ebb</link>", ""),
    ("element-channel-item-link", "<link>https://quay.example/ebb</link>", "<link>/ebb</link>"),
    ("element-channel-item-description", "<pubDate>", "<description>Again.</description><pubDate>"),
    ("element-channel-item-author", "<dc:creator>Runa Dahl</dc:creator>", "<author>Runa Dahl</author>"),
    ("element-channel-item-enclosure", "<content:", '<enclosure url="b" length="1" type="c/d"/><content:'),
    ("element-channel-item-enclosure", ' length="51"', ""),
    ("element-channel-item-enclosure", ' length="51"', ' length="-1"'),
    ("element-channel-item-enclosure", ' type="audio/ogg"', ""),
    ("element-channel-item-guid", ' isPermaLink="false"', ""),
    ("element-channel-item-guid", "</item>", "</item>" + ITEM),
    ("element-channel-item-pubdate", "<pubDate>Mon, 05 Jan 2026 07:00:00 GMT</pubDate>", ""),
    ("element-channel-item-pubdate", "07:00:00 GMT", "7 in the morning"),
    ("namespace-elements-atom-link", ' rel="self"', ' rel="hub"'),
    ("namespace-elements-atom-link", ' type="application/rss+xml"', ""),
    ("namespace-elements-content-encoded", "</item>", "<content:encoded>x</content:encoded></item>"),
    ("namespace-elements-dublin-creator", "Runa Dahl", ""),
]
"""A rule, and what to put in place of what in a sound feed."""


def _broken(document: str) -> set[str]:
    return broken(etree.fromstring(document)[0])


def test_a_sound_feed_breaks_no_rule() -> None:
    """So that what fails below fails for the fault alone."""
    assert _broken(SOUND) == set()


@pytest.mark.parametrize(("rule", "before", "after"), FAULTS)
def test_a_fault_breaks_its_rule(rule: str, before: str, after: str) -> None:
    """Each fault is found by the rule that speaks of it."""
    assert before in SOUND
    assert rule in _broken(SOUND.replace(before, after, 1))


def test_every_rule_is_broken_once() -> None:
    """A check that nothing breaks here may be one that cannot fail."""
    assert {rule for rule, _, _ in FAULTS} == RULES.keys()
