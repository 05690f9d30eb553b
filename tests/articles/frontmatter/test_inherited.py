"""What files beside and above an article say about it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.articles.frontmatter.inherited import SectionText, section_texts
from feedsvc.articles.model import Article
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable
from feedsvc.articles.reader import read
from feedsvc.articles.source.listing import fits, marks, stamp
from feedsvc.articles.source.scanner import scan

Tell = Callable[[Mapping[str, str], str], Article]

POST = "---\ntitle: A\ndate: 2024-01-01\n---\nWords.\n"
PUBLIC = "---\ntitle: A\ndate: 2024-01-01\ndraft: false\n---\nWords.\n"
HUGO = "---\ntitle: Notes\ncascade:\n  {}\n---\n"
JEKYLL = "defaults:\n  - scope: {}\n    values: {}\n"


@pytest.fixture
def tell(directory: Path, rules: ReadOptions) -> Tell:
    """Write files, and read one of them as an article."""

    def write_and_read(files: Mapping[str, str], path: str) -> Article:
        for name, content in files.items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        return read(directory, path, scan(directory), rules).article

    return write_and_read


@pytest.mark.parametrize(
    ("files", "path"),
    [
        pytest.param({"p/a.md": "Words.", "p/a.meta": ".. title: A\n.. status: draft\n"}, "p/a.md", id="Nikola"),
        pytest.param({"a.md": POST, "a.meta": ".. tags: draft, sea\n"}, "a.md", id="Nikola's mark among tags"),
        pytest.param({"a.md": "Words.", "a.meta": ".. tags: sea, private\n"}, "a.md", id="Nikola's other mark"),
        pytest.param({"a.de.md": "Worte.", "a.meta": ".. status: private\n"}, "a.de.md", id="a translation"),
        pytest.param({"a.html": "<p>x</p>", "a.meta": "---\ndraft: true\n---\n"}, "a.html", id="meta in YAML"),
        pytest.param({"n/_index.md": HUGO.format("draft: true"), "n/a.md": POST}, "n/a.md", id="cascade"),
        pytest.param({"n/_index.md": HUGO.format("draft: true"), "n/m/a.md": POST}, "n/m/a.md", id="further down"),
        pytest.param(
            {"n/_index.md": HUGO.format("build: {list: never, render: never}"), "n/a.md": POST},
            "n/a.md",
            id="cascade of build options",
        ),
        pytest.param(
            {"n/_index.md": HUGO.format("- {_target: {path: '/n/a*'}, draft: true}"), "n/a.md": POST},
            "n/a.md",
            id="cascade with a target",
        ),
        pytest.param(
            {"_index.md": "+++\n[[cascade]]\ndraft = true\n[cascade.target]\nkind = '{page,section}'\n+++\n"}
            | {"n/a.md": POST},
            "n/a.md",
            id="cascade in TOML",
        ),
        pytest.param(
            {"hugo.toml": "[[cascade]]\ndraft = true\n[cascade.target]\npath = '/n/**'\n", "content/n/a.md": POST},
            "content/n/a.md",
            id="cascade of the whole site",
        ),
        pytest.param({"n/_index.md": "+++\ndraft = true\n+++\n", "n/a.md": POST}, "n/a.md", id="Zola"),
        pytest.param({"n/_index.md": "+++\ndraft = true\n+++\n", "n/a.md": PUBLIC}, "n/a.md", id="Zola, firmly"),
        pytest.param({"n/n.json": '{"draft": true}', "n/a.md": POST}, "n/a.md", id="Eleventy's folder"),
        pytest.param({"n/n.11tydata.json": '{"permalink": false}', "n/m/a.md": POST}, "n/m/a.md", id="no address"),
        pytest.param({"n/a.11tydata.json": '{"draft": true}', "n/a.md": POST}, "n/a.md", id="Eleventy's file"),
        pytest.param({"n/a.json": '{"draft": true}', "n/a.md": POST}, "n/a.md", id="its shorter name"),
        pytest.param(
            {"_config.yml": JEKYLL.format('{path: ""}', "{published: false}"), "_posts/2024-01-01-a.md": POST},
            "_posts/2024-01-01-a.md",
            id="Jekyll",
        ),
        pytest.param(
            {"_config.yml": JEKYLL.format("{path: wip, type: posts}", "{published: false}")}
            | {"wip/_posts/2024-01-01-a.md": POST},
            "wip/_posts/2024-01-01-a.md",
            id="Jekyll's path and type",
        ),
        pytest.param(
            {"blog/_config.yml": JEKYLL.format("{path: 'wip/*'}", "{draft: true}"), "blog/wip/x/a.md": POST},
            "blog/wip/x/a.md",
            id="Jekyll's pattern, below its folder",
        ),
    ],
)
def test_what_another_file_holds_back_is_a_draft(tell: Tell, files: Mapping[str, str], path: str) -> None:
    """Its author wrote that it is none of the public's business, wherever that stands."""
    article = tell(files, path)
    assert article.draft
    assert article.held_by


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"n/_index.md": HUGO.format("draft: true"), "n/a.md": PUBLIC}, "n/a.md"),
        ({"n/_index.md": HUGO.format("draft: true"), "m/a.md": POST}, "m/a.md"),
        ({"n/_index.md": HUGO.format("- {target: {path: '/n/b*'}, draft: true}"), "n/a.md": POST}, "n/a.md"),
        ({"n/_index.md": HUGO.format("- {target: {kind: section}, draft: true}"), "n/a.md": POST}, "n/a.md"),
        ({"n/_index.md": HUGO.format("- {target: {lang: fr}, draft: true}"), "n/a.de.md": POST}, "n/a.de.md"),
        ({"n/_index.md": HUGO.format("- {target: {environment: development}, draft: true}")} | {"n/a.md": POST},
         "n/a.md"),
        ({"n/_index.md": HUGO.format("- {target: {sites: x}, tags: [y]}"), "n/a.md": POST}, "n/a.md"),
        ({"n/n.json": '{"draft": true}', "n/a.md": PUBLIC}, "n/a.md"),
        ({"n/other.json": '{"draft": true}', "n/a.md": POST}, "n/a.md"),
        ({"n/n.11tydata.json": "", "n/a.md": POST}, "n/a.md"),
        ({"n/n.json": '["draft"]', "n/a.md": POST}, "n/a.md"),
        ({"n/n.json": "{broken, and none of ours", "n/a.md": POST}, "n/a.md"),
        ({"n/n.11tydata.js": 'export default { tags: ["posts"], permalink: "/x/" }', "n/a.md": POST}, "n/a.md"),
        ({"_config.yml": "exclude: [{", "a.md": POST}, "a.md"),
        ({"_config.yml": JEKYLL.format("{path: x, type: pages}", "{published: false}"), "x/_posts/a.md": POST},
         "x/_posts/a.md"),
        ({"_config.yml": JEKYLL.format("{path: ''}", "{published: false}")
          + "  - scope: {path: n}\n    values: {published: true}\n", "n/a.md": POST}, "n/a.md"),
        ({"a.md": POST, "b.meta": ".. status: draft\n"}, "a.md"),
    ],
)  # fmt: skip
def test_what_another_file_says_of_others_holds_nothing_back(
    tell: Tell, files: Mapping[str, str], path: str
) -> None:
    """Nor does it where the article's own header says otherwise."""
    assert not tell(files, path).draft


