"""The tutorial of the blog on GitHub Pages, followed on a machine with git, and the workflow that it copies.

The steps of the workflow run as a runner would run them: in a checkout of its own each time, from nothing but what
was pushed. What only GitHub can do (its own actions, and the installation) is left out.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
import yaml
from guides import blocks, run
from repository import DEPLOY, DOCS, ROOT

pytestmark = pytest.mark.slow(first=True)

WORKFLOW = DEPLOY / "pages.yml"
GITHUB = "https://github.com/ada/ada.github.io.git"


class Hosted:
    """The repository on the host, and what its workflow has published last."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.repository = home / "hosted.git"
        run("git init --quiet --bare --initial-branch main hosted.git", home)
        (home / "feedsvc").symlink_to(ROOT)

    def type(self, block: str) -> None:
        """Run a block of the tutorial, by a person whom git knows, with the host on this machine."""
        who = "git config --global user.name Ada && git config --global user.email ada@example.org\n"
        run(f"export HOME=$PWD\n{who}{block.replace(GITHUB, str(self.repository))}", self.home)

    def work(self) -> dict[str, str]:
        """Run the workflow; gives the titles in the feed by the id of their entry."""
        runner = self.home / "runner"
        shutil.rmtree(runner, ignore_errors=True)
        run(f"git clone --quiet {self.repository} runner", self.home)
        for step in yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["publish"]["steps"]:
            if "run" in step and not step["run"].startswith("pip install"):
                run(f"export HOME=$PWD\n{step['run']}", runner)
        feed = feedparser.parse((runner / "public/site/atom.xml").read_bytes())
        return {entry.id: entry.title for entry in feed.entries}

    def commits(self) -> int:
        """How many the repository has."""
        return int(run(f"git --git-dir {self.repository} rev-list --count main", self.home))


def test_the_workflow_is_one_by_the_schema_of_github() -> None:
    """As check-jsonschema carries it."""
    schema = ("--builtin-schema", "vendor.github-workflows")
    check = [sys.executable, "-m", "check_jsonschema", *schema, str(WORKFLOW)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_blog_is_published_and_a_renamed_story_is_the_same(tmp_path: Path) -> None:
    """Each run begins without a store; the committed ledger is all that it knows."""
    host = Hosted(tmp_path)
    begin, check, push, write = blocks((DOCS / "tutorials" / "free-blog.md").read_text("utf-8"))
    for block in (begin, check, push):
        host.type(block)
    assert list(host.work().values()) == ["The first story"]
    host.type(write)
    before = host.work()
    assert set(before.values()) == {"The kettle is on", "The first story"}
    host.type(
        "cd blog && git pull --quiet --rebase && git mv articles/kettle.txt articles/tea.txt\n"
        "git commit --quiet --all --message Tea && git push --quiet"
    )
    assert host.work() == before
    commits = host.commits()
    assert host.work() == before
    assert host.commits() == commits, "nothing has changed, so nothing is committed"


def test_a_file_with_a_mistake_does_not_keep_the_others_back(tmp_path: Path) -> None:
    """The exit status 1 of ``feedsvc publish`` lets the workflow go on."""
    host = Hosted(tmp_path)
    begin, _, push, _ = blocks((DOCS / "tutorials" / "free-blog.md").read_text("utf-8"))
    host.type(begin)
    (tmp_path / "blog" / "articles" / "wrong.md").write_text("---\ndate: 31 February\n---\nNo.\n", "utf-8")
    host.type(push)
    assert list(host.work().values()) == ["The first story"]


def test_the_workflow_commits_before_it_deploys() -> None:
    """What subscribers have seen is never unknown to the next run."""
    text = WORKFLOW.read_text("utf-8")
    assert re.search(r"(?s)Keep the ledger.*git push.*deploy-pages", text)
