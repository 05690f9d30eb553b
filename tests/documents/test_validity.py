"""Every golden document is valid."""

import json

import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from profile_rules import PROFILE, RULES
from repository import DATA

SCHEMAS = DATA / "schemas"
CASES = sorted(path.name.removesuffix(".input.json") for path in (DATA / "feeds").glob("*.input.json"))


def golden(case: str, file: str) -> bytes:
    """A golden document."""
    return (DATA / "feeds" / f"{case}.{file}").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_atom_is_valid(case: str) -> None:
    """By a RELAX NG schema of RFC 4287."""
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    document = etree.fromstring(golden(case, "atom.xml"))
    assert schema.validate(document), schema.error_log


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<id>urn:gazette:", "<id>"),
        ("<id>tag:gazette.example,2026-09-12:news/fog-bell</id>", ""),
        ("<updated>2026-09-14T07:45:00+00:00", "<updated>2026-09-14 07:45"),
        ("<updated>2026-09-14T07:45:00+00:00</updated>", ""),
        ('rel="related" href="https://ferry.example/', 'rel="related" href="/'),
        ('length="184320"', 'length="-1"'),
        ("<content type=", "<content/><content type="),
        ('<category term="harbour"', "<category"),
        ("<name>Ines Vogt</name>", ""),
        ('xml:lang="de"', 'xml:lang="de_DE"'),
    ],
)
def test_the_schema_of_atom_finds_faults(before: str, after: str) -> None:
    """No IRI for an id, a date of another kind, what is missing or there twice."""
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    document = golden("everything", "atom.xml").decode()
    assert before in document
    assert not schema.validate(etree.fromstring(document.replace(before, after, 1).encode()))


@pytest.mark.parametrize("case", CASES)
def test_json_feed_is_valid(case: str) -> None:
    """By a JSON Schema of version 1.1; unknown members are errors."""
    validator = Draft202012Validator(json.loads((SCHEMAS / "jsonfeed.schema.json").read_text("utf-8")))
    assert [error.message for error in validator.iter_errors(json.loads(golden(case, "feed.json")))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{PROFILE}#{rule}")
@pytest.mark.parametrize("case", CASES)
def test_rss_follows_the_profile(case: str, rule: str) -> None:
    """The RSS Advisory Board's best practices, one by one."""
    root = etree.fromstring(golden(case, "rss.xml"))
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    assert RULES[rule](root[0])
