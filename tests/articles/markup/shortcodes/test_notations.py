"""Notations of other publishing programs in an article, and the one table to which a new one is added."""

import re
import time

import pytest

from feedsvc.articles.body import hidden_elements, pruner
from feedsvc.articles.markup.dialects import blocks, formulas, inline
from feedsvc.articles.markup.shortcodes import directives, handlers, mdx, notations, syntaxes
from feedsvc.articles.markup.shortcodes.handlers import Markup
from feedsvc.articles.markup.shortcodes.notations import NOTATIONS, Notation, resolve
from feedsvc.articles.markup.shortcodes.shortcode import Replacement, Shortcode, SourceText
from feedsvc.articles.problems import Notes


def resolved(text: str, path: str = "a.md") -> str:
    """``text`` with its leftovers resolved, and without the blank lines around."""
    return resolve(text, Notes(path), 0, markdown=True).strip()


def named(text: str, path: str = "a.md") -> list[str]:
    """What the warning says was left out."""
    notes = Notes(path)
    resolve(text, notes, 0, markdown=True)
    return [warning.what.partition(": ")[2] for warning in notes.warnings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{{< figure src="a.jpg" caption="A \\"b\\"" alt="x" width=5 >}}',
            '<figure><img src="a.jpg" alt="x" width="5"><figcaption>A "b"</figcaption></figure>',
        ),
        ('see {{< figure src="a.jpg" caption="x" >}} here', 'see <img src="a.jpg" alt="x"> here'),
        ('see {{< figure src="a.jpg" caption="*x* [y](/z)" >}} here', 'see <img src="a.jpg" alt="x y"> here'),
        (
            '{{< figure src="a.jpg" link="b.html" attr="Jane" >}}',
            '<figure><a href="b.html"><img src="a.jpg" alt=""></a><figcaption>Jane</figcaption></figure>',
        ),
        (
            "{{< youtube w7Ft2ymGmfc >}}",
            '<a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">https://www.youtube.com/watch?v=w7Ft2ymGmfc</a>',
        ),
        ('{{< vimeo id="1" title="A film" >}}', '<a href="https://vimeo.com/1">A film</a>'),
        (
            "{{< gist jane 789 >}}",
            '<a href="https://gist.github.com/jane/789">https://gist.github.com/jane/789</a>',
        ),
        (
            '{{< tweet user="jane" id="14531" >}}',
            '<a href="https://twitter.com/i/status/14531">https://twitter.com/i/status/14531</a>',
        ),
        ("{{< audio src=`a.mp3` >}}", '<audio src="a.mp3" controls></audio>'),
        (
            '{{< highlight go "linenos=table" >}}\nif a < b { `c` }\n{{< /highlight >}}',
            '<pre><code class="language-go">if a &lt; b { `c` }\n</code></pre>',
        ),
        (
            "{{< mermaid >}}\nA-->B\n{{< /mermaid >}}",
            '<pre><code class="language-mermaid">A--&gt;B\n</code></pre>',
        ),
        (
            "{{% notice warning %}}\nMind *this*.\n{{% /notice %}}",
            "<aside><p><strong>Warning</strong></p>\n\n\nMind *this*.\n</aside>",
        ),
        (
            '{{< details "More" >}}inner{{< /details >}}',
            "<details><summary>More</summary>inner</details>",
        ),
        ('[x]({{< relref "posts/b c.md#d" >}})', "[x]({ref}posts/b%20c.md#d)"),
        ('See {{< ref "b&c.md" >}}.', 'See <a href="{ref}b%26c.md">b&amp;c.md</a>.'),
        ('[x]: {{< ref "b.md" >}}', "[x]: {ref}b.md"),
        ('<a title="a" href="{{< ref "b.md" >}}">', '<a title="a" href="{ref}b.md">'),
        ("{{% raw %}}{{% x %}}{{% /raw %}}", "{{% x %}}"),
        ("{{< chart >}}\ntype: bar\n{{< /chart >}}", '<pre><code class="language-chart">type: bar\n</code></pre>'),
        ("{{% media url=https://a.ex/b %}}", '<a href="https://a.ex/b">https://a.ex/b</a>'),
        ('{{< button href="/a" >}}Go{{< /button >}}', '<a href="/a">Go</a>'),
        ('{{</* figure src="x" */>}}', '{{< figure src="x" >}}'),
        ("{{/* a note */}}text", "text"),
        ("{{< unknown a=1 >}}text{{< /unknown >}}", "text"),
        ("{{< figure never closed", "{{< figure never closed"),
        ("{{< quote Jane >}}Words{{< /quote >}}", "<blockquote>Words<p>— Jane</p></blockquote>"),
        ("{{< highlight go >}} never closed", "never closed"),
        ('{{< style "text-align:right" >}}text{{< /style >}}', "text"),
        ("{{< style >}}p {}{{< /style >}}", ""),
        ("a{{< draft />}}b{{% private /%}}c", "abc"),
        ("a{{< draft />}}b{{< draft >}}secret{{< /draft >}}c", "abc"),
    ],
)
def test_shortcodes_of_hugo(text: str, expected: str) -> None:
    """Pictures, players, code, notices and references keep what they carry."""
    assert resolved(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{% highlight ruby linenos %}\nputs "`x"\n{% endhighlight %}',
            '<pre><code class="language-ruby">puts "`x"\n</code></pre>',
        ),
        ("{%- raw -%}{{ a.b }} {% c %}{%- endraw -%}", "{{ a.b }} {% c %}"),
        (
            '{% include figure.html src="/a.png" caption="x" %}',
            '<figure><img src="/a.png" alt="x"><figcaption>x</figcaption></figure>',
        ),
        (
            '{% include video id="abc" provider="youtube" %}',
            '<a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a>',
        ),
        ('{% include card2.html url="/a" title="T" %}', '<a href="/a">T</a>'),
        (
            '{% include note.html content="Mind *this*" %}',
            "<aside><p><strong>Note</strong></p>\n\nMind *this*\n\n</aside>",
        ),
        ("![a]({{ site.baseurl }}/img/a.png)", "![a](/img/a.png)"),
        ("![a]({{ '/img/a.png' | relative_url }})", "![a](/img/a.png)"),
        ("[p]({% post_url 2024-01-02-a %})", "[p]({post}2024-01-02-a)"),
        ("[l]({{ site.url }}{% link _posts/2024-01-02-a.md %})", "[l]({link}_posts/2024-01-02-a.md)"),
        ("{% comment %}no{% endcomment %}yes{# nor this #}", "yes"),
        ("{% if x > 1 %}y{% endif %}", "y"),
        ("{% if a %}1{% if b %}2{% else %}3{% endif %}4{% elsif c %}5{% else %}6{% endif %}7", "1247"),
        ("{% case a %}{% when 1 %}1{% when 2 %}2{% endcase %}", "1"),
        ("{% for a in b %}{% if c %}1{% else %}2{% endif %}{% endfor %}3", "3"),
        ("{% else %}1{% endif %}2", "12"),
        ("{% link https://a.ex/b %}", '<a href="https://a.ex/b">https://a.ex/b</a>'),
        ("{% post_link a-b 'New c' %}", '<a href="{slug}a-b">New c</a>'),
        ("{% pullquote right %}x{% endpullquote %}", "<blockquote>x</blockquote>"),
        ("go to {% post_url 2024-01-02-a %}", 'go to <a href="{post}2024-01-02-a">2024-01-02-a</a>'),
        ('{% image "./a.png", "A cat", "100vw" %}', '<figure><img src="./a.png" alt="A cat"></figure>'),
        ("{% codeblock lang:js %}\nx\n{% endcodeblock %}", '<pre><code class="language-js">x\n</code></pre>'),
        ("{% callout %}\nx\n{% endcallout %}", "<aside><p><strong>Callout</strong></p>\n\n\nx\n</aside>"),
        (
            "- a\n\n    {% highlight c %}\n    int x;\n    {% endhighlight %}",
            '- a\n\n    <pre><code class="language-c">    int x;\n    </code></pre>',
        ),
        ("{{ youtube(id='abc', title=\"T\") }}", '<a href="https://www.youtube.com/watch?v=abc">T</a>'),
        (
            '{% quote(author="Jane") %}\nWords\n{% end %}',
            "<blockquote>\n\n\nWords\n<p>— Jane</p></blockquote>",
        ),
        ('[x]({{ get_url(path="@/a.md") }})', "[x](@/a.md)"),
        ("{% link", "{% link"),
        ("{% highlight c %} never closed", "never closed"),
    ],
)
def test_tags_of_liquid_nunjucks_and_tera(text: str, expected: str) -> None:
    """Jekyll, Eleventy, Hexo and Zola write them alike."""
    assert resolved(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import Tabs from '@theme/Tabs';\nimport './x.css'\n\nWords", "Words"),
        ("import a, { b,\n c } from 'x' with { type: 'json' }\nWords", "Words"),
        ("import * as x from 'y'\nexport const z = {\n  a: 1,\n}\n\nWords", "Words"),
        ("import duties from China rose.", "import duties from China rose."),
        (
            "<Tabs>\n<TabItem value='a' label='Apple'>\nText\n</TabItem>\n</Tabs>",
            "<p><strong>Apple</strong></p>\n\n\n\nText",
        ),
        ("<YouTube id={'abc'} title=\"T\" />", '<a href="https://www.youtube.com/watch?v=abc">T</a>'),
        (
            "import pic from './p.png'\n\n<Image src={pic} alt='x' width={5} {...rest} />",
            '<figure><img src="./p.png" alt="x" width="5"></figure>',
        ),
        ("<Image src={require('./a.png').default} />", '<figure><img src="./a.png" alt=""></figure>'),
        ("a{/* no */}b {'c'}", "ab c"),
        (
            "<CodeBlock language='js'>{`a < b`}</CodeBlock>",
            '<pre><code class="language-js">a &lt; b\n</code></pre>',
        ),
        ("<CodeBlock>never closed", "never closed"),
        ("<Foo a={{b: 1}}>bar</Foo>", "bar"),
        ("<Note title='Mind'>\nx\n</Note>", "<aside><p><strong>Mind</strong></p>\n\n\n\nx\n\n</aside>"),
    ],
)
def test_imports_components_and_expressions_of_mdx(text: str, expected: str) -> None:
    """They are code; what they show is kept."""
    assert resolved(text, "a.mdx") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Heading {#name}", "## Heading<!--attributes:id=name&block=-->"),
        ("a {#name}", "a {#name}"),
        ("text\n{: .wide}", "text\n<!--attributes:class=wide-->"),
        ("* TOC\n{:toc}", "* TOC\n<!--attributes:contents=list-->"),
        (
            ":::note Title\n\nText\n\n:::\nafter",
            "<aside><p><strong>Title</strong></p>\n\n\nText\n\n\n</aside>\n\nafter",
        ),
        (":::danger[Mind it]{.x}\ny\n:::", "<aside><p><strong>Mind it</strong></p>\n\ny\n\n</aside>"),
        ("::: {.callout-tip}\ny\n:::", "<aside><p><strong>Callout-tip</strong></p>\n\ny\n\n</aside>"),
        (":::note\nnever closed", "<aside><p><strong>Note</strong></p>\n\nnever closed\n\n</aside>"),
        (":::\nno directive", ":::\nno directive"),
    ],
)
def test_attributes_and_directives(text: str, expected: str) -> None:
    """Attributes wait for the finished HTML, admonitions are set apart."""
    assert resolved(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "`{{< figure >}}` and ``{% raw %} ` {{ a.b }}``",
        "```\n{{< x >}}\n{% y %}\n:::note\n```",
        "~~~~\n{{ a.b }}\n~~~\n{{ c.d }}",
        "> ```\n> {{ a.b }}\n> ```",
        "x\n\n    {{< figure >}}\n    {% y %}\n\n    {{ a.b }}",
        "<pre>{{ a.b }}</pre> <code>{% x %}</code>",
        "<!-- {{< x >}} -->",
        "\\frac{{a}}{b} and {a} and {{n+1}}",
        "Vec<String> and a <T> {b}",
        "a ::: b",
        "{} { } {{}} {%%} {",
        "Watch the [video of the talk][t].\n\n[t]: https://e.org/t",
        "An [audio version] and [video games][vg].\n\n[audio version]: https://e.org/a\n[vg]: https://e.org/v",
        "[video call]: https://e.org/v",
        "(see the [video below]) and [video a=b][t], not [/video]",
        "-----8<-----\nImportant excerpt\n-----8<-----",
        "--8<--\nImportant excerpt.\n--8<--",
        "See [[1]] and [[Two  words]].\n\n[1]: https://e.org/a\n[two words]: https://e.org/b",
        "cool ^^. Ja^^ gut ^^",
    ],
)
def test_code_and_what_only_looks_like_templates_is_not_touched(text: str) -> None:
    """An article about templates shows them."""
    assert resolved(text) == text
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{< one >}} {{% two a=1 %}} {{< one >}}", ["{{< one >}}, {{% two %}}"]),
        ('[gallery ids="1"][playlist ids="2"]', ["[gallery], [playlist]"]),
        ("{% assign x = 1 %}{{ page.title }}", ["{% assign %}, {{ page.title }}"]),
        (
            "".join(f"{{{{< x{number} >}}}}" for number in range(12)),
            [", ".join(f"{{{{< x{n} >}}}}" for n in range(10)) + " and 2 more"],
        ),
    ],
    ids=["shortcodes", "shortcodes of WordPress", "tags", "many"],
)
def test_what_is_left_out_is_named_once(text: str, words: list[str]) -> None:
    """One warning an article, which names each kind."""
    assert named(text) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{{< admonition tip "Mind it" false >}}x{{< /admonition >}}', "<strong>Mind it</strong>"),
        ('{{< alert "circle-info" >}}x{{< /alert >}}', "<strong>Alert</strong>"),
        ("{{< details More open >}}x{{< /details >}}", "<summary>More</summary>"),
        ('{{< button "/a" "primary" "_blank" >}}Go{{< /button >}}', '<a href="/a">Go</a>'),
        ('{{< button "/a" "Read it" >}}{{< /button >}}', '<a href="/a">Read it</a>'),
        ('{{< quote "Ida" "https://x.example/" >}}x{{< /quote >}}', "<p>— Ida</p>"),
        ('{{< chart "90% "never" >}}', ""),
        ("{% chart {x %}", ""),
        ("{{< chart\n  `a` b='c'\n  width=100% >}}", ""),
    ],
)
def test_arguments_are_never_text(text: str, expected: str) -> None:
    """Of those to a theme nothing is read; a title among them is, and so is what a call is wrapped around."""
    found = resolved(text)
    assert expected in found
    for word in ("false", "circle", "open", "primary", "_blank", "https", "never", "width"):
        assert word not in found


