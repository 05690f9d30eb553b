"""What the page of a section says of it is what its channel is called."""

from pathlib import Path

from feedsvc.articles.frontmatter.inherited import SectionText, section_texts
from feedsvc.articles.source.scanner import scan


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