def test_a_file_beside_an_article_is_its_header(tell: Tell) -> None:
    """Nikola keeps all of it there; what the article says itself counts first."""
    meta = ".. title: Tide tables\n.. slug: tide\n.. date: 2019-05-01 10:00:00 UTC\n.. tags: sea, moon\n"
    article = tell({"p/a.md": "High water.", "p/a.meta": meta}, "p/a.md")
    assert (article.title, article.slug, article.tags, article.headed) == (
        "Tide tables",
        "tide",
        ("sea", "moon"),
        True,
    )
    assert article.published == datetime(2019, 5, 1, 10, tzinfo=UTC)
    assert tell({"p/a.md": "---\ntitle: Mine\n---\nx"}, "p/a.md").title == "Mine"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n/_index.md", HUGO.format("{date: 2020-02-02, tags: [t], lang: fr, author: Ida, title: No, slug: no}")),
        ("n/n.json", '{"date": "2020-02-02", "tags": ["t"], "lang": "fr", "author": "Ida", "title": "No"}'),
        ("_config.yml", JEKYLL.format("{path: n}", "{date: 2020-02-02, tags: [t], lang: fr, author: Ida}")),
    ],
)
def test_folders_give_dates_tags_languages_and_authors(tell: Tell, name: str, content: str) -> None:
    """And nothing that only one article can have; what the article says itself counts first."""
    article = tell({name: content, "n/a.md": "Words."}, "n/a.md")
    assert (article.tags, article.language, [each.name for each in article.authors]) == (("t",), "fr", ["Ida"])
    assert article.published == datetime(2020, 2, 2, tzinfo=UTC)
    assert (article.title, article.slug, article.headed) == ("Words.", "a", False)
    own = tell({"n/a.md": "---\ndate: 2024-01-01\ntags: [own]\nlang: de\nauthor: Bo\n---\nx"}, "n/a.md")
    assert (own.tags, own.language, [each.name for each in own.authors]) == (("own",), "de", ["Bo"])
    assert own.published == datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n/_index.md", HUGO.format("url: '/notes/:slug/'")),
        ("_config.yml", JEKYLL.format("{path: n}", "{permalink: '/notes/:slug/'}")),
    ],
)
def test_folders_give_patterns_of_addresses(tell: Tell, name: str, content: str) -> None:
    """A slug of the article becomes part of its address; an address of its own counts before the pattern."""
    article = tell({name: content, "n/a.md": POST}, "n/a.md")
    assert (article.declared_addresses, article.slug) == (("/notes/:slug/",), "a")
    slug = tell({"n/a.md": POST.replace("title", "slug: own\ntitle")}, "n/a.md")
    assert (slug.declared_addresses, slug.slug) == (("/notes/:slug/",), "own")
    for key in ("url", "permalink", "path"):
        own = tell({"n/a.md": POST.replace("title", f"{key}: /own/\ntitle")}, "n/a.md")
        assert own.declared_addresses == ("/own/",)


