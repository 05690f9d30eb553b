"""The one definition of every setting."""

import json
import re
from pathlib import Path

import pytest

from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.loading import load_settings
from feedsvc.core.settings.model import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_needs_to_be_set() -> None:
    """Every setting has a default that works."""
    assert load_settings().public_url == "http://127.0.0.1:8000"


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is nearer to the person counts more."""
    (home / "feedsvc.toml").write_text('port = 1\nscan.interval = 1\nsite.title = "File"\n')
    monkeypatch.setenv("FEEDSVC_PORT", "2")
    monkeypatch.setenv("FEEDSVC_SCAN__INTERVAL", "2")
    settings = load_settings(given={"port": 3, "scan.interval": None})
    assert (settings.port, settings.scan.interval, settings.site.title) == (3, 2, "File")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Container files often name a variable without giving it a value."""
    monkeypatch.setenv("FEEDSVC_SITE__TITLE", "")
    assert load_settings().site.title is None


def test_channels_are_tables_of_the_file(home: Path) -> None:
    """Each has a path and a title, and says what it holds; all of it travels to the processes."""
    (home / "feedsvc.toml").write_text(
        '[[channels]]\npath = "/sea"\ntitle = "Sea"\ntags = ["sea", "tide"]\n'
        '[[channels]]\npath = "/de/news/"\ntitle = "Nachrichten"\nsections = ["/Vor Ort/"]\nlanguages = ["de"]\n'
    )
    settings = load_settings()
    sea, german = settings.channels
    assert (sea.path, sea.title, sea.tags, sea.sections) == ("/sea/", "Sea", ("sea", "tide"), ())
    assert (german.path, german.sections, german.languages) == ("/de/news/", ("/Vor Ort/",), ("de",))
    assert Settings.model_validate_json(json.dumps(settings.revealed())) == settings


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'path = "/Sea"\ntitle = "x"',
            "feedsvc.toml:2 sets channels[1].path to '/Sea': it must be a path such as",
        ),
        ('path = "/tags/x"\ntitle = "x"', "must not begin with /tags, which is the site's own"),
        ('path = "/"\ntitle = "x"', "must be a path such as"),
        ('path = "/x"', "channels[1].title"),
        ('path = "/x"\ntitle = "x"\nfooter = "{name}"', "channels[1].footer to '{name}': it must not name {name}"),
        ('path = "/x"\ntitle = "x"\ntag = "x"', "channels[1].tag"),
        ('path = "/x"\ntitle = "x"\nprivate = true', "must not be private: privacy is a property of a whole site"),
        ('path = "/x"\ntitle = "x"\n[[channels]]\npath = "/x/"\ntitle = "y"', "two channels with the path /x/"),
    ],
    ids=["no path", "reserved", "the site's", "no title", "placeholder", "unknown key", "private", "twice"],
)
def test_a_wrong_channel_is_named(home: Path, table: str, message: str) -> None:
    """By its number, its key and what it should be."""
    (home / "feedsvc.toml").write_text(f"[[channels]]\n{table}\n")
    with pytest.raises(SettingsError, match=re.escape(message)):
        load_settings()


@pytest.mark.parametrize(
    ("given", "hosts"),
    [("none", ()), ("b.example, A.example:81 ", ("a.example:81", "b.example"))],
    ids=["none", "two"],
)
def test_the_hosts_of_frames_are_a_list(given: str, hosts: tuple[str, ...]) -> None:
    """Parted by commas, in any case; none switches players off."""
    assert load_settings(given={"reading.iframe_hosts": given}).frame_hosts == hosts


def test_the_podcast_is_a_table(home: Path) -> None:
    """It travels whole, and a wrong value in it is named."""
    (home / "feedsvc.toml").write_text(
        '[podcast]\ncategories = ["Arts > Books"]\nowner = "a@e.org"\n'
        'guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"\n'
    )
    settings = load_settings()
    (home / "feedsvc.toml").write_text('[podcast]\nowner = "Ines"\n')
    with pytest.raises(SettingsError, match=r"podcast\.owner to 'Ines': it must be an address"):
        load_settings()
    assert Settings.model_validate_json(json.dumps(settings.revealed())) == settings


def test_settings_travel_whole() -> None:
    """The processes of the service get the very settings that the command got."""
    settings = load_settings(given={"site.title": "Ä", "base_url": "https://x.example/", "articles": Path("a")})
    assert Settings.model_validate_json(json.dumps(settings.revealed())) == settings


