"""What other publishing programs would have replaced in an article."""

import time

import pytest

from feedsvc.articles.markup.shortcodes.resolver import resolve
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
        ('{{< button href="/a" >}}Go{{< /button >}}', '<a href="/a">Go</a>'),
        ('{{</* figure src="x" */>}}', '{{< figure src="x" >}}'),
        ("{{/* a note */}}text", "text"),
        ("{{< unknown a=1 >}}text{{< /unknown >}}", "text"),
        ("{{< figure never closed", "{{< figure never closed"),
        ("{{< quote Jane >}}Words{{< /quote >}}", "<blockquote>Words<p>— Jane</p></blockquote>"),
        ("{{< highlight go >}} never closed", "never closed"),
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
        ("![a]({{ site.baseurl }}/img/a.png)", "![a](/img/a.png)"),
        ("![a]({{ '/img/a.png' | relative_url }})", "![a](/img/a.png)"),
        ("[p]({% post_url 2024-01-02-a %})", "[p]({post}2024-01-02-a)"),
        ("[l]({{ site.url }}{% link _posts/2024-01-02-a.md %})", "[l]({link}_posts/2024-01-02-a.md)"),
        ("{% comment %}no{% endcomment %}yes{# nor this #}", "yes"),
        ("{% if x > 1 %}y{% endif %}", "y"),
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
        ("{% assign x = 1 %}{{ page.title }}", ["{% assign %}, {{ page.title }}"]),
        (
            "".join(f"{{{{< x{number} >}}}}" for number in range(12)),
            [", ".join(f"{{{{< x{n} >}}}}" for n in range(10)) + " and 2 more"],
        ),
    ],
    ids=["shortcodes", "tags", "many"],
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
