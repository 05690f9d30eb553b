"""What HTML holds for the page around a text, or twice: none of it is for readers of a feed."""

import time

import pytest

from feedsvc.articles.body.pruner import pruned
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.html import read_html
from feedsvc.articles.problems import Notes

KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics>'
    "<mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>"
    '<annotation encoding="application/x-tex">x^2</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true"><span class="base">x2</span></span></span>'
)
MATHML = "<math{}><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></semantics></math>"
ONCE = MATHML.format(' alttext="x^2"')


@pytest.mark.parametrize(
    "hidden",
    [
        "<span hidden>no</span>",
        '<div HIDDEN="hidden">no <p>nor</p></div>',
        '<p style="display:none">no</p>',
        '<p style="color: red; DISPLAY : NONE !important">no</p>',
        '<p style="visibility: hidden">no</p>',
        '<div style="display:none;mso-hide:all">no</div>',
        "<details hidden>no</details>",
        "<my-part hidden>no</my-part>",
        "<dialog>no</dialog>",
        "<div style='mso-element:comment-list'><div style='mso-element:comment'>no</div></div>",
        '<sup><a href="#cmnt1" id="cmnt_ref1">no</a></sup>',
        '<div class="c1"><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>no</span></p></div>',
        '<form hidden title="a>b">no</form>',
        '<p title="a>b" hidden>no</p>',
        '<p title="a>b" style="color:red;display:none">no</p>',
        '<span class="sr-only">no</span>',
        '<span class="a visually-hidden">no</span>',
        '<span class="screen-reader-text">no</span>',
    ],
)
def test_what_is_hidden_from_people_is_left_out(hidden: str) -> None:
    """By attribute, style or the classes of what only screen readers say; the words around it stay."""
    assert "no" not in pruned(f"<p>before</p>{hidden}<p>after</p>")
    assert pruned(f"<p>a {hidden} b</p>").count("b</p>") or pruned(f"a {hidden} b").endswith(" b")


def test_words_that_look_like_a_tag_stay_beside_what_is_hidden() -> None:
    """A tree would make an element of them, which is sanitised away."""
    assert pruned("<p>List<String> of <T>.</p><p hidden>no</p>") == "<p>List&lt;String&gt; of &lt;T&gt;.</p>"


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="text-align:center">yes</p>',
        '<p class="hidden-gem">yes</p>',
        '<div role="tabpanel" hidden>yes</div>',
        '<div hidden="until-found">yes</div>',
        '<dialog open="">yes</dialog>',
        '<h2 class="anchor" id="postamble">yes</h2>',
        '<div><a href="#cmnt1">yes</a></div>',
        '<div><p>yes <a href="#cmnt_ref1">back</a></p></div>',
        '<span aria-hidden="true">★★★</span>',
        '<p title="display:none">yes</p>',
        "<p>A hidden toc of style=display:none contents</p>",
        "<p>He said &quot;a hidden gem&quot;, and class=&quot;toc&quot; of #cmnt1.</p>",
    ],
)
def test_what_people_can_see_stays(shown: str) -> None:
    """Signs that only screen readers pass over, and what a click shows, are part of the text."""
    assert pruned(f"<div>{shown}</div>") == f"<div>{shown}</div>"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (KATEX, ONCE),
        (f'<span class="katex-display">{KATEX}</span>', ONCE),
        (
            f'<span class="MathJax"><nobr aria-hidden="true">x2</nobr><span>{MATHML.format("")}</span></span>',
            MATHML.format(""),
        ),
        (
            (
                f'<span class="mwe-math-element"><span style="display: none;">{MATHML.format("")}</span>'
                '<img class="mwe-math-fallback-image-inline" aria-hidden="true" alt="x2"></span>'
            ),
            MATHML.format(""),
        ),
    ],
    ids=["KaTeX", "KaTeX as a block", "MathJax", "MediaWiki"],
)
def test_a_formula_is_told_once(formula: str, expected: str) -> None:
    """As MathML, with its TeX as alternative text; a formula drawn alone is not lost."""
    found = pruned(f"<p>a {formula} b</p>")
    assert expected in found
    assert "x2" not in found
    assert found.endswith(" b</p>")
    assert "x2" in pruned('<span class="katex"><span class="katex-html" aria-hidden="true">x2</span></span>')


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('<pre><code><span class="ln">1</span><span class="cl">a\n</span></code></pre>', "a\n"),
        ('<pre><span class="lineno">1 </span>a\n<span class="lineno">2 </span>b\n</pre>', "a\nb\n"),
        (
            (
                '<table class="highlighttable"><tr><td class="linenos">'
                '<div class="linenodiv"><pre>1\n2</pre></div></td>'
                '<td class="code"><div><pre><span></span>a\nb\n</pre></div></td></tr></table>'
            ),
            "a\nb\n",
        ),
        (
            (
                '<div class="highlight"><table class="lntable"><tr><td class="lntd">'
                '<pre><code><span class="lnt">1\n</span>'
                '</code></pre></td><td class="lntd">'
                '<pre><code class="language-py">a\n</code></pre></td></tr></table></div>'
            ),
            "a\n",
        ),
        (
            (
                '<pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="gutter gl">'
                '<pre class="lineno">1\n</pre></td><td class="code"><pre>a\n</pre></td></tr></tbody></table>'
                "</code></pre>"
            ),
            "a\n",
        ),
        (
            (
                '<figure class="highlight py"><table><tr><td class="gutter"><pre>1<br></pre></td>'
                '<td class="code"><pre>a\n</pre></td></tr></table></figure>'
            ),
            "a\n",
        ),
        (
            (
                '<pre><code><table class="hljs-ln"><tr><td class="hljs-ln-numbers">1</td><td>a</td></tr>'
                '<tr><td class="hljs-ln-numbers">2</td><td>b</td></tr></table></code></pre>'
            ),
            "a\nb\n",
        ),
        (
            '<pre class="src"><span class="linenr">1: </span>a\n<span class="linenr">2: </span>b\n</pre>',
            "a\nb\n",
        ),
    ],
    ids=["Chroma", "Pygments", "Pygments, table", "Chroma, table", "Rouge, table", "Hexo", "highlight.js", "Org"],
)
def test_the_numbers_of_lines_are_no_code(block: str, expected: str) -> None:
    """In the lines and in a table beside them, which becomes the code alone."""
    found = pruned(f"<p>a table:</p>{block}<p>end</p>")
    code = found.split("<pre", 1)[1].split("</pre>")[0].split(">", 1)[1]
    words = "".join(part.rpartition(">")[2] for part in code.split("<"))
    assert words == expected
    assert "<td" not in found
    assert found.endswith("<p>end</p>")


