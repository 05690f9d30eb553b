"""``feedsvc settings``, and what every command says of settings: which file counts, and what is wrong."""

import json
import tomllib
from pathlib import Path

import pytest
from commands import run_command

from feedsvc.cli.serve import shown as shown_settings
from feedsvc.core.settings import config_file
from feedsvc.core.settings.config_file import ConfigFile
from feedsvc.core.settings.loading import find_sources, validate
from feedsvc.core.settings.model import SETTINGS


@pytest.fixture(autouse=True)
def _no_system_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the system is one of the test's, which is not there at first."""
    monkeypatch.setattr(config_file, "SYSTEM_FILE", tmp_path / "etc/feedsvc.toml")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty working directory."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def shown(home: Path, *arguments: object, **settings: str) -> dict[str, tuple[object, str]]:
    """Value and origin of each setting, and of the file, as the command shows them to programs."""
    done = run_command(home, "settings", *arguments, "--format", "json", **settings)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return {each["name"]: (each["value"], each["origin"]) for each in told["settings"]} | {
        "file": (told["file"], "")
    }


def wrong(home: Path, *arguments: object, **settings: str) -> list[str]:
    """The lines with which the command refuses."""
    done = run_command(home, "settings", *arguments, **settings)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.splitlines()


def test_the_first_of_four_files_counts(home: Path, tmp_path: Path) -> None:
    """That of the option, of the variable, of the folder, of the system; what the command shows says which."""
    named = {name: home / name for name in ("option.toml", "variable.toml", "feedsvc.toml")}
    named["system"] = tmp_path / "etc/feedsvc.toml"
    (tmp_path / "etc").mkdir()
    for number, path in enumerate(named.values(), 1):
        path.write_text(f"port = {number}\n")
    found = [
        shown(home, "--config", "option.toml", config="variable.toml"),
        shown(home, config="variable.toml"),
        shown(home),
    ]
    (home / "feedsvc.toml").unlink()
    found.append(shown(home))
    assert [each["port"][0] for each in found] == [1, 2, 3, 4]
    assert [each["file"][0] for each in found] == [
        "option.toml", "variable.toml", "feedsvc.toml", str(named["system"])
    ]  # fmt: skip
    named["system"].unlink()
    assert shown(home)["file"][0] is None
    assert "configuration file: none" in run_command(home, "settings").stdout


def test_a_named_file_must_exist(home: Path) -> None:
    """Whoever names one means it, on the command line and in the environment."""
    (home / "feedsvc.toml").write_text("")
    for line in (*wrong(home, "--config", "my.toml"), *wrong(home, config="my.toml")):
        assert line == "feedsvc: cannot read my.toml (No such file or directory): check its name and rights"


def test_relative_paths_count_from_where_they_were_given(home: Path) -> None:
    """Those of the file from its folder, others from the working directory; the store lies beside the file."""
    for folder in ("site/theme", "t"):
        (home / folder).mkdir(parents=True)
    file = home / "site/feedsvc.toml"
    file.write_text('articles = "stories"\npages.theme = "theme"\n')
    found = shown(home, "--config", "site/feedsvc.toml")
    assert found["articles"] == ("site/stories", "site/feedsvc.toml:1")
    assert found["pages.theme"] == ("site/theme", "site/feedsvc.toml:2")
    assert found["store.url"] == ("sqlite:///site/feedsvc.db", "default")
    assert shown(home / "site")["articles"] == ("stories", "feedsvc.toml:1")
    given = shown(
        home, "letters", "--config", "site/feedsvc.toml", "--store", "sqlite:///here.db", pages__theme="t"
    )
    assert given["articles"] == ("letters", "DIR")
    assert given["pages.theme"] == ("t", "FEEDSVC_PAGES__THEME")
    assert given["store.url"] == ("sqlite:///here.db", "--store")
    file.write_text("")
    assert shown(home, "--config", str(file))["articles"] == (str(home / "site/articles"), "default")


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("sqlite:///a.db", "sqlite:///site/a.db"),
        ("sqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("postgresql://ines@db/x", "postgresql://ines@db/x"),
    ],
)
def test_a_store_in_a_file_counts_from_there_too(home: Path, url: str, used: str) -> None:
    """A server and an absolute path are the same from everywhere."""
    (home / "site").mkdir()
    (home / "site/x.toml").write_text(f'[store]\nurl = "{url}"\n')
    assert shown(home, "--config", "site/x.toml")["store.url"][0] == used


def test_a_file_that_is_none_has_no_folder(home: Path) -> None:
    """A device or a pipe gives settings; paths count from the working directory."""
    assert shown(home, "--config", "/dev/null")["store.url"][0] == "sqlite:///feedsvc.db"