WRONG_VALUES = {
    "port too high": ({"port": 99999}, "--port is 99999: it must be at most 65535"),
    "port no number": ({"port": "x"}, "--port is 'x': it must be a whole number"),
    "base url of another scheme": ({"base_url": "ftp://x"}, "must be an address such as https://news.example.org"),
    "base url with an empty label": ({"base_url": "https://news..example.org"}, "must be an address such as"),
    "base url with a long label": ({"base_url": f"https://{'n' * 64}.example.org"}, "must be an address such as"),
    "base url with half a bracket": ({"base_url": "https://[::1"}, "must be an address such as"),
    "base url with no port": ({"base_url": "https://news.example.org:x"}, "must be an address such as"),
    "base url with a query": ({"base_url": "https://x/?a"}, "must have no ? and no #"),
    "base url with an empty query": ({"base_url": "https://x.example/?"}, "must have no ? and no #"),
    "base url with a fragment": ({"base_url": "https://x.example/#top"}, "must have no ? and no #"),
    "base url with an empty part": (
        {"base_url": "https://x.example//blog"},
        "must have no // and no part . or ..",
    ),
    "base url with dots": ({"base_url": "https://x.example/a/../blog"}, "must have no // and no part . or .."),
    "base url with encoded dots": (
        {"base_url": "https://x.example/%2e%2e"},
        "must have no // and no part . or ..",
    ),
    "base url with credentials": ({"base_url": "https://jo:pw@x.example"}, "must have no user and no password"),
    "base url with a user": ({"base_url": "https://jo@x.example/blog"}, "must have no user and no password"),
    "base url with a blank": ({"base_url": "https://x.example/a b"}, "must have no blanks"),
    "base url with a tab at its end": ({"base_url": "https://x.example/\t"}, "must have no blanks"),
    "base url with a backslash": ({"base_url": "https://x.example/a\\b"}, "must have no blanks"),
    "base url with a quote": ({"base_url": 'https://x.example/"'}, "must have no blanks"),
    "base url with a host that can be none": ({"base_url": "https://a‥b.example"}, "must be an address such as"),
    "unknown time zone": ({"site.time_zone": "Mars/Base"}, "must be a name such as Europe/Berlin or UTC"),
    "no language tag": ({"site.language": "e_n"}, "must be a language tag such as en"),
    "no host": ({"reading.iframe_hosts": "https://x.example/"}, "must be names of hosts such as www.youtube.com"),
    "unknown log level": ({"log.level": "loud"}, "must be 'debug', 'info', 'warning' or 'error'"),
}


