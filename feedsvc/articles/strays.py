"""Strays: names that are nobody's article, wherever they stand."""

import re
from functools import lru_cache

_SWAP = tuple(f".sw{letter}" for letter in "abcdefghijklmnop")
_ENDINGS = ("~", ".tmp", "___jb_tmp___", "___jb_old___", *_SWAP)
"""How the names end that editors write beside a file."""
TOOLS = frozenset({"__pycache__", "node_modules"})
"""Folders that programs fill."""
_CONFIGS = re.compile(
    r"_config\.(?:ya?ml|toml)|hugo\.(?:toml|ya?ml|json)|config\.(?:toml|ya?ml)|(?:eleventy|astro|next|nuxt|vite|svelte"
    r"|docusaurus|tailwind|postcss|webpack|rollup)\.config\.[cm]?[jt]s|gatsby-config\.[cm]?[jt]s|mkdocs\.ya?ml"
    r"|pelicanconf\.py|conf\.py|book\.toml|package\.json|composer\.json|Gemfile|Makefile|go\.mod|Cargo\.toml|pyproject\.toml"
    r"|readme(?:\.\w+)?|licen[cs]e(?:\.\w+)?|\.eleventy\.js|\.git|\.github|\.gitignore|\.gitlab-ci\.yml|\.gitmodules",
    re.IGNORECASE,
)
"""The configuration of a site generator, or what else stands at the top of a project."""


def is_left_out(name: str) -> bool:
    """Whether the name is nobody's article: a hidden one, one that an editor writes, or that a tool leaves."""
    if name.startswith((".", "#", "~$")):
        return name[0] != "#" or name.endswith("#")
    folded = name.lower()
    return folded.endswith(_ENDINGS) or folded in TOOLS


@lru_cache(maxsize=4096)
def marks_project(name: str) -> bool:
    """Whether a file of that name stands where a site generator or another program is at work."""
    return _CONFIGS.fullmatch(name) is not None
