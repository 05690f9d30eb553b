"""``docker-compose.yml`` as Docker would read it, with the variables of a ``.env`` file put in."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml
from repository import ROOT

_VARIABLE = re.compile(r"\$\{([A-Z_]+):-([^}]*)\}")

Composed = dict[str, dict[str, object]]


def services(variables: Mapping[str, str]) -> Composed:
    """The services that start with these variables, by name; those of an idle profile stay out."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    text = _VARIABLE.sub(lambda found: variables.get(found[1]) or found[2], text)
    assert "${" not in text, "a variable without a default"
    found = cast("Composed", yaml.safe_load(text)["services"])
    active = set(variables.get("COMPOSE_PROFILES", "").split(","))
    return {name: it for name, it in found.items() if active.issuperset(cast("list[str]", it.get("profiles", [])))}


def env_file(path: Path) -> dict[str, str]:
    """The variables of a ``.env`` file."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def settings_of(service: Mapping[str, object]) -> dict[str, str]:
    """The environment of a service, less what is empty."""
    environment = cast("Mapping[str, str]", service["environment"])
    return {name: value for name, value in environment.items() if value}


def plain_environment() -> dict[str, str]:
    """This process's environment without any setting of feedsvc, or of a store."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("FEEDSVC_", "PG"))}
