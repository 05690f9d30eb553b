"""From bytes to text."""

import pytest

from feedsvc.articles.problems import Notes, Unreadable
from feedsvc.articles.source.decoding import clean_text, decode


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        (b"\xfe\xff" + "Grüße".encode("utf-16-be"), "Grüße"),
        ("Grüße".encode("utf-32"), "Grüße"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"a\x0cb\x0bc", "a b c"),
        ("a\x85b\u2028c\u2029d".encode(), "a\nb\nc\n\nd"),
        ("Grüße an alle".encode("utf-16-le"), "Grüße an alle"),
        ("Grüße an alle".encode("utf-16-be"), "Grüße an alle"),
        ("<p>ニュース</p>".encode("iso2022_jp"), "<p>ニュース</p>"),
    ],
    ids=[
        "UTF-8",
        "UTF-8 with a mark",
        "UTF-16",
        "UTF-16 BE",
        "UTF-32",
        "line ends",
        "form feed",
        "other line ends",
        "UTF-16 LE without a mark",
        "UTF-16 BE without a mark",
        "7 bits",
    ],
)
def test_text_is_read_without_a_warning(content: bytes, expected: str) -> None:
    """What is Unicode, marked or not, is read as it is; line ends become line feeds."""
    notes = Notes("a.txt")
    assert decode(content, notes) == expected
    assert notes.warnings == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("café crème à Noël", "cp1252"),
        ("“Quotes” – and a naïve façade, it’s a déjà vu", "cp1252"),
        ("It’s", "cp1252"),
        ("Привет, мир. Это новость о погоде.", "cp1251"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("日本語のニュース記事です。今日は天気がいい。", "shift_jis"),
    ],
)
def test_older_encodings_are_told_with_a_warning(text: str, encoding: str) -> None:
    """A file in a legacy encoding is read, and its author is asked to save it as UTF-8."""
    notes = Notes("a.txt")
    assert decode(f"Title\n{text}".encode(encoding), notes) == f"Title\n{text}"
    assert [(note.line, note.what[:9]) for note in notes.warnings] == [(2, "not UTF-8")]


@pytest.mark.parametrize(
    ("head", "encoding", "read_as"),
    [
        ('<meta charset="windows-1251">', "cp1251", "cp1251"),
        ("<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8-r", "koi8-r"),
        ('<?xml version="1.0" encoding="iso-8859-5"?>', "iso8859-5", "iso8859-5"),
        ("<meta charset=gb2312>", "gb18030", "gb18030"),
        ("<meta charset=Shift_JIS>", "cp932", "cp932"),
    ],
)
def test_a_declared_encoding_is_taken_at_its_word(head: str, encoding: str, read_as: str) -> None:
    """HTML and XML say what they are in; the larger encoding is meant where there is one."""
    notes = Notes("a.html")
    text = f"{head}\n<p>Погода</p>"
    assert decode(text.encode(encoding), notes) == text
    assert [(note.line, note.what) for note in notes.warnings] == [
        (2, f"not UTF-8; read as {read_as}, as it declares")
    ]


@pytest.mark.parametrize("label", ["x-unknown", "utf-8", "utf-16", "rot13", "base64"])
def test_an_encoding_that_is_declared_wrongly_is_told(label: str) -> None:
    """Unknown, or not that of the file: then it is guessed as ever."""
    notes = Notes("a.html")
    assert "café" in decode(f"<meta charset={label}>\ncafé crème à Noël".encode("cp1252"), notes)
    assert [note.line for note in notes.warnings] == [1, 2]
    assert label in notes.warnings[0].what


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Сегодня в городе ожидается дождь, завтра будет ясно и тепло.", "koi8-r"),
        ("今天天气很好，我们去公园散步，看见很多花。", "gb18030"),
        ("오늘은 날씨가 좋아서 공원에 산책하러 갔습니다.", "euc-kr"),
    ],
)
def test_other_encodings_are_read_with_a_warning(text: str, encoding: str) -> None:
    """Guessed by their letters, and never in silence."""
    notes = Notes("a.txt")
    assert decode(f"{text}\n{text}\n".encode(encoding), notes) == f"{text}\n{text}\n"
    assert [note.what[:9] for note in notes.warnings] == ["not UTF-8"]


def test_a_control_character_does_not_hide_the_encoding() -> None:
    """One backspace in an old file must not set it aside."""
    notes = Notes("a.txt")
    assert decode("café crème\b".encode("cp1252"), notes) == "café crème"
    assert len(notes.warnings) == 2


def test_forbidden_characters_are_removed_and_counted() -> None:
    """XML 1.0 forbids them (section 2.2); the warning tells how many and where the first one stands."""
    notes = Notes("a.txt")
    assert decode("one\ntw\bo\x00\ufffe".encode(), notes) == "one\ntwo"
    assert [(note.line, note.what.split()[0]) for note in notes.warnings] == [(2, "3")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x08", "empty"),
        (b"%PDF-1.7 looks like text", "no text file"),
        (b"\x89PNG\r\n\x1a\n", "no text file"),
        (b"words\x00\x01\x02\x03\x00\x00\x00" * 20, "no text file"),
        (b"\xff\xfeabc", "UTF-16"),
        (b"\xff\xfe\x00\x00abc", "UTF-32"),
    ],
    ids=["nothing", "blanks", "only a mark", "only control", "PDF", "PNG", "NULs", "half UTF-16", "half UTF-32"],
)
def test_what_is_no_text_is_set_aside(content: bytes, what: str) -> None:
    """A file without text is a problem with a remedy, not an empty article."""
    with pytest.raises(Unreadable, match=what) as caught:
        decode(content, Notes("a.txt"))
    assert caught.value.problem.remedy


def test_an_encoding_that_cannot_be_told_sets_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no encoding fits, guessing would publish rubbish."""

    class Nothing(list[object]):
        def best(self) -> None:
            return None

    monkeypatch.setattr("charset_normalizer.from_bytes", lambda *_, **__: Nothing())
    with pytest.raises(Unreadable, match="encoding cannot be told"):
        decode(b"caf\xe9", Notes("a.txt"))


def test_an_encoding_that_fits_only_a_part_sets_aside() -> None:
    """What is told by the text without control characters may not be able to read the text with them."""
    with pytest.raises(Unreadable, match="encoding cannot be told"):
        decode(b"\xaa*\x82\x00\x9c\xe6\xb8\xaf\xebY<`toc >}u\n", Notes("a.txt"))


def test_clean_text_keeps_what_xml_allows() -> None:
    """The production Char, to its edges."""
    allowed = "\t\n\r \ud7ff\ue000\ufffd\U00010000\U0010ffff"
    assert clean_text(f"\x00\x08\x0b{allowed}\ud800\udfff\ufffe\uffff") == allowed
