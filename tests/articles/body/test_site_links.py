"""References to the sources and lists of a site, as the programs that build sites write them."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.model import Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

RULES = ReadOptions("https://ex.example", ZoneInfo("UTC"), 100_000)
SITE = {
    "_posts/2020-01-03-second.md": "Second",
    "blog/_posts/2021-05-06-inner.md": "Inner",
    "posts/tide/index.md": "Tide",
    "posts/deep/unique-name.md": "Unique",
    "pages/about.md": "About",
    "static/img/x.png": "x",
    "sea.md": "Sea",
}


def reading(directory: Path, path: str, text: str) -> Reading:
    """The article at ``path`` in a site of several programs."""
    for name, content in {**SITE, path: f"---\ntitle: T\n---\n{text}\n"}.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(content)
    return read(directory, path, scan(directory), RULES)


@pytest.mark.parametrize(
    ("path", "reference", "expected"),
    [
        ("_posts/2020-01-02-a.md", "{% link _posts/2020-01-03-second.md %}", "/second"),
        ("blog/_posts/2020-01-02-a.md", "{% link _posts/2021-05-06-inner.md %}#top", "/blog/inner#top"),
        ("blog/_posts/2020-01-02-a.md", "{% post_url 2021-05-06-inner %}", "/blog/inner"),
        ("news/a.md", "{% post_url 2020-01-03-second %}", "/second"),
        ("news/a.md", '{{< relref "posts/tide" >}}', "/posts/tide"),
        ("posts/a.md", '{{< ref "tide#high" >}}', "/posts/tide#high"),
        ("news/a.md", '{{< ref "unique-name.md" >}}', "/posts/deep/unique-name"),
        ("news/a.md", '{{< ref "/sea" >}}', "/sea"),
        ("news/a.md", "{filename}/sea.md", "/sea"),
        ("news/a.md", "{filename}sea.md", "/sea"),
        ("news/a.md", "|filename|../sea.md", "/sea"),
        ("news/a.md", "{tag}High water", "/tags/high-water/"),
        ("news/a.md", "{category}Sea", "/tags/sea/"),
        ("news/a.md", "{author}Ida Falk", "/authors/ida-falk/"),
        ("news/a.md", "{index}", "/"),
        ("news/a.md", "link://slug/tide", "/posts/tide"),
        ("news/a.md", "link://slug/about", "/pages/about"),
        ("news/a.md", "link://filename/sea.md", "/sea"),
        ("news/a.md", "link://tag/sea", "/tags/sea/"),
        ("news/a.md", "link://archive", "/"),
        ("news/a.md", "@/pages/about.md", "/pages/about"),
        ("news/a.md", "@site/pages/about.md", "/pages/about"),
    ],
)
def test_a_link_leads_to_the_page(tmp_path: Path, path: str, reference: str, expected: str) -> None:
    """From the page where the program means it so, else from the top of the site; without a warning."""
    found = reading(tmp_path, path, f"[x](<{reference}>)")
    assert f'href="https://ex.example{expected}"' in found.body
    assert not found.warnings


@pytest.mark.parametrize(
    "reference", ["@site/static/img/x.png", "{static}/img/x.png", "{attach}/static/img/x.png"]
)
def test_a_picture_is_found(tmp_path: Path, reference: str) -> None:
    """Under the folder that these programs publish at the top."""
    found = reading(tmp_path, "news/a.md", f"![x]({reference})")
    assert [file.source for file in found.article.media] == ["static/img/x.png"]


@pytest.mark.parametrize("reference", ["{% link _posts/gone.md %}", '{{< ref "gone.md" >}}', "link://slug/gone"])
def test_a_source_that_is_not_there_is_named_with_its_line(tmp_path: Path, reference: str) -> None:
    """And looked for again: the article is read anew when it appears."""
    found = reading(tmp_path, "news/a.md", f"One\n\n[x](<{reference}>)")
    assert [(warning.line, "gone" in warning.what) for warning in found.warnings] == [(6, True)]
    assert "gone" in found.stamp


@pytest.mark.parametrize("reference", ["{other}x", "link:x", "{x", "|a|b"])
def test_what_is_in_no_notation_is_a_reference_as_any(tmp_path: Path, reference: str) -> None:
    """Nothing is guessed of braces."""
    body = reading(tmp_path, "a.md", f"[x](<{reference}>)").body
    assert "/tags/" not in body