def test_many_expressions_before_a_reference_take_no_time() -> None:
    """Each is read in one way only."""
    before = time.process_time()
    resolved("[a](" + "{{a}}" * 40 + ' x {{< ref "a" >}}')
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| [[pub\\|x]] | y |", '| <a href="{note}pub">x</a> | y |'),
        ("| ![[p.png\\|100]] |", '| <img src="{note}p.png" alt="" width="100"> |'),
        ("| [[pub#Part\\|x]] |", '| <a href="{note}pub#part">x</a> |'),
    ],
)
def test_a_wiki_link_in_a_table(text: str, expected: str) -> None:
    """Its pipe is escaped there, since it is not the table's."""
    assert resolved(text) == expected


def test_the_warning_names_the_line_in_the_file() -> None:
    """Counted with the header above."""
    notes = Notes("a.md")
    resolve("one\n{{< x >}}", notes, 4, markdown=True)
    assert [(warning.line, warning.severity) for warning in notes.warnings] == [(6, "warning")]


def test_in_html_backticks_and_indents_are_no_code() -> None:
    """Jekyll's tags stand in HTML files too."""
    html = resolve("    `{{ site.baseurl }}/a` <pre>{{ a.b }}</pre>", Notes("a.html"), 0, markdown=False)
    assert html == "    `/a` <pre>{{ a.b }}</pre>"


