"""What the Markdown of each publishing program becomes: dialect by construct, and prose that must stay as it is.

Each pair in ``tests/data/dialects`` is named ``dialect.construct``: what an author wrote, and beside it the clean
HTML that feeds carry, below a first line with the summary.
"""

import re
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.model import Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

PAIRS = Path(__file__).parent.parent / "data" / "dialects"
WRITTEN = sorted(path.name for path in PAIRS.iterdir() if path.suffix in {".md", ".mdx"})
RULES = ReadOptions("https://ex.example", ZoneInfo("UTC"), 5_000_000)


def reading(directory: Path, path: str) -> Reading:
    """The article at ``path``."""
    return read(directory, path, scan(directory), RULES)


def of_text(tmp_path: Path, text: str, name: str = "a.md") -> Reading:
    """An article of ``text``."""
    (tmp_path / name).write_text(text, "utf-8")
    return reading(tmp_path, name)


@pytest.mark.parametrize("path", WRITTEN)
def test_the_markup_of_a_dialect_becomes_html(path: str) -> None:
    """Nothing of the notation is left, in the body or in the summary."""
    found = reading(PAIRS, path)
    expected = (PAIRS / path).with_suffix(".html").read_text("utf-8")
    assert f"<!-- summary: {found.article.summary} -->\n{found.body.strip()}\n" == expected


PROSE = (
    "It costs $5 or $6, or US$7 with $8_off and a_b$.",
    "From $5 (*now*, perhaps) to the other end, for US($ only.",
    "Set $HOME/x_y and $PATH, then ${EDITOR} and $1.",
    "A ~5 minute walk, 5~10 and 15~20 people, ~/bin and a~b.",
    "It is 2^10 or 3^5, ^_^ and the caret ^ alone; 2^n+3^n.",
    "If a==b and c==d, then == is none; 1==2.",
    "C++ and c++, a||b, x !== y, --flag and != too.",
    "100%% sure, and %%d of printf.",
    "A set {a, b}, a name {x} and the braces {} { }.",
    "The pattern ^[a-z]+$ and the note [1] and [sic].",
    "He said \\(see below\\) and \\[sic\\] and \\[1\\] and person\\(s\\).",
    "Wow!!! Really??? === Yes.",
    "At 10:30 : a smile :) and ::: too.",
    "[toc] is a word here, and [[toc]] too.",
    "/// three slashes",
    "!!! Attention please",
    "<3 and a < b > c, AT&T.",
    "C++ and ++i and j++; ^^; so happy ^^ yes ^^.",
    "The words [code] and [caption], x[[1]], [[1, 2], [3]] and --8<-- here.",
    "A {--flag} and {++i}, at 10:30:45 or a:b:c.",
)