@pytest.mark.parametrize(("given", "words"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_wrong_value_is_named_with_its_rule(given: dict[str, object], words: str) -> None:
    """The message says which setting, what it is, and what it should be."""
    with pytest.raises(SettingsError) as caught:
        load_settings(given=given)
    assert words in str(caught.value)


WRONG_FILES = {
    "unknown setting": ("prot = 1", "feedsvc.toml:1 sets 'prot', which is no setting: did you mean port?"),
    "unlike any setting": ("[zzz]\nq = 1", "sets 'zzz', which is no setting: remove it"),
    "wrong value": ('port = "x"', "sets port to 'x': it must be a whole number"),
    "no TOML": ("port = \n", "is not valid TOML (Invalid value (at line 1, column 8))"),
}


@pytest.mark.parametrize("name", ["articles", "host", "pages.theme", "pages.static", "site.icon_file"])
def test_an_empty_name_in_a_file_is_refused(home: Path, name: str) -> None:
    """An empty path would be the folder of the file, with all that is in it."""
    table, _, key = name.rpartition(".")
    (home / "feedsvc.toml").write_text(f'{f"[{table}]" if table else ""}\n{key} = ""\n')
    with pytest.raises(SettingsError, match=f"sets {name} to '': it must not be empty"):
        load_settings()


@pytest.mark.parametrize(("text", "words"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_is_named_with_its_fault(home: Path, text: str, words: str) -> None:
    """The message says which file, and what to do."""
    (home / "feedsvc.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith("feedsvc.toml")
    assert words in str(caught.value)


def test_a_file_in_another_encoding_is_refused(home: Path) -> None:
    """A file that is not UTF-8 is no TOML."""
    (home / "feedsvc.toml").write_bytes(b'title = "\xe4"')
    with pytest.raises(SettingsError, match="is not UTF-8: save it as UTF-8"):
        load_settings()


def test_a_file_that_was_asked_for_must_be_there() -> None:
    """Only the default file may be missing."""
    with pytest.raises(SettingsError, match=r"cannot read my.toml \(No such file or directory\)"):
        load_settings(Path("my.toml"))


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator sees where the value came from."""
    monkeypatch.setenv("FEEDSVC_PORT", "tcp://10.0.0.1:80")
    with pytest.raises(SettingsError, match="FEEDSVC_PORT is 'tcp://10"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("FEEDSVC_PUSH__HUBS", "https://hub.example.org"), ("feedsvc_channels", "[{")],
    ids=["list", "list of tables"],
)
def test_a_list_in_a_variable_must_be_json(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """The message names the variable as it is set, and shows how a list is written."""
    monkeypatch.setenv(variable, value)
    words = f'{variable} is {value!r}: write lists and tables as JSON, such as ["https://hub.example.org"]'
    with pytest.raises(SettingsError, match=re.escape(words)):
        load_settings()


TITLES: dict[str, tuple[dict[str, object], str]] = {
    "given": ({"site.title": "News"}, "News"),
    "from the directory": ({"articles": Path("/x/stories")}, "Stories"),
}


@pytest.mark.parametrize(("given", "title"), TITLES.values(), ids=TITLES)
def test_the_title_can_be_made_of_the_directory(given: dict[str, object], title: str) -> None:
    """A site has a title even if nobody set one."""
    assert load_settings(given=given).site_title == title


def test_the_root_directory_has_a_title_too() -> None:
    """A title is never empty."""
    assert Settings(articles=Path("/")).site_title == "Articles"


@pytest.mark.parametrize("target", ["release-7", "stories"])
def test_the_title_is_the_name_of_a_link_and_not_of_its_target(tmp_path: Path, target: str) -> None:
    """Each release would give the site another title; and a link in a circle has a name, too."""
    (tmp_path / "release-7").mkdir()
    (tmp_path / "stories").symlink_to(target)
    assert Settings(articles=tmp_path / "release-7/../stories").site_title == "Stories"


SPELLINGS = {
    "https://news.example.org/": "https://news.example.org",
    "https://bücher.example/": "https://xn--bcher-kva.example",
    "https://BÜCHER.example:8443/straße/": "https://xn--bcher-kva.example:8443/stra%C3%9Fe",
    "https://straße.example": "https://xn--strae-oqa.example",
    "https://日本.example/ニュース": "https://xn--wgv71a.example/%E3%83%8B%E3%83%A5%E3%83%BC%E3%82%B9",
    "https://x.example/a%20b/": "https://x.example/a%20b",
    "http://[::1]:8000/": "http://[::1]:8000",
}


@pytest.mark.parametrize(("given", "kept"), SPELLINGS.items(), ids=SPELLINGS)
def test_an_address_is_kept_in_ascii(given: str, kept: str) -> None:
    """Headers and feeds carry one spelling (RFC 3987, section 3.1; UTS 46), whichever the operator types."""
    assert load_settings(given={"base_url": given}).public_url == kept


LINKED = ["https://hub.example/hub/", "https://x.example/icon.png?size=512", "https://x.example/#me"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        *((name, each) for name in ("site.me", "site.icon", "site.logo", "site.author_url") for each in LINKED),
        *(("push.hubs", each) for each in LINKED if "#" not in each),
    ],
)
def test_an_address_elsewhere_stays_as_it_is_written(name: str, address: str) -> None:
    """Another server may answer it only so: a hub redirects no POST, and a picture may need its query."""
    table, key = name.split(".")
    value = getattr(
        getattr(load_settings(given={name: (address,) if key in {"hubs", "me"} else address}), table), key
    )
    assert value in (address, (address,))


def test_a_hub_has_no_fragment() -> None:
    """No request could be sent to it."""
    with pytest.raises(SettingsError, match="must have no #"):
        load_settings(given={"push.hubs": ("https://hub.example/#here",)})


AUTHORITIES = {
    "https://news.example.org:8443/blog": "news.example.org",
    "https://bücher.example": "xn--bcher-kva.example",
    "http://[::1]:8000": None,
}


@pytest.mark.parametrize(("url", "authority"), AUTHORITIES.items(), ids=AUTHORITIES)
def test_ids_are_made_in_the_name_of_the_host(url: str, authority: str | None) -> None:
    """A tag URI's authority is a domain name (RFC 4151, section 2.1)."""
    assert load_settings(given={"base_url": url}).authority == authority


def test_an_ipv6_host_is_bracketed_in_the_address() -> None:
    """RFC 3986, section 3.2.2."""
    assert load_settings(given={"host": "::1", "port": 80}).public_url == "http://[::1]:80"


def test_moves_are_a_table_of_the_file(home: Path) -> None:
    """Each former path with where it leads; all of it travels to the processes."""
    (home / "feedsvc.toml").write_text('[redirects]\n"/old/" = "/news/"\n"/x" = "gone"\n')
    moved = {"/old/": "/news/", "/x": "gone"}
    settings = load_settings()
    assert settings.redirects == moved
    assert Settings.model_validate_json(json.dumps(settings.revealed())) == settings


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('"old" = "/news/"', "must begin with a slash"),
        ('"/old/" = "/old/"', "has moved itself"),
        ('"/a/" = "/b/"\n"/b/" = "/c/"', "has moved itself"),
        ('"/a/" = "news"', "must lead to a path"),
    ],
)
def test_a_move_must_lead_somewhere(home: Path, table: str, words: str) -> None:
    """No loop, no chain, and nothing that is no address."""
    (home / "feedsvc.toml").write_text(f"[redirects]\n{table}\n")
    with pytest.raises(SettingsError, match=words):
        load_settings()


def test_an_unknown_key_in_a_list_of_tables_is_told_with_those_there_are(home: Path) -> None:
    """Each kind of table has its own."""
    (home / "feedsvc.toml").write_text('[[push.webhooks]]\nname = "x"\nadress = "https://x.example"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (told,) = [line for line in caught.value.lines if "adress" in line]
    assert told.startswith(
        "feedsvc.toml:3 sets push.webhooks[1].adress, which is no setting: write one of name, url"
    )
