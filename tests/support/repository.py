"""The folders of the repository that tests read from."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
DATA = TESTS / "data"
SUPPORT = TESTS / "support"
SAMPLES = ROOT / "articles"
DOCS = ROOT / "docs"
DEPLOY = ROOT / "deploy"
