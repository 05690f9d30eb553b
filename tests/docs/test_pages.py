"""The pages of ``docs/`` and those at the top of the repository: what they link to, name and copy exists."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_type_hints

import pytest
from repository import DOCS, ROOT

from feedsvc.core.settings.model import Settings
from feedsvc.documents.pages import views

TOP = sorted(ROOT.glob("*.md"))
PAGES = [*TOP, *sorted(DOCS.rglob("*.md"))]


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as hosts of repositories and mkdocs make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}


def test_the_site_builds_and_every_link_and_anchor_in_it_leads_somewhere(tmp_path: Path) -> None:
    """By mkdocs, for which every warning is an error; a page that the navigation does not name is one."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site" / "index.html").exists()


def test_the_repository_has_one_address() -> None:
    """On a package index, on the site of the documentation, and in the links that the README gets for an index."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    source = tomllib.loads(text)["project"]["urls"]["Source"]
    assert f"repo_url: {source}\n" in (ROOT / "mkdocs.yml").read_text("utf-8")
    name = source.removeprefix("https://github.com/")
    found = re.findall(r"https://(?:raw\.githubusercontent|github)\.com/([\w-]+/[\w-]+)", text)
    assert set(found) == {name}


@pytest.mark.parametrize("page", TOP, ids=_name)
def test_every_link_of_a_page_at_the_top_leads_somewhere(page: Path) -> None:
    """To a file of the checkout, and to a heading in it."""
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text("utf-8"))
    targets = [(page.parent / path if path else page, anchor) for path, anchor in links]
    assert [target for target, _ in targets if not target.exists()] == []
    assert [(target, anchor) for target, anchor in targets if anchor and anchor not in _anchors(target)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_of_deploy_that_a_page_names_exists(page: Path) -> None:
    """By the names that commands copy."""
    names = re.findall(r"\bdeploy/[\w.-]*\w", page.read_text("utf-8"))
    assert [name for name in names if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_setting_that_a_page_shows_is_a_setting(page: Path) -> None:
    """Each block in TOML, and each ``feedsvc.toml`` that a command writes, could be the file of settings."""
    text = page.read_text("utf-8")
    shown = re.findall(r"(?ms)^ *```toml\n(.*?)```", text)
    written = re.findall(r"(?ms)^ *cat > \S*feedsvc\.toml <<'END'\n(.*?)^ *END$", text)
    for block in [*shown, *written]:
        Settings.model_validate(tomllib.loads(block))


def test_the_page_on_themes_names_every_field_that_a_template_sees() -> None:
    """As the views have them, and no other; a theme is written against this table."""
    page = (DOCS / "how-to" / "themes.md").read_text("utf-8").partition("## What a template sees")[2]
    rows = re.findall(r"(?m)^\| `(\w+)` \| [^|]+ \| (.+) \|$", page)
    named = {name: set(re.findall(r"`(\w+)`", told)) - {"articles"} for name, told in rows}
    teaser = _fields(views.TeaserView)
    assert named == {
        "site": _fields(views.SiteView),
        "page": _fields(views.PageView),
        "channel": _fields(views.ChannelView),
        "articles": teaser,
        "groups": _fields(views.GroupView),
        "directory": _fields(views.DirectoryView) | _fields(views.CountView) - {"articles"},
        "article": _fields(views.ArticleView) - teaser,
        "newest": set(),
    }


def _fields(view: type) -> set[str]:
    return set(get_type_hints(view))


def test_the_page_on_docker_names_every_variable() -> None:
    """And none that the compose file does not heed; two belong to PostgreSQL, and stand in its env file."""
    composed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    page = (DOCS / "how-to" / "docker.md").read_text("utf-8")
    told = set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", page))
    assert composed - told == {"FEEDSVC_STORE__URL", "POSTGRES_PASSWORD"}
    assert told <= composed
