"""Telling systemd: by the datagram that ``sd_notify(3)`` describes."""

import socket
from pathlib import Path

import pytest

from feedsvc.operations.serve.systemd import VARIABLE, tell


@pytest.mark.parametrize("abstract", [True, False], ids=["an abstract socket", "a socket in a folder"])
def test_the_state_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, abstract: bool) -> None:
    """One datagram with just that."""
    name = f"{tmp_path}/notify"
    monkeypatch.setenv(VARIABLE, f"@{name}" if abstract else name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(f"\0{name}" if abstract else name)
        tell("READY=1")
        assert told.recv(100) == b"READY=1"


def test_nobody_is_told_where_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as in a terminal."""
    monkeypatch.delenv(VARIABLE, raising=False)
    tell("READY=1")


def test_one_who_has_gone_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The service is of use without it; the log tells."""
    monkeypatch.setenv(VARIABLE, f"{tmp_path}/gone")
    tell("READY=1")
    assert "systemd cannot be told" in "".join(capsys.readouterr())