def test_what_org_puts_around_its_text_is_left_out() -> None:
    """The links above and the notes below a page that it exports."""
    page = (
        '<title>T</title><div id="org-div-home-and-up"><a href="/">no</a></div><div id="content"><p>yes</p></div>'
        '<div id="postamble"><p>no</p></div>'
    )
    assert read_html(page, Header(), Notes("a.html")).html == '<div id="content"><p>yes</p></div>'


def test_a_table_of_data_stays_one() -> None:
    """Also beside code."""
    table = '<div class="anchor"><table><tr><td class="gutter">1</td><td>a</td></tr></table></div>'
    assert "<table>" in pruned(table)


@pytest.mark.parametrize(
    "sign",
    [
        '<a class="headerlink" href="#a" title="Permanent link">¶</a>',
        '<a href="#a">#</a>',
        '<a href="#a">§</a>',
        '<a class="anchor" aria-hidden="true" href="#a"><svg><path d="M0"></path></svg></a>',
        '<a class="hash-link" href="#a" aria-label="Direct link to A">\u200b</a>',
        '<a class="header-anchor" href="#a"><span aria-hidden="true">#</span></a>',
        '<a class="anchor" href="/post/#a">Permalink</a>',
        '<a class="zola-anchor" href="#a">🔗</a>',
    ],
)
def test_the_sign_of_a_permalink_is_left_out(sign: str) -> None:
    """From the heading, and so from title and summary."""
    found = read_html(
        f"<article><h1>Ebb {sign}</h1><h2>Flow{sign}</h2><p>x</p></article>", Header(), Notes("a.html")
    )
    assert found.title == "Ebb"
    assert found.html.startswith("<h2>Flow</h2>")


def test_a_heading_keeps_its_words_and_its_id() -> None:
    """A link around all of them, or to another page, is none of these signs."""
    assert (
        pruned('<h2><a class="anchor" href="#a">Flow</a></h2>') == '<h2><a class="anchor" href="#a">Flow</a></h2>'
    )
    assert pruned('<h2>C <a href="/cs">#</a></h2>') == '<h2>C <a href="/cs">#</a></h2>'
    assert pruned('<h2>Flow<a id="b" class="anchor" href="#b"></a></h2>') == '<h2 id="b">Flow</h2>'


@pytest.mark.parametrize(
    "contents",
    [
        '<nav id="TableOfContents"><ul><li><a href="#a">A</a></li></ul></nav>',
        '<ul id="markdown-toc"><li><a href="#a">A</a></li></ul>',
        '<h2>Contents</h2><div class="toc"><ul><li><a href="#a">A</a></li></ul></div>',
        '<div id="ez-toc-container"><p>Table of contents</p><nav><a href="/x#a">Ebb and flow</a></nav></div>',
        '<details class="toc"><summary>Contents</summary><a href="#a">Ebb</a></details>',
        '<nav id="TOC" role="doc-toc"><a href="#a">A</a></nav>',
    ],
)
def test_a_table_of_contents_is_left_out(contents: str) -> None:
    """In every spelling, with the heading that says no more."""
    assert pruned(f"{contents}<h2>A</h2><p>x</p>") == "<h2>A</h2><p>x</p>"


def test_a_chapter_about_contents_stays() -> None:
    """A name alone makes no table of contents."""
    text = (
        '<section id="toc"><h2>Contents</h2><p>What the jar held, see <a href="#a">a</a> list of it.</p></section>'
    )
    assert pruned(text) == text


HOSTILE = (
    "<a ",
    '<a "',
    "<a '",
    "style=",
    "<p hidden>",
    "<p class=toc>",
    "<pre class=ln>",
    "<table class=lntable>",
    "<math>",
)
NESTED = (
    "<div class=toc>",
    "<span class=katex><math>",
    "<h1><a href=#a>",
    "<a \"<a '",
    "<!--attributes:a=b-->",
    "<td class=gutter>",
)


@pytest.mark.parametrize("piece", HOSTILE + NESTED)
def test_hostile_repetition_ends(piece: str) -> None:
    """However often it is opened; what nests deeper than this is refused before."""
    before = time.process_time()
    pruned('<p class="toc" hidden>' + piece * 190)
    pruned('<p class="toc" hidden>' + f"{piece}x</a></div></span></p></table></math></h1>" * 3_000)
    assert time.process_time() - before < 20