@pytest.mark.parametrize("line", PROSE)
def test_prose_with_such_signs_stays_prose(tmp_path: Path, line: str) -> None:
    """Prices, ranges, operators and smileys are no markup of any dialect: the words come out as they went in."""
    found = of_text(tmp_path, f"---\ntitle: T\n---\n{line}\n")
    shown = line.replace("(*now*, perhaps)", "(now, perhaps)").replace("\\", "")
    assert found.article.summary == shown
    assert all(f"<{tag}>" not in found.body for tag in ("sub", "sup", "del", "mark", "dl", "aside", "math"))
    assert not found.warnings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~~gone~~ and ~gone~ too", "<p><del>gone</del> and <del>gone</del> too</p>"),
        (
            "a `$x_1$` and `{: .x}` and `%%y%%`",
            "<p>a <code>$x_1$</code> and <code>{: .x}</code> and <code>%%y%%</code></p>",
        ),
        ("```\n!!! note\n    x\n{: .y}\n$$\n```", "<pre><code>!!! note\n    x\n{: .y}\n$$\n</code></pre>"),
        ("    $x_1$\n    {: .y}", "<pre><code>$x_1$\n{: .y}\n</code></pre>"),
        ("<div>\n*as it is*\n</div>", "<div>\n*as it is*\n</div>"),
        ("a\\$x_1$ b", "<p>a$x_1$ b</p>"),
    ],
    ids=["strikethrough", "code in a line", "fenced code", "indented code", "bare HTML", "an escaped dollar"],
)
def test_what_markdown_means_by_itself_stays(tmp_path: Path, text: str, expected: str) -> None:
    """Code shows every notation, and CommonMark keeps its own."""
    assert of_text(tmp_path, text).body.strip() == expected


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("a.md", "One.\n\n{::comment}\nsecret", 3, "{::comment} is never closed"),
        ("a.md", "One.\n\n{{< comment >}}\nsecret", 3, "{{< comment >}} is never closed"),
        ("a.md", "One.\n{% comment %}secret", 2, "{% comment %} is never closed"),
        ("a.md", "One.\n{% css %}secret{% endcss %}", 2, "{% css %}"),
        ("a.md", "One.\n\nAt <%= secret %>.", 3, "<%= secret %>"),
        ("a.md", "One.\n{% macro x() %}secret{% endmacro %}", 2, "{% macro %}"),
        ("a.md", "One.\n{% for x in y %}\n* secret {% endfor %}", 2, "{% for %}"),
        ("a.md", "{% if x %}One{% else %}secret{% endif %}", 1, "{% if %}"),
        ("a.mdx", "One.\n\n<Frame>\n\nTwo.\n\n</Frame>", 3, "<Frame>"),
        ("a.mdx", "One.\n\n<Tabs>\n\n  {x.y}\n\n</Tabs>", 5, "{x.y}"),
        ("a.mdx", "One.\n\n<img src={pictures.one} />", 3, "src={pictures.one}"),
        ("a.md", "One.\n\n!!! note\n    Two.\n\n    {{< three >}}", 6, "{{< three >}}"),
    ],
)
def test_what_is_lost_is_named_with_its_line(tmp_path: Path, name: str, text: str, line: int, words: str) -> None:
    """Also below lines that were put in between; and what a comment hides never comes out."""
    found = of_text(tmp_path, f"---\ntitle: T\n---\n{text}\n", name)
    assert [(warning.line, words in warning.what) for warning in found.warnings] == [(line + 3, True)]
    assert "secret" not in found.body


@pytest.mark.parametrize(
    "text",
    [
        '{{% hugo-encryptor "word" %}}\nsecret\n{{% /hugo-encryptor %}}',
        "{{< private >}}secret{{< /private >}}",
        "{% draft %}secret{% enddraft %}",
    ],
)
def test_what_only_some_may_read_is_for_no_feed(tmp_path: Path, text: str) -> None:
    """It is left out like a comment."""
    found = of_text(tmp_path, f"---\ntitle: T\n---\nOne.\n\n{text}\n\nTwo.\n")
    assert "secret" not in f"{found.body}{found.article.summary}"
    assert "Two." in found.body


