"""Notifying systemd: by the datagram that ``sd_notify(3)`` describes."""

import socket
from pathlib import Path

import pytest

from feedsvc.operations.serve.systemd import NOTIFY_SOCKET, notify


class Warnings(list[tuple[str, str]]):
    """The warnings that were logged, each with its error."""

    def __call__(self, event: str, *, state: str, error: str) -> None:
        """Note one."""
        assert state == "READY=1"
        self.append((event, error))


@pytest.mark.parametrize("abstract", [True, False], ids=["an abstract socket", "a socket in a folder"])
def test_systemd_gets_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, abstract: bool) -> None:
    """One datagram with just that."""
    name = f"{tmp_path}/notify"
    monkeypatch.setenv(NOTIFY_SOCKET, f"@{name}" if abstract else name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{name}" if abstract else name)
        notify("READY=1", warnings := Warnings())
        assert systemd.recv(100) == b"READY=1"
    assert warnings == []


def test_nothing_is_sent_without_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as in a terminal."""
    monkeypatch.delenv(NOTIFY_SOCKET, raising=False)
    notify("READY=1", warnings := Warnings())
    assert warnings == []


def test_a_socket_that_is_gone_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is of use without it; the log says so."""
    monkeypatch.setenv(NOTIFY_SOCKET, f"{tmp_path}/gone")
    notify("READY=1", warnings := Warnings())
    assert warnings == [("systemd cannot be notified", "No such file or directory")]
