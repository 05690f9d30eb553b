import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.identity.matching import FEWEST, SIMILAR, are_similar, similarity, sketch

WORDS = [f"word{number}" for number in range(600)]
words = st.lists(st.sampled_from(WORDS), min_size=FEWEST + 2, max_size=300)


def body(parts: list[str]) -> str:
    """A paragraph of these words."""
    return f"<p>{' '.join(parts)}</p>"


def edited(every: int) -> list[str]:
    """The words, every so manieth of them another one."""
    return ["new" if number % every == 0 else word for number, word in enumerate(WORDS)]


@pytest.mark.parametrize(
    ("other", "known"),
    [
        (WORDS, True),
        (["Something", "new", "above", *WORDS], True),
        (WORDS[:450], True),
        (WORDS[:200], False),
        (edited(20), True),
        (edited(10), True),
        (edited(5), False),
        (WORDS[300:] + WORDS[:300], True),
        ([word.upper() for word in WORDS], True),
        ([f"{word}," for word in WORDS], True),
        ([f"<b>{word}</b>" for word in WORDS], True),
        (WORDS[::-1], False),
        (sorted(WORDS), False),
    ],
    ids=[
        "the same",
        "a sentence added",
        "a quarter cut",
        "two thirds cut",
        "one word in twenty",
        "one word in ten",
        "one word in five",
        "halves exchanged",
        "other letters",
        "other points",
        "other tags",
        "backwards",
        "the same words in another order",
    ],
)
def test_an_edited_text_is_known_by_its_runs_of_words(other: list[str], *, known: bool) -> None:
    """A mended and shortened text is known again; one of the same words is not thereby the same."""
    assert bool(are_similar({"a": sketch(body(WORDS))}, {"b": sketch(body(other))})) == known


@given(words, words)
def test_the_estimate_of_short_texts_is_exact(one: list[str], other: list[str]) -> None:
    """Nothing is left out of a text with fewer runs than are kept."""
    one, other = one[:60], other[:60]
    runs = [{*zip(each, each[1:], each[2:], strict=False)} for each in (one, other)]
    if min(map(len, runs)) >= FEWEST:
        exact = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        assert similarity(sketch(body(one)), sketch(body(other))) == pytest.approx(exact)


@given(words, words)
def test_likeness_is_mutual(one: list[str], other: list[str]) -> None:
    """It does not matter which text was first."""
    first, second = sketch(body(one)), sketch(body(other))
    assert similarity(first, second) == similarity(second, first)


def test_a_note_is_too_short_to_be_known() -> None:
    """Greetings are alike without being the same article."""
    assert sketch(body(WORDS[: FEWEST + 1])) == ()
    assert len(sketch(body(WORDS[: FEWEST + 2]))) == FEWEST
    assert similarity((), ()) == 0.0
    assert are_similar({"a": ()}, {"b": ()}) == []


def test_scripts_without_blanks_are_told_by_their_characters() -> None:
    """Where no blank parts the words, one edit must not make a single new word of a whole sentence."""
    text = "春の海終日のたりのたりかな古池や蛙飛びこむ水の音夏草や兵どもが夢の跡"
    assert similarity(sketch(f"<p>{text}</p>"), sketch(f"<p>{text.replace('蛙', '鳥')}</p>")) >= SIMILAR


def test_the_most_alike_come_first_and_the_order_decides_between_equals() -> None:
    """Of two drafts of one text each file is given its own; of equal ones the first."""
    whole, cut = sketch(body(WORDS)), sketch(body(WORDS[:400]))
    assert are_similar({"whole": whole, "cut": cut}, {"x": cut, "y": whole})[:2] == [("cut", "x"), ("whole", "y")]
    assert are_similar({"a": whole, "b": whole}, {"x": whole, "y": whole})[:2] == [("a", "x"), ("b", "x")]


def test_phrases_of_the_house_tell_nothing() -> None:
    """Hundreds of texts that share an imprint are not compared with each other one by one."""
    imprint = [f"imprint{number}" for number in range(100)]
    texts = {str(number): sketch(body([*imprint, f"text{number}"])) for number in range(51)}
    assert are_similar(texts, {"new": texts["0"]}) == []
    del texts["50"]
    assert ("0", "new") in are_similar(texts, {"new": texts["0"]})
