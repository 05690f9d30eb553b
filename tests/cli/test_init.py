"""``feedsvc init``: what it writes, and what it never overwrites."""

import os
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest
from serving import PATIENCE, command, write
from typer.testing import CliRunner

from feedsvc.cli import program
from feedsvc.cli.options import Exit
from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.loading import load_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> str:
    """Run it with nobody to ask; give what it says."""
    done = CliRunner().invoke(program, ["init", *arguments])
    if done.exception is not None:
        raise done.exception
    return done.output


def test_it_writes_what_it_was_told_and_a_first_article(home: Path) -> None:
    """Then the site can be served."""
    told = init("stories", "--title", 'The "Harbour" \\ News', "--base-url", "https://news.example.org/")
    settings = load_settings()
    assert settings.site.title == 'The "Harbour" \\ News'
    assert settings.public_url == "https://news.example.org"
    assert settings.articles == Path("stories")
    assert (home / "stories/first-story.md").read_text("utf-8").startswith("---\ntitle: ")
    assert "feedsvc serve" in told


def test_a_settings_file_is_never_overwritten(home: Path) -> None:
    """The message says what to do, and nothing is written."""
    (home / "feedsvc.toml").write_text("# mine\n")
    with pytest.raises(SettingsError, match=r"feedsvc\.toml exists already"):
        init("stories")
    assert (home / "feedsvc.toml").read_text() == "# mine\n"
    assert not (home / "stories").exists()


def test_a_folder_of_articles_is_left_as_it_is(home: Path) -> None:
    """Somebody who has articles needs no first one."""
    (home / "articles").mkdir()
    init()
    assert list((home / "articles").iterdir()) == []


def test_a_wrong_answer_writes_nothing(home: Path) -> None:
    """It is told before."""
    with pytest.raises(SettingsError, match="must be an address such as"):
        init("--base-url", "news")
    assert list(home.iterdir()) == []


def test_a_folder_that_cannot_be_made_writes_nothing(home: Path) -> None:
    """Else a second try would find a settings file that exists already."""
    (home / "letters").write_text("a file")
    with pytest.raises(SettingsError, match=r"cannot make letters/stories \(Not a directory\): name a folder"):
        init("letters/stories")
    assert [each.name for each in home.iterdir()] == ["letters"]


def test_a_settings_file_that_cannot_be_written_is_told(home: Path) -> None:
    """Such as in a folder of somebody else; here a link that leads nowhere stands in its place."""
    (home / "feedsvc.toml").symlink_to(home / "nowhere/feedsvc.toml")
    with pytest.raises(SettingsError, match=r"cannot write feedsvc\.toml"):
        init("stories")