def test_folders_give_no_single_address(tell: Tell) -> None:
    """All articles below would have the same."""
    content = HUGO.format("url: /notes/")
    assert not tell({"n/_index.md": content, "n/a.md": POST}, "n/a.md").declared_addresses


def test_the_inner_folder_counts_before_the_outer(tell: Tell) -> None:
    """As for Hugo and Eleventy."""
    outer, inner = HUGO.format("draft: true"), HUGO.format("draft: false")
    assert not tell({"n/_index.md": outer, "n/m/_index.md": inner, "n/m/a.md": POST}, "n/m/a.md").draft


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("n/_index.md", "---\ncascade: {draft: true\n---\n", "line 3: the header cannot be parsed"),
        ("n/_index.md", "+++\ndraft = perhaps\n+++\n", "line 2: the header cannot be parsed"),
        ("n/_index.md", "---\ndraft: perhaps\n---\n", '"draft" has a value that is not understood'),
        ("n/_index.md", HUGO.format("- {target: {sites: x}, draft: true}"), "only Hugo can tell"),
        ("n/n.11tydata.json", '{"draft": tru}', "line 1: the header cannot be parsed"),
        ("n/n.json", '{"draft": tru}', "line 1: the header cannot be parsed"),
        ("n/n.11tydata.js", "export default { draft: true }", 'feedsvc does not run, and holds "draft"'),
        ("n/n.11tydata.cjs", "module.exports = { permalink: (data) => false }", "it is program code"),
        ("n/a.11tydata.js", "export default { eleventyExcludeFromCollections: true }", "it is program code"),
        ("n/a.meta", "Words, and no keys.", "line 1: it holds no lines of keys and values"),
        ("n/a.meta", "<!--\n.. status: draft\n", "line 1: the comment with the header is never closed"),
        ("_config.yml", "defaults:\n  - scope: {path: n}\n    values: {published: [false}\n", "cannot be parsed"),
    ],
)
def test_what_may_hold_it_back_and_cannot_be_read_sets_it_aside(
    tell: Tell, name: str, content: str, why: str
) -> None:
    """Nobody can say that it is public; the problem names the file and what to do."""
    with pytest.raises(Unreadable) as caught:
        tell({name: content, "n/a.md": POST}, "n/a.md")
    assert caught.value.problem.path == "n/a.md"
    assert name in caught.value.problem.what
    assert why in caught.value.problem.what
    assert not tell({name: content, "n/a.md": PUBLIC}, "n/a.md").draft


@pytest.mark.parametrize(
    ("name", "content"),
    [("n/a.meta", ".. x: y\n"), ("n/n.json", "{}"), ("_config.yml", "x: y\n"), ("n/_index.md", "# N\n")],
)
def test_a_change_of_such_a_file_changes_the_stamp(directory: Path, name: str, content: str) -> None:
    """So that the articles below it are read again when it comes, changes or goes; no other article is."""
    (directory / "n").mkdir()
    (directory / "n/a.md").write_text(POST)

    def seen() -> str:
        return stamp(scan(directory), "n/a.md", ["n/a.md/"])

    bare = seen()
    (directory / name).write_text(content)
    there = seen()
    assert not fits(marks(bare, "n/a.md"), scan(directory))
    assert fits(marks(there, "n/a.md"), scan(directory))
    (directory / name).write_text(content + " ")
    assert not fits(marks(there, "n/a.md"), scan(directory))
    (directory / name).unlink()
    assert seen() == bare
    (directory / "n/b.meta").write_text(".. x: y\n")
    assert fits(marks(bare, "n/a.md"), scan(directory))


def test_a_sections_page_gives_title_and_description(tmp_path: Path) -> None:
    """In any language of headers; a page that says nothing, and that of the top, give none."""
    for path, content in {
        "_index.md": "---\ntitle: Home\n---\n",
        "From Afar/_index.md": "+++\ntitle = 'From *afar*'\ndescription = 'Letters.'\n+++\n",
        "b/_index.md": "---\ndescription: Only this\n---\n",
        "c/_index.md": "Words.\n",
        "d/_index.md": "---\ntitle: [\n---\n",
    }.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    texts, problems = section_texts(tmp_path, scan(tmp_path))
    assert texts == (SectionText("b", "", "Only this"), SectionText("from-afar", "From afar", "Letters."))
    assert problems == ()