def test_a_wiki_link_leads_to_the_note_of_that_name(tmp_path: Path) -> None:
    """Wherever the note lies, as Obsidian finds it; a picture too, with its size."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/High Tide.md").write_text("# High Tide\n\nWords.\n")
    (tmp_path / "notes/map.png").write_bytes(b"x")
    found = of_text(tmp_path, "---\ntitle: T\n---\n[[High Tide#The Moon|tides]] and ![[map.png|300]]\n")
    address = next(iter(found.article.linked_articles))[0]
    assert f'<a href="https://ex.example{address}#the-moon">tides</a>' in found.body
    assert found.article.linked_articles[0][1] == "notes/High Tide.md"
    assert '/map.png" alt="" width="300">' in found.body
    assert not found.warnings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<img src="a.png" alt="[[a]] b">', '<img src="https://ex.example/a.png" alt="[[a]] b">'),
        ('<img src="a.png"\n  alt="[[a]] b">', '<p><img src="https://ex.example/a.png" alt="[[a]] b"></p>'),
        ("![the [[a]] b](a.png)", '<p><img src="https://ex.example/a.png" alt="the [[a]] b"></p>'),
        ("[the [[a]] b](https://x.example)", '<p><a href="https://x.example">the [[a]] b</a></p>'),
        ("[a](https://x.example/[[b]])", '<p><a href="https://x.example/%5B%5Bb%5D%5D">a</a></p>'),
        ("[[C#]], [[F# lang]] and [[*args*]].", "<p>[[C#]], [[F# lang]] and [[*args*]].</p>"),
        ("[see [[Ebb]] here]", '<p>[see <a href="https://ex.example/ebb">Ebb</a> here]</p>'),
    ],
)
def test_brackets_within_a_tag_an_address_or_a_link_are_no_link(tmp_path: Path, text: str, expected: str) -> None:
    """Nor are those around what is no file, which stay as they were written."""
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "Ebb.md").write_text("# Ebb\n\nWords.\n")
    body = of_text(tmp_path, f"---\ntitle: T\n---\n{text}\n").body.strip()
    assert re.sub(r"/media/[0-9a-f]+", "", body) == expected


@pytest.mark.parametrize("text", ["Use [[nodiscard]] here.", "As [[Smith 2004]] says."])
def test_brackets_around_no_name_of_a_file_stay(tmp_path: Path, text: str) -> None:
    """An attribute of C++ and a citation are no wiki links."""
    assert of_text(tmp_path, f"---\ntitle: T\n---\n{text}\n").body.strip() == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "这是%%secret%%正文。",
        "A[^1].\n\n[^1]: First.\n\n    Second %%secret%% {>>secret<<} {% comment %}secret{% endcomment %}",
        "- one\n" + "\n    more words\n" * 300 + "\n    %%secret%%",
        "==Much %%secret%% more==",
        "~gone %%secret%% too~",
        "{++a %%secret%% b++}",
        "{==a {>>secret<<} b==}",
        "> [!note] Title %%secret%%\n> words",
        ":::note Title %%secret%%\nwords\n:::",
        "/// note | Title %%secret%%\nwords\n///",
        "{>> secret words\n<!-- b <<}",
        "==%%secret%%==",
        "a ~%%secret%% gone~ b",
        "人々%%secret%%の話。",
        "한국어%%secret%%는",
    ],
)
def test_a_comment_is_left_out_wherever_it_stands(tmp_path: Path, text: str) -> None:
    """Beside letters that stand close to everything, in a note or a list, and within another notation."""
    found = of_text(tmp_path, f"---\ntitle: T\n---\n{text}\n")
    assert "secret" not in f"{found.body}{found.article.summary}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!! note\n\n    Words. <!-- secret -->", "!!! note\n\n    Words. "),
        ("{% for x in y %}<!-- secret -->{% endfor %}", "{% for x in y %}{% endfor %}"),
        ("{++ a <!-- secret -->++}", "{++ a ++}"),
        ("a\n\n> [//]: # (secret)\n", "a\n\n> "),
        ('a\n\n[c]: # "it is \\" secret"', "a"),
        ("words <!-- never closed\n\nmore", "words <!-- never closed\n\nmore"),
        ("\\<!-- words --> more", "\\<!-- words --> more"),
        ('[top]: # "Up"\n\nTo the [top].', '[top]: # "Up"\n\nTo the [top].'),
        ("    <!-- code -->\n\nwords", "    <!-- code -->\n\nwords"),
        ("[//]: # (one)\n\na\n\n[//]: # (two)", "a"),
        ("a\n\n> <!-- secret\n> more", "a\n\n> "),
        ("- <!-- secret", "- "),
        ("- > <!-- secret", "- > "),
        ("<!-- toc is bad, secret -->\n\na", "a"),
        ("[c]: # (a [c] secret)\n\na", "a"),
        ("{% if x %}a{% else %}b <!-- secret -->{% endif %}", "{% if x %}a{% else %}b {% endif %}"),
        ("{% raw %}\n<!-- open\n{% endraw %}\n\na", "{% raw %}\n<!-- open\n{% endraw %}\n\na"),
        ("a\n\n>     <!-- code\n\nb", "a\n\n>     <!-- code\n\nb"),
        ("a \\\\<!-- secret --> b", "a \\\\ b"),
        ("{{ x '<!--' }} words {{ y '-->' }}", "{{ x '<!--' }} words {{ y '-->' }}"),
    ],
)
def test_what_is_no_comment_stays_in_the_markdown(tmp_path: Path, text: str, expected: str) -> None:
    """And what is one leaves it, also within what a page does not show."""
    (tmp_path / "a.md").write_text(f"---\ntitle: T\n---\n{text}\n", "utf-8")
    found = read(tmp_path, "a.md", scan(tmp_path), replace(RULES, keep_markdown=True))
    assert found.markdown == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Строки %%имя и %%дата.", None),
        (
            "/// note | Title <!-- c -->\nwords\n///",
            "<aside><p><strong>Title</strong></p>\n<p>words</p>\n</aside>",
        ),
        ("a ~<!-- x~ b", "<p>a <del>&lt;!-- x</del> b</p>"),
        ("Joe wrote\n\n<Joe@x.example> wrote:\n\n    {{ code }} here", None),
        ("=== Code\n\n    {{ code }} here", None),
    ],
)
def test_what_only_looks_like_a_comment_or_holds_one_stays(
    tmp_path: Path, text: str, expected: str | None
) -> None:
    """With every word; where nothing else is expected, all that is written is shown."""
    body = of_text(tmp_path, f"---\ntitle: T\n---\n{text}\n").body.strip()
    if expected is None:
        assert re.sub(r"\W", "", re.sub(r"<[^>]*>", "", body)) == re.sub(r"\W", "", text)
    else:
        assert body == expected


@pytest.mark.parametrize("text", ["```\n:::note\nWords\n:::\n```", "`:::tip Words`"])
def test_code_about_directives_keeps_its_first_words(tmp_path: Path, text: str) -> None:
    """They name no language."""
    assert of_text(tmp_path, text).body.count(":::") == text.count(":::")


def test_the_markdown_that_feeds_hold_has_no_comments(tmp_path: Path) -> None:
    """Of no program, and nothing for members; all else is as it was written, code too."""
    shown = (
        "A {{< figure src=a.png >}}, $x_1$, ==m== and `<!-- shown -->`.\n\n```\n{% comment %}\n```\n\n"
        ":material-home: *[HTML]: text {++new++} [a][b] ~~x~~ {{ site.url }}/x\n\n{: .wide}\n\n"
        '*[HTML]: Hypertext\n[b]: https://b.example "B"\n[top]: #\n\n'
    )
    hidden = (
        "<!-- secret -->{% comment %}secret{% endcomment %}{>>secret<<}%%secret%%{{/* secret */}}"
        "{{< private >}}secret{{< /private >}}{::comment}secret{:/comment}{{!-- it's\nsecret --}}{{! secret }}"
        "{# secret #}<%# secret %><%-- a %> secret --%>{/* secret */}\n\n"
        "[comment]: # (secret)\n[//]: # \"secret\"\n[_]: <> 'secret'\n\n"
    )
    text = f"---\ntitle: T\n---\n{shown}{hidden}End.\n\n<!--members-only-->\n\nsecret\n"
    (tmp_path / "a.md").write_text(text, "utf-8")
    found = read(tmp_path, "a.md", scan(tmp_path), replace(RULES, keep_markdown=True))
    assert found.markdown is not None
    assert found.markdown.startswith(shown)
    assert found.markdown.endswith("End.")
    assert "secret" not in found.markdown


@pytest.mark.parametrize(
    "mark", ["<!--members-only-->", "<!-- wp:jetpack/paywall -->", '<div class="paywall-jump" data-x="y"></div>']
)
@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_what_is_for_members_is_for_no_feed(tmp_path: Path, mark: str, name: str) -> None:
    """Below the mark of Ghost or WordPress; a warning says so."""
    found = of_text(tmp_path, f"<p>One.</p>\n\n{mark}\n\n<p>secret</p>\n", name)
    assert "secret" not in f"{found.body}{found.article.summary}"
    assert [(warning.line, "left out" in warning.what) for warning in found.warnings] == [(3, True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a from 'b'\n\nA \\{brace\\}.", "<p>A {brace}.</p>"),
        ("import a from 'b'\n\nA {brace}.", "<p>A .</p>"),
    ],
)
def test_an_escaped_brace_is_no_code(tmp_path: Path, text: str, expected: str) -> None:
    """As MDX has it."""
    assert of_text(tmp_path, text, "a.mdx").body.strip() == expected


@pytest.mark.parametrize(
    "separator",
    [
        "<!-- more -->",
        "<!--truncate-->",
        "<!-- TEASER_END: Go on -->",
        "<!-- PELICAN_END_SUMMARY -->",
        "READMORE",
        "<!-- excerpt -->",
        "<!-- end excerpt -->",
        "{/* truncate */}",
        '<span id="more-12"></span>',
        "<!-- cut -->",
    ],
)
def test_the_excerpt_ends_at_the_mark(tmp_path: Path, separator: str) -> None:
    """Of every program; the mark itself is not seen."""
    found = of_text(tmp_path, f"---\ntitle: T\n---\nOne.\n\nTwo.\n\n{separator}\n\nThree.\n", "a.mdx")
    assert found.article.summary == "One. Two."
    assert "MORE" not in found.body


@pytest.mark.parametrize("separator", ["<!-- here -->", "---8<---", "***"])
def test_the_header_says_where_the_excerpt_ends(tmp_path: Path, separator: str) -> None:
    """Jekyll's and Eleventy's ``excerpt_separator``."""
    head = f'---\ntitle: T\nexcerpt_separator: "{separator}"\n---\n'
    found = of_text(tmp_path, f"{head}One.\n\nTwo.\n\n{separator}\n\nThree.\n")
    assert found.article.summary == "One. Two."
    assert "8&lt;" not in found.body


HOSTILE = (
    *(
        "$",
        "$a_1 ",
        "$$",
        "\\(",
        "\\[x_1",
        "\\(a\\)",
        "%%",
        "a~b",
        "^a",
        "==a ",
        "{: ",
        "{.a ",
        "{#a\n",
        "{::comment}",
        "%[http://",
        "{++a",
        "[[a",
        "{% else %}",
        "{% if a %}{% else %}",
        "::: {a",
        "<%",
        "++a+",
    ),
    *(
        "{::comment}{:/}",
        "[toc]\n",
        "> [!a]\n",
        "> " * 20 + "[!a]\n",
        "!!! a\n    ",
        '=== "a"\n    ',
        "/// a\n",
        "///\n",
    ),
    *(
        "<div markdown>\n",
        "<div markdown>x</div>\n",
        "</div>\n",
        "<A\n",
        "<A>\n",
        "<A>\n\n",
        "</A>\n",
        "<>",
        "<a b={",
    ),
    *(
        "<!-- toc -->",
        "<!-- START doctoc -->",
        "export {\n\n",
        "import {\n",
        "\n:   x\n\ny\n",
        "a^[b c] ",
        "* {:.a} b\n",
    ),
    *(
        "{:toc}\n\n* a\n",
        "# a {#b}\n\n",
        "```{.a}\n",
        "\\begin{align}",
        "漢\n",
        "<b>漢</b>\n",
        "e\u0301" * 3,
        "🇩🇪",
    ),
)


@pytest.mark.parametrize("size", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_repetition_ends(tmp_path: Path, piece: str, size: int) -> None:
    """What is begun ten thousand times and never ended takes no more than its share."""
    (tmp_path / "a.mdx").write_text(piece * (size // len(piece)), "utf-8")
    (tmp_path / "b.md").write_text(piece * (size // len(piece)), "utf-8")
    before = time.process_time()
    for path in ("a.mdx", "b.md"):
        with suppress(Unreadable):
            reading(tmp_path, path)
    assert time.process_time() - before < 20
