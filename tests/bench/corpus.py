"""Articles to measure with: the same ones every time, made of invented words.

Words come with the frequencies of real language (few are common, most are rare), because compression and
parsing depend on it. Each article has a YAML header, links, emphasis, a list, a quotation and code.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

SEED = 20261123
SECTIONS = ("arts", "city", "food", "harbour", "letters", "moon", "people", "science", "sport", "weather")
TAGS = 60
AUTHORS = (
    "Ada Fenn",
    "Bo Larsen",
    "Cleo Marsh",
    "Dov Adler",
    "Emi Sato",
    "Finn Roe",
    "Gus Vale",
    "Hana Kral",
    "Ivo Benda",
    "Joy Ade",
)
_FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_MOST_SECONDS = 180_000_000
"""Between the first and the last article: however many there are, all of them are public."""
_CONSONANTS = "bdfgklmnprstvwz"
_VOWELS = "aeiouy"


def write_corpus(directory: Path, count: int, words: int = 600) -> None:
    """Write ``count`` Markdown articles of about ``words`` words into section folders of ``directory``."""
    language = _Language(random.Random(SEED))  # noqa: S311 - the same articles every time is what is wanted
    step = timedelta(seconds=min(18_000, _MOST_SECONDS // count))
    for section in SECTIONS:
        (directory / section).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = directory / SECTIONS[number % len(SECTIONS)] / f"article-{number:05}.md"
        path.write_text(language.article(number, words, _FIRST_DAY + number * step), "utf-8")


class _Language:
    """Says things in invented words, as often as people would."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        # Common words are short, and by Zipf's law the n-th word is used about 1/n as often as the first.
        self._words = sorted((self._word() for _ in range(1500)), key=lambda word: len(word) + 6 * chance.random())
        self._tags = sorted(dict.fromkeys(self._words))[:TAGS]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def article(self, number: int, words: int, date: datetime) -> str:
        """The whole file."""
        return self._header(number, date) + "\n\n".join(self._blocks(number, words)) + "\n"

    def _header(self, number: int, date: datetime) -> str:
        return (
            f"---\ntitle: {self._say(7).capitalize()} {number}\ndate: {date.isoformat()}\n"
            f"author: {AUTHORS[number % len(AUTHORS)]}\ntags: [{', '.join(self._chance.sample(self._tags, 3))}]\n"
            f"summary: {self._sentence()}\n---\n\n"
        )

    def _blocks(self, number: int, words: int) -> Iterator[str]:
        yield self._paragraph(words // 4) + f" See [{self._say(3)}](https://example.org/{number})."
        yield f"## {self._say(4).capitalize()}"
        yield "\n".join(f"- {self._say(words // 48)}" for _ in range(4))
        yield self._paragraph(words // 4)
        yield f"> {self._say(words // 12)}"
        yield f"```python\nfor {self._say(1)} in range({number}):\n    print('{self._say(4)}')\n```"
        yield self._paragraph(words // 3)

    def _paragraph(self, words: int) -> str:
        return " ".join(self._sentence() for _ in range(max(1, words // 11)))

    def _sentence(self) -> str:
        words = self._pick(self._chance.randint(6, 16))
        words[2] = f"*{words[2]}*"
        return " ".join(words).capitalize() + "."

    def _say(self, words: int) -> str:
        return " ".join(self._pick(words))

    def _pick(self, words: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights, k=max(1, words))

    def _word(self) -> str:
        syllables = zip(self._chance.choices(_CONSONANTS, k=5), self._chance.choices(_VOWELS, k=5), strict=True)
        word = "".join(consonant + vowel for consonant, vowel in syllables)
        return word[: self._chance.randint(2, 9)]