def test_the_site_is_the_same_from_everywhere(home: Path) -> None:
    """What one publishes in the folder of the file can be asked for from another."""
    (home / "articles").mkdir()
    (home / "articles/one.txt").write_text("One\n\nText.\n")
    (home / "feedsvc.toml").write_text("")
    assert run_command(home, "publish").returncode == 0
    elsewhere = run_command(home.parent, "publish", "--config", "home/feedsvc.toml")
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert not (home.parent / "feedsvc.db").exists()
    assert run_command(home.parent, "status", config=str(home / "feedsvc.toml")).returncode < 2


UNKNOWN = {
    "max_age": "[http] max_age",
    "feed_size": "[feeds] size",
    "log_level": "[log] level",
    "hubs": "[push] hubs",
    "interval": "[scan] interval",
    "removal_limit": "[safeguards] removal_limit",
    "max_article_bytes": "[limits] article_bytes",
    "time_zone": "[site] time_zone",
    "prot": "port",
    "baseURL": "base_url",
    "url": "base_url",
    "siteurl": "base_url",
    "SITEURL": "base_url",
    "site_title": "[site] title",
    "languageCode": "[site] language",
    "paginate": "[feeds] size",
    "http.max_ages": "[http] max_age",
    "limits.max_age": "[http] max_age",
    "store": "[store] url",
}


@pytest.mark.parametrize(("name", "meant"), UNKNOWN.items(), ids=UNKNOWN)
def test_an_unknown_name_in_the_file_is_told_with_what_was_meant(home: Path, name: str, meant: str) -> None:
    """A name without its table, a slip, or the name that another program has for it."""
    (home / "feedsvc.toml").write_text(f'# mine\n{name} = "x"\n')
    expected = f"feedsvc: feedsvc.toml:2 sets {name!r}, which is no setting: did you mean {meant}?"
    assert wrong(home) == [expected]


VARIABLES = {
    "MAX_AGE": "FEEDSVC_HTTP__MAX_AGE",
    "HTTP_MAX_AGE": "FEEDSVC_HTTP__MAX_AGE",
    "BASEURL": "FEEDSVC_BASE_URL",
    "STORE": "FEEDSVC_STORE__URL",
    "PROT": "FEEDSVC_PORT",
    "SITE__TITEL": "FEEDSVC_SITE__TITLE",
}


@pytest.mark.parametrize(("name", "meant"), VARIABLES.items(), ids=VARIABLES)
def test_an_unknown_variable_is_told_with_what_was_meant(home: Path, name: str, meant: str) -> None:
    """Else a slip would be noticed by its missing effect alone."""
    (line,) = wrong(home, **{name: "x"})
    assert line == f"feedsvc: FEEDSVC_{name} is set, which is no setting: did you mean {meant}?"


def test_variables_of_kubernetes_are_told_apart(home: Path) -> None:
    """It adds some beside a service of this name, and has a switch for that."""
    (line,) = wrong(home, service_host="10.0.0.1")
    assert line.endswith("Kubernetes sets it: give the pod enableServiceLinks: false")


CHANNEL = "path, title, description, sections, tags, authors, languages, content, header, footer"


def test_all_errors_are_told_at_once_by_line_and_without_jargon(home: Path) -> None:
    """One run is enough to mend the file, the environment and the command line."""
    (home / "feedsvc.toml").write_text(
        'baseurl = "x"\n[site]\ntime_zone = "Mars/Base"\nlanguage = 5\n[reading]\ndate_order = "year"\n'
        'default_time = "noon"\n[[channels]]\npath = "/sea"\ntitel = "Sea"\n[podcast]\nguid = "x"\nexplicit = 7\n'
        'categories = []\n[redirects]\na = 1\n[log]\nlevel = ""\n'
    )
    told = wrong(home, "--port", 99999, scan__watch="perhaps", push__hubs="x")
    assert sorted(told) == sorted(
        f"feedsvc: {line}"
        for line in [
            "feedsvc.toml:1 sets 'baseurl', which is no setting: did you mean base_url?",
            "FEEDSVC_PUSH__HUBS is 'x': write lists and tables as JSON, such as [\"https://hub.example.org\"]",
            "--port is 99999: it must be at most 65535",
            "FEEDSVC_SCAN__WATCH is 'perhaps': it must be true or false",
            "feedsvc.toml:3 sets site.time_zone to 'Mars/Base': it must be a name such as Europe/Berlin or UTC",
            "feedsvc.toml:4 sets site.language to 5: it must be text",
            "feedsvc.toml:6 sets reading.date_order to 'year': it must be 'day' or 'month'",
            "feedsvc.toml:7 sets reading.default_time to 'noon': it must be a time of day such as 09:00",
            "feedsvc.toml:8 sets channels[1].title: it must be given",
            f"feedsvc.toml:10 sets channels[1].titel, which is no setting: write one of {CHANNEL}",
            "feedsvc.toml:12 sets podcast.guid to 'x': it must be a UUID",
            "feedsvc.toml:13 sets podcast.explicit to 7: it must be true or false",
            "feedsvc.toml:14 sets podcast.categories to []: it must not be empty",
            "feedsvc.toml:16 sets redirects.a to 1: it must be text",
            "feedsvc.toml:18 sets log.level to '': it must be 'debug', 'info', 'warning' or 'error'",
        ]
    )


