"""``feedsvc serve`` before it becomes the supervisor: the socket that it opens."""

import socket
from pathlib import Path

from commands import run_command
from serving import write

from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.service import listen


def test_answers_do_not_wait_for_each_other() -> None:
    """Connections take the option over from the listener (tcp(7)), whatever the event loop does."""
    with listen(Settings(port=0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


SECRETS = """
[[push.webhooks]]
name = "search"
url = "env:NOWHERE"
[[push.caches]]
name = "edge"
kind = "fastly"
id = "1"
token = "file:nowhere"
"""


def test_a_secret_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    """Each of them, and nothing is left behind; otherwise nobody would ever be told of an edition."""
    write(tmp_path, {"articles/one.txt": "One\n\nText.\n", "feedsvc.toml": SECRETS})
    done = run_command(tmp_path, "serve", "--port", 0)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "feedsvc: the url of the webhook search is in the environment variable NOWHERE, which is not set: set it",
        "feedsvc: the token of edge is in nowhere, which cannot be read: check its name and rights",
    ]
    assert not (tmp_path / "feedsvc.db").exists()
