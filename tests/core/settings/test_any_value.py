"""Any value of any setting is taken or refused in feedsvc's own words."""

import re
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.loading import _RULES, load_settings
from feedsvc.core.settings.model import SETTINGS

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.times()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
CHANNELS = st.lists(st.dictionaries(st.sampled_from(["path", "title", "tags", "content", "x"]), VALUES))
UNFILLED = re.findall(r"\{\w+\}", "".join(_RULES.values()))
JARGON = ["Input", "should", "valid", "ydantic", "pars", "type", "kind", *UNFILLED]
"""Words of pydantic, that for a value of an unforeseen kind, and a placeholder that was not filled. Names of
settings, of which one is to be written, may be any of them."""


@given(st.sampled_from(sorted(SETTINGS)), VALUES | CHANNELS)
def test_a_wrong_value_is_refused_in_plain_words(name: str, value: object) -> None:
    """The remedy says what the value must be."""
    with suppress(SettingsError):
        try:
            load_settings(given={name: value})
        except SettingsError as error:
            remedies = [error.remedy, *(each.remedy for each in error.further)]
            assert all(each.startswith(("it must ", "write one of ")) for each in remedies), remedies
            plain = [each for each in remedies if not each.startswith("write one of")]
            assert not any(word in each for each in plain for word in JARGON), remedies
            raise
