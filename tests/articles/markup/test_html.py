"""HTML articles."""

import pytest

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value
from feedsvc.articles.markup.html import Rendering, read_html
from feedsvc.articles.problems import Notes, Unreadable


def read(text: str, header: Header | None = None) -> Rendering:
    """The rendering of ``text``."""
    return read_html(text, header or Header(), Notes("a.html"))


ALL = "A 1 released – what is new"
NAMED = '<meta property="og:site_name" content="The Site">'


@pytest.mark.parametrize(
    ("head", "key", "expected"),
    [
        ("<title>A &amp; B</title>", "title", "A & B"),
        ('<meta property="og:title" content="A"><title>B</title>', "title", "B"),
        ('<meta property="og:title" content="A"><title></title>', "title", "A"),
        ('<meta property="og:title" content="A"><title>A | The Site</title>', "title", "A"),
        ('<meta property="og:title" content="A 1"><title>A 1 released – what is new</title>', "title", ALL),
        ('<meta property="og:title" content="A 1"><title>A 1 – what is new</title>', "title", "A 1 – what is new"),
        (f'<meta property="og:title" content="A">{NAMED}<title>A – The Site</title>', "title", "A"),
        ('<title>A</title><time class="x dt-published" datetime="2024-05-01">May</time>', "date", "2024-05-01"),
        ('<title>A</title><time class="dt-updated">2024-05-02</time>', "updated", "2024-05-02"),
        ('<meta name="Description" content="A\n b">', "description", "A b"),
        ('<meta name="author" content="Jane">', "author", "Jane"),
        ('<meta name="keywords" content="a, b">', "keywords", "a, b"),
        ('<meta property="article:published_time" content="2024-05-01">', "date", "2024-05-01"),
        ('<meta name="DCTERMS.date" content="2024-05-01">', "date", "2024-05-01"),
        ('<meta property="article:modified_time" content="2024-05-01">', "updated", "2024-05-01"),
        ('<meta name="modified" content="2024-05-01">', "modified", "2024-05-01"),
        ('<meta name="tags" content="a b, c">', "tags", "a b, c"),
        ('<meta name="category" content="City life">', "category", "City life"),
        ('<meta name="authors" content="Jane, Joe">', "authors", "Jane, Joe"),
        ('<meta name="summary" content="Few.">', "summary", "Few."),
        ('<meta name="slug" content="a-b">', "slug", "a-b"),
        ('<meta name="status" content="draft">', "status", "draft"),
        ('<meta name="status" content="hidden">', "status", "hidden"),
        ('<meta name="draft" content="true">', "draft", "true"),
        ('<meta property="article:expiration_time" content="2024-05-01">', "expires", "2024-05-01"),
        (
            '<meta property="article:tag" content="a"><meta property="article:tag" content="b">',
            "keywords",
            ["a", "b"],
        ),
        ('<link rel="canonical" href="https://e.org/a">', "canonical", "https://e.org/a"),
        ('<meta name="author" content="A"><meta name="author" content="B">', "author", ["A", "B"]),
        ('<meta name="date" content="2024-05-01"><meta name="date" content="2025-05-01">', "date", "2024-05-01"),
        ('<time datetime="2024-05-01" pubdate>May</time>', "date", "2024-05-01"),
        ('<time itemprop="datePublished">2024-05-01</time>', "date", "2024-05-01"),
    ],
)
def test_the_head_becomes_the_header(head: str, key: str, expected: Value) -> None:
    """What the document says about itself is read like front matter."""
    assert read(f"<html><head>{head}</head><body><p>x</body>").header.entries[key].value == expected


def test_the_language_is_that_of_the_document() -> None:
    """``<html lang>`` counts for the article."""
    assert read('<!doctype html><html lang="de"><p>x').header.entries["lang"].value == "de"


def test_front_matter_counts_before_the_head() -> None:
    """Jekyll puts front matter above HTML."""
    front = Header({"title": HeaderEntry("title", "Front", 2)})
    assert read("<title>Head</title><p>x", front).header.entries["title"].value == "Front"


def test_what_another_program_calls_status_is_left_alone() -> None:
    """Any page may have a ``<meta>`` of that name; only words that hide an article are meant for us."""
    assert "status" not in read('<meta name="status" content="ok"><p>x').header.entries


def test_a_time_that_is_no_publication_date_is_left_alone() -> None:
    """A ``<time>`` in the text may be any moment."""
    assert "date" not in read('<p>In <time datetime="1969-07-20">1969</time>').header.entries


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<nav>n</nav><article><p>a</p></article>", "<p>a</p>"),
        ("<nav>n</nav><main><p>m</p></main>", "<p>m</p>"),
        ("<p>b</p>", "<p>b</p>"),
        ("<main><article>1</article><article>2</article></main>", "<article>1</article><article>2</article>"),
        ("<main><article>1</article></main><!-- <article> -->", "1"),
    ],
    ids=["article", "main", "body", "several articles", "a comment"],
)
def test_the_body_is_the_innermost_that_holds_all(body: str, expected: str) -> None:
    """``<article>``, else ``<main>``, else ``<body>``."""
    assert read(f"<html><body>{body}</body></html>").html.strip() == expected