def test_an_interrupt_at_a_question_writes_nothing(home: Path) -> None:
    """The exit status is that of every command that Ctrl-C ends."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        command("init"),
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # A shell that starts the tests in the background lets them ignore Ctrl-C, and all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - nothing holds a lock here
    ) as process:
        assert process.stderr is not None
        assert process.stderr.read(10) == b"What is th"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == Exit.INTERRUPTED
        assert b"Traceback" not in process.stderr.read()
    os.close(ours)
    os.close(theirs)
    assert list(home.iterdir()) == []


def test_the_file_holds_what_was_asked_and_where_the_rest_is_documented(home: Path) -> None:
    """A short file can be read; the reference has all settings."""
    init("--title", "Harbour News", "--author", "Ines")
    text = (home / "feedsvc.toml").read_text("utf-8")
    assert tomllib.loads(text) == {"articles": "articles", "site": {"title": "Harbour News", "author": "Ines"}}
    assert "docs/reference/settings.md" in text
    assert len(text.splitlines()) < 15


SITES: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "Jekyll": (
        {
            "_config.yml": "title: My Blog\nurl: https://blog.example.org/\nbaseurl: /notes\nlang: de\n"
            "permalink: /:year/:title/\ntimezone: Europe/Berlin\nauthor:\n  name: Ada\n",
            "_posts/2026-05-01-a.md": "A",
        },
        {
            "articles": "_posts",
            "base_url": "https://blog.example.org/notes",
            "article_url": "/:year/:title/",
            "site": {"title": "My Blog", "language": "de", "author": "Ada", "time_zone": "Europe/Berlin"},
        },
    ),
    "Hugo": (
        {
            "hugo.toml": "baseURL = 'https://blog.example.org/'\nlanguageCode = 'en-GB'\ntitle = 'My Blog'\n"
            "[permalinks]\nposts = '/:year/:slug/'\n[params]\nauthor = 'Ada'\n",
            "content/posts/a.md": "A",
        },
        {
            "articles": "content",
            "base_url": "https://blog.example.org/",
            "article_url": "/:year/:slug/",
            "site": {"title": "My Blog", "language": "en-GB", "author": "Ada"},
        },
    ),
    "Pelican": (
        {
            "pelicanconf.py": "import os\nos.mkdir('ran')\nAUTHOR = 'Ada'\nSITENAME = 'My Blog'\nSITEURL = ''\n"
            "TIMEZONE = 'Mars/Base'\nDEFAULT_LANG = 'fr'\nARTICLE_URL = '{date:%Y}/{slug}/'\nPATH = os.getcwd()\n",
            "publishconf.py": "from pelicanconf import *\nSITEURL = 'https://blog.example.org'\n",
            "content/a.md": "A",
        },
        {
            "articles": "content",
            "base_url": "https://blog.example.org",
            "article_url": "{date:%Y}/{slug}/",
            "site": {"title": "My Blog", "language": "fr", "author": "Ada"},
        },
    ),
}


@pytest.mark.parametrize(("files", "expected"), SITES.values(), ids=SITES)
def test_a_site_of_another_program_is_recognised(
    home: Path, files: dict[str, str], expected: dict[str, object]
) -> None:
    """Its configuration is read, never run; what cannot be feedsvc's is named and left out."""
    write(home, files)
    told = init()
    written = tomllib.loads((home / "feedsvc.toml").read_text("utf-8"))
    assert written == expected
    assert load_settings().public_url.startswith("https://blog.example.org")
    assert not (home / "ran").exists()
    assert ("left out: site.time_zone, 'Mars/Base': it must be a name" in told) is ("pelicanconf.py" in files)


def test_the_patterns_of_other_sections_are_named(home: Path) -> None:
    """Hugo has one for each section; the header that feedsvc says keeps the addresses of the others."""
    permalinks = (
        "posts = '/:year/:slug/'\n[permalinks.page]\nnotes = '/n/:slug/'\n[permalinks.term]\ntags = '/t/:slug/'\n"
    )
    write(home, SITES["Hugo"][0] | {"hugo.toml": f"baseURL = 'https://b.example/'\n[permalinks]\n{permalinks}"})
    told = [line for line in init().splitlines() if "permalinks of" in line]
    header = "cascade: {url: '/n/:slug/'}"
    assert told == [
        "left out: permalinks of notes, '/n/:slug/': to keep them, add to the header of content/notes/_index.md: "
        + header
    ]
    write(
        home, {"content/notes/_index.md": f"---\n{header}\n---\n", "content/notes/b.md": "---\ntitle: B\n---\nB"}
    )
    assert "published: /n/b/" in CliRunner().invoke(program, ["publish"]).output


def test_options_go_before_what_was_recognised(home: Path) -> None:
    """Whoever names something means it."""
    write(home, SITES["Hugo"][0])
    init("stories", "--title", "Another")
    settings = load_settings()
    assert (settings.articles, settings.site.title, settings.site.author) == (Path("stories"), "Another", "Ada")


@pytest.mark.parametrize("text", ["title: [", "a: &a [*a, *a]\nb: *a", "\x00", "- list"], ids=range(4))
def test_a_configuration_that_cannot_be_read_is_passed_over(home: Path, text: str) -> None:
    """The folder of the posts is known all the same."""
    write(home, {"_config.yml": text, "_posts/2026-05-01-a.md": "A"})
    init()
    assert tomllib.loads((home / "feedsvc.toml").read_text("utf-8")) == {"articles": "_posts"}
