"""What the guides name is there: links, files, settings, the variables of ``docker-compose.yml``."""

import re
import tomllib

import pytest
from repository import ROOT

from feedsvc.core.settings.model import Settings

pytestmark = pytest.mark.slow

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: object) -> None:
    """To a file of the checkout, seen from the page."""
    file = ROOT / str(page)
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", file.read_text("utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_deploy_that_a_page_names_is_there(page: object) -> None:
    """By the names that commands copy."""
    names = re.findall(r"\bdeploy/[\w.-]*\w", (ROOT / str(page)).read_text("utf-8"))
    assert [name for name in names if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", ["nginx", "systemd"])
def test_the_settings_of_a_guide_are_settings(name: str) -> None:
    """Each block in TOML could stand in ``feedsvc.toml``."""
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")
    found = re.findall(r"(?ms)^ *```toml\n(.*?)```", text)
    assert found
    for block in found:
        Settings.model_validate(tomllib.loads(block))


def test_the_docker_guide_names_every_variable() -> None:
    """And none that the compose file does not heed; two belong to PostgreSQL, and stand in its env file."""
    composed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    guide = (ROOT / "docs" / "how-to" / "docker.md").read_text("utf-8")
    told = set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", guide))
    assert composed - told == {"FEEDSVC_STORE", "POSTGRES_PASSWORD"}
    assert told <= composed