@pytest.mark.parametrize(
    "text",
    ["<p>one<p>two <b>three", "words < 3 & more", "<?xml version='1.0' encoding='UTF-8'?><p>x</p>", "</div>x"],
)
def test_broken_markup_keeps_its_words(text: str) -> None:
    """Parsed as browsers do, not refused."""
    assert read(text).html


def test_a_fragment_is_its_own_body() -> None:
    """A file need not have a head."""
    found = read("<h1>Title</h1>\n<p>Body</p>")
    assert (found.title, found.html) == ("Title", "<p>Body</p>")


def test_a_heading_equal_to_the_title_leaves_the_body() -> None:
    """Readers show the title already."""
    assert read("<title>Same</title><h1>Same</h1><p>x</p>").html == "<p>x</p>"
    assert "<h1>" in read("<title>Site</title><h1>Other</h1><p>x</p>").html


def test_a_heading_within_the_text_lends_the_title_and_stays() -> None:
    """Without a title, the first heading of the first rank is the best there is."""
    found = read("<div><p>x</p><h1>Late</h1></div>")
    assert found.title == "Late"
    assert "<h1>" in found.html


@pytest.mark.parametrize("text", ["<!-- nothing -->", "<?xml version='1.0'?>"])
def test_a_file_of_comments_is_set_aside(text: str) -> None:
    """There is nothing to publish."""
    with pytest.raises(Unreadable, match="no text"):
        read(text)


def test_an_xml_declaration_is_read_over() -> None:
    """XHTML files open with one, which lxml refuses in decoded text."""
    assert read('\n<?xml version="1.0" encoding="UTF-8"?>\n<p>x</p>').html == "<p>x</p>"


def test_no_entity_reads_a_file() -> None:
    """An external entity (XXE) names a file of the machine; it is never opened."""
    text = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>a &x; b</p>'
    assert "root:" not in read(text).html


CITED = (
    '<div class="u-comment h-cite"><time class="dt-published" datetime="2019-01-01">then</time>'
    '<div class="e-content">A stranger comments.</div></div>'
)


def test_the_words_of_others_are_not_the_article() -> None:
    """A comment below it has a content and a date of its own."""
    page = f'<article class="h-entry"><h1>Mine</h1><div class="post-body">Own words</div>{CITED}</article>'
    found = read(page)
    assert (found.title, "Own words" in found.html) == ("Mine", True)
    assert "date" not in found.header.entries
    assert "Own words" in read(f"<main><p>Own words</p>{CITED}</main>").html


@pytest.mark.parametrize(
    "mark", ['section class="x e-content"', 'div itemprop="articleBody"', 'article class="e-content"']
)
def test_the_marked_content_is_the_body(mark: str) -> None:
    """By microformats or microdata, as in an export of Medium; what stands around it is the page."""
    name = mark.partition(" ")[0]
    page = f"<main><p>no</p><{mark}><p>yes</p></{name}><footer>no</footer>{CITED}</main>"
    assert read(f"<body>{page}</body>").html == "<p>yes</p>"


@pytest.mark.parametrize(
    "time",
    [
        '<ul><li class="h-entry"><time class="dt-published" datetime="2031-01-01">then</time></li></ul>',
        '<aside><time pubdate datetime="2031-01-01">then</time></aside>',
        '<time class="dt-published">three days ago</time>',
    ],
)
def test_the_date_is_none_of_what_a_page_lists(time: str) -> None:
    """Nor words that only a person understands."""
    found = read(f"<main><p>My own words</p>{time}</main>")
    assert "date" not in found.header.entries


@pytest.mark.parametrize(
    "page",
    [
        "<main><div class='hentry'><h1>T</h1>{}<p>words</p></div></main>",
        "<article><p>words</p><aside>{}</aside></article>",
    ],
)
def test_the_date_of_the_only_entry_is_that_of_the_article(page: str) -> None:
    """Also where a page has more around it, or the article puts it aside."""
    time = '<time class="dt-published" datetime="2020-01-01">then</time>'
    assert read(page.format(time)).header.entries["date"].value == "2020-01-01"


def test_a_comment_of_a_reader_is_not_the_only_article() -> None:
    """Where the words of the author stand in no article."""
    assert read(f'<div class="e-content">Mine</div><article class="h-cite">{CITED}</article>').html == "Mine"


def test_the_title_that_opens_the_body_leaves_it_also_within_its_parts() -> None:
    """The entry that a feed reader shows has its title above it already."""
    found = read("<title>A</title><article><header><h1>A</h1><p>x</p></header></article>")
    assert found.html == "<header><p>x</p></header>"