UNUSABLE = {
    "a theme that is not there": ({"pages__theme": "nowhere"}, "the theme nowhere is no folder that can be read"),
    "a theme that is a file": ({"pages__theme": "articles/one.txt"}, "is no folder that can be read"),
    "a store in no folder": ({"store__url": "sqlite:///no/feedsvc.db"}, "there is no folder"),
    "a store that is a folder": ({"store__url": "sqlite:///articles"}, "is a folder: name a file inside it"),
    "a store that is another file": ({"store__url": "sqlite:///articles/one.txt"}, "is no SQLite database"),
    "a store of another kind": ({"store__url": "mysql://db/x"}, "is of a database that feedsvc does not know"),
    "no store": ({"store__url": "feedsvc.db"}, "is no store URL"),
}


@pytest.mark.parametrize("command", ["settings", "check", "publish", "serve"])
@pytest.mark.parametrize(("settings", "told"), UNUSABLE.values(), ids=UNUSABLE)
def test_every_command_refuses_what_the_service_would(
    home: Path, command: str, settings: dict[str, str], told: str
) -> None:
    """So ``feedsvc settings`` and ``feedsvc check`` can be asked before a restart; nothing is left behind."""
    (home / "articles").mkdir()
    (home / "articles/one.txt").write_text("One is a text that is longer than the head of a database.\n\nText.\n")
    done = run_command(home, command, **settings)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [each.name for each in home.iterdir()] == ["articles"]


def test_theme_and_store_are_refused_together(home: Path) -> None:
    """And after the values, so that one sees where they come from."""
    done = run_command(home, "settings", pages__theme="nowhere", store__url="mysql://db/x")
    assert [line.split()[1:4] for line in done.stderr.splitlines()] == [
        ["the", "theme", "nowhere"], ["mysql://db/x", "is", "of"]
    ]  # fmt: skip
    assert "FEEDSVC_PAGES__THEME" in done.stdout


def test_an_empty_file_is_no_fault_of_a_store(home: Path) -> None:
    """SQLite makes a database of it."""
    (home / "feedsvc.db").touch()
    assert run_command(home, "settings").returncode == 0


FILE = '''# port = 1
site.title = """
port = 2
"""
push.hubs = [
  # the first
  "https://hub.example",
]
"port" = 3
[podcast]
owner = "a@e.org"
title = "no setting of ours"
[[channels]]
path = "/sea"
[[channels]]
path = "/quay"
[http]
max_age = 1
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("site", "title"), 2),
        (("push", "hubs", 0), 5),
        (("port",), 9),
        (("podcast",), 10),
        (("podcast", "title"), 12),
        (("channels", 0, "path"), 14),
        (("channels", 1, "path"), 16),
        (("http", "max_age"), 18),
    ],
)
def test_the_line_of_a_key_is_found(keys: tuple[str | int, ...], line: int) -> None:
    """Not in comments, in longer strings, or in tables of other things."""
    file = ConfigFile(Path("f.toml"), FILE, tomllib.loads(FILE))
    assert file.at(*keys) == f"f.toml:{line}"


def test_a_key_without_a_line_is_told_with_the_file_alone() -> None:
    """Such as one that must be given and is not."""
    assert ConfigFile(Path("f.toml"), "port = 1", {}).at("site", "language") == "f.toml"


def test_each_setting_tells_where_it_is_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest to the person counts and is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feedsvc.toml").write_text("port = 1\n\n[scan]\ninterval = 1\n[site]\ntitle = 'x'\n")
    monkeypatch.setenv("FEEDSVC_SCAN__INTERVAL", "2")
    monkeypatch.setenv("feedsvc_site__language", "de")
    sources = find_sources(given={"port": 3, "workers": None})
    told = {each.name: (each.value, each.origin) for each in shown_settings(validate(sources), sources)}
    assert list(told) == list(SETTINGS)
    assert told["port"] == (3, "--port")
    assert told["scan.interval"] == (2, "FEEDSVC_SCAN__INTERVAL")
    assert told["site.language"] == ("de", "feedsvc_site__language")
    assert told["site.title"] == ("x", "feedsvc.toml:6")
    assert told["workers"] == (1, "default")


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("postgresql://ines:s3cret@db/x", "postgresql://ines:***@db/x"),
        ("postgresql://ines@db/x", "postgresql://ines@db/x"),
        ("sqlite:///a@b:c.db", "sqlite:///a@b:c.db"),
    ],
)
def test_a_password_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, told: str) -> None:
    """What is printed ends up in reports and chats."""
    monkeypatch.chdir(tmp_path)
    sources = find_sources(given={"store.url": store})
    (value,) = (each.value for each in shown_settings(validate(sources), sources) if each.name == "store.url")
    assert value == told