HOSTILE = """{{< x |{{< x " |{% x |{% highlight x %}|{{ a |{{/* |{# |{/* |<A a={ |<A a="|{{% notice %}}
{{</* |{#a|{:|<Tabs>|{{{|{% quote() %}|{{< x '"`|{% x ' " |`a|``` |<!-- |<pre>|import {a,"""


@pytest.mark.parametrize("size", [50_000, pytest.param(300_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("piece", HOSTILE.replace("\n", "|").split("|"))
def test_hostile_repetition_ends(piece: str, size: int) -> None:
    """Each is searched once, however often it is begun; the square would take minutes of the larger text."""
    before = time.process_time()
    resolve(piece * (size // len(piece)), Notes("a.mdx"), 0, markdown=True)
    assert time.process_time() - before < 20


_KEY = re.compile(r"\[\[\[(\w+)\]\]\]")


def _read_key(source: SourceText, at: int) -> Replacement | None:
    found = _KEY.match(source.text, at)
    return Replacement(found.end(), f"<kbd>{found[1]}</kbd>") if found else None


def _resolved(text: str, path: str = "a.md") -> tuple[str, list[str]]:
    notes = Notes(path)
    resolved = resolve(text, notes, 0, markdown=not path.endswith(".html"))
    return resolved.strip(), [warning.what for warning in notes.warnings]


@pytest.mark.parametrize(
    ("in_html", "path", "expected"),
    [
        (False, "a.md", "Press <kbd>Esc</kbd> now"),
        (False, "a.html", "Press [[[Esc]]] now"),
        (True, "a.html", "Press <kbd>Esc</kbd> now"),
    ],
)
def test_a_notation_is_one_entry(in_html: bool, path: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article with no sign of any other notation is read by the new one; code is not."""
    text = "Press [[[Esc]]] now"
    assert _resolved(text, path)[0] == text
    new = Notation("[[[", r"\[{3}", _read_key, in_html=in_html)
    monkeypatch.setattr(notations, "NOTATIONS", (*NOTATIONS, new))
    assert _resolved(text, path) == (expected, [])
    assert _resolved("<code>[[[Esc]]]</code>", path)[0] == "<code>[[[Esc]]]</code>"


def test_a_notation_may_begin_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first cannot read the text, the next one does."""
    new = Notation("$", r"\$\{", lambda _source, at: Replacement(at + len("${price}"), "<b>5</b>"))
    monkeypatch.setattr(notations, "NOTATIONS", (*NOTATIONS, new))
    assert _resolved("It costs ${price}.")[0] == "It costs <b>5</b>."
    assert _resolved("As $x_1$ says")[0] == "As &#36;x&#95;1&#36; says"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{{< chess "e4" >}}', "a.md"),
        ('{% chess "e4" %}', "a.md"),
        ('{{ chess("e4") }}', "a.md"),
        ('<Chess title="e4" />', "a.mdx"),
        (":::chess e4\n:::", "a.md"),
    ],
)
def test_a_shortcode_is_one_entry(text: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the syntax, it is rendered; without the entry a warning names it or its words stay."""

    def chess(call: Shortcode, _inline: bool) -> Markup:
        return Markup(f"<b>{call.get('title', at=0)}</b>")

    before, warnings = _resolved(text, path)
    assert "<b>" not in before
    assert bool(warnings) is not text.startswith(":::")
    monkeypatch.setitem(handlers.HANDLERS, "chess", chess)
    rendered, warnings = _resolved(text, path)
    assert rendered.startswith("<b>e4</b>")
    assert not warnings


def test_a_block_of_indented_lines_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines are Markdown around which its HTML stands."""
    text = "@@@ Note\n    *words*"
    assert _resolved(text)[0] == text
    monkeypatch.setattr(blocks, "MARKERS", {**blocks.MARKERS, "@@@": lambda _line: Markup("<aside>", "</aside>")})
    assert _resolved(text)[0] == "<aside>\n\n*words*\n\n</aside>"


@pytest.mark.parametrize("attribute", ["class", "id", "role"])
def test_every_name_to_prune_is_looked_for(attribute: str) -> None:
    """The search before parsing finds each name of the tables, however it is quoted; ids are those of contents."""
    is_class = attribute == "class"
    for name in (each for each in hidden_elements.NAMES if is_class or "toc" in each or "contents" in each):
        for value in (f'"a {name}"', f"'{name} b'", name):
            assert pruner.needs_tree(f"<p>words</p><i title='x'{attribute}={value}>x</i>")


def test_no_module_is_missing_from_the_table() -> None:
    """Each function that reads a notation has an entry."""
    modules = (directives, formulas, inline, mdx, syntaxes)
    readers = {value for module in modules for name, value in vars(module).items() if name.startswith("read_")}
    assert readers == {notation.read for notation in NOTATIONS}
