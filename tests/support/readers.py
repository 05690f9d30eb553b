"""Feed readers as people run them, each told to poll once, and what it then shows its user.

newsboat and rss2email are programs, with their files in a folder of their own; lemon24/reader is a library. A
script is what people write themselves over feedparser.
"""

import email
import os
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import ClassVar

import feedparser
from reader import Reader, make_reader
from serving import PATIENCE


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as a reader shows it."""

    id: str
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class News:
    """What one poll brought to the user's eyes."""

    new: tuple[Shown, ...] = ()
    edited: tuple[Shown, ...] = ()


class Subscriber(ABC):
    """Somebody who reads one feed."""

    program: ClassVar[str]
    """What has to be installed."""

    def __init__(self, home: Path, url: str) -> None:
        """Subscribe to the feed at ``url``; all that is remembered lies in ``home``."""
        self.home = home
        self.url = url

    @abstractmethod
    def poll(self) -> News:
        """Fetch the feed, and read all that is new."""

    def run(self, *command: str) -> None:
        """Run the program in ``home``, without a proxy or the settings of whoever runs the tests."""
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


class Newsboat(Subscriber):
    """newsboat, set up to show an edited article as unread again; its cache is an SQLite file."""

    program = "newsboat"

    def __init__(self, home: Path, url: str) -> None:
        super().__init__(home, url)
        (home / "urls").write_text(f"{url}\n", "utf-8")
        (home / "config").write_text(f'reset-unread-on-update "{url}"\n', "utf-8")
        self._known: dict[str, Shown] = {}

    def poll(self) -> News:
        """Fetch; what is unread is news, and is then read."""
        self.run("newsboat", "-u", "urls", "-C", "config", "-c", "cache.db", "-x", "reload")
        unread = tuple(self._read())
        new = tuple(one for one in unread if one.id not in self._known)
        edited = tuple(one for one in unread if one.id in self._known)
        self._known.update((one.id, one) for one in unread)
        return News(new, edited)

    def _read(self) -> Iterator[Shown]:
        with closing(sqlite3.connect(self.home / "cache.db")) as cache, cache:
            rows = cache.execute("SELECT guid, title, content FROM rss_item WHERE unread = 1 ORDER BY id")
            yield from [Shown(*row) for row in rows]
            cache.execute("UPDATE rss_item SET unread = 0")


class Rss2email(Subscriber):
    """rss2email, which delivers into a maildir, and answers its own mail when an article was edited."""

    program = "r2e"

    def __init__(self, home: Path, url: str) -> None:
        super().__init__(home, url)
        (home / "mail").mkdir()
        settings = {
            "from": "feeds@example.org",
            "to": "reader@example.org",
            "email-protocol": "maildir",
            "maildir-path": home / "mail",
            "maildir-mailbox": "inbox",
            "reply-changes": "True",
        }
        lines = (f"{name} = {value}\n" for name, value in settings.items())
        (home / "config").write_text("[DEFAULT]\n" + "".join(lines), "utf-8")
        self._r2e("add", "feed", url)

    def poll(self) -> News:
        """Fetch, and take the mail out of the box."""
        self._r2e("run")
        mail = [self._take(file) for file in sorted((self.home / "mail" / "inbox" / "new").glob("*"))]
        return News(
            new=tuple(_told(message) for message in mail if "In-Reply-To" not in message),
            edited=tuple(_told(message) for message in mail if "In-Reply-To" in message),
        )

    def _r2e(self, *words: str) -> None:
        self.run("r2e", "-c", "config", "-d", "data.json", *words)

    def _take(self, file: Path) -> EmailMessage:
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        file.unlink()
        assert isinstance(message, EmailMessage)
        return message


def _told(message: EmailMessage) -> Shown:
    return Shown(message["X-RSS-ID"], message["Subject"], message.get_content())


class Lemon24Reader(Subscriber):
    """lemon24/reader, the library; it notes for each feed what was new and what was edited."""

    program = ""

    def __init__(self, home: Path, url: str) -> None:
        super().__init__(home, url)
        with closing(self._reader()) as reader:
            reader.add_feed(url)

    def poll(self) -> News:
        """Fetch, and see by the hooks of an update what happened to each entry."""
        new: list[str] = []
        edited: list[str] = []
        with closing(self._reader()) as reader:
            reader.after_entry_update_hooks.append(
                lambda _reader, entry, status: (new if status.value == "new" else edited).append(entry.id)
            )
            reader.update_feed(self.url)
            return News(
                new=tuple(self._shown(reader, each) for each in new),
                edited=tuple(self._shown(reader, each) for each in edited),
            )

    def _reader(self) -> Reader:
        return make_reader(str(self.home / "reader.db"))

    def _shown(self, reader: Reader, entry_id: str) -> Shown:
        entry = reader.get_entry((self.url, entry_id))
        content = entry.get_content()
        return Shown(entry_id, entry.title or "", content.value if content else "")


class Script(Subscriber):
    """A program of a few lines over feedparser, which knows no status but 200 and 304."""

    program = ""

    def __init__(self, home: Path, url: str) -> None:
        super().__init__(home, url)
        self._known: dict[str, Shown] = {}
        self._etag: str | None = None
        self._modified: str | None = None

    def poll(self) -> News:
        """Fetch under the last tag and date, and compare with what is known by id; what is no 200 is no news."""
        told = feedparser.parse(self.url, etag=self._etag, modified=self._modified)
        if told.status != 200:
            return News()
        self._etag, self._modified = told.get("etag"), told.get("modified")
        shown = [Shown(entry.id, entry.title, _text(entry)) for entry in told.entries]
        new = tuple(one for one in shown if one.id not in self._known)
        edited = tuple(one for one in shown if one.id in self._known and self._known[one.id] != one)
        self._known.update((one.id, one) for one in shown)
        return News(new, edited)


def _text(entry: feedparser.FeedParserDict) -> str:
    return str(entry.content[0].value if "content" in entry else entry.summary)


def missing(kind: type[Subscriber]) -> str:
    """Why the tests of a reader cannot run; empty where they can."""
    absent = bool(kind.program) and shutil.which(kind.program) is None
    return f"{kind.program} is not installed" if absent else ""
