"""What log lines look like."""

import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest
import structlog

from feedsvc.core.logs import configure_logs
from feedsvc.core.settings.model import Settings


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Give the process its logging back."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def logged(log_format: str, log_level: str = "info") -> str:
    """What two lines become: one of ours and one of a library's, and a debug line."""
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log": {"format": log_format, "level": log_level}}), "web", stream)
    structlog.get_logger().info("served it", path="/ä b")
    structlog.get_logger().debug("a detail")
    logging.getLogger("somebody").warning("careful: %s", 5)
    return stream.getvalue()


def test_logfmt_is_key_and_value() -> None:
    """Outside a terminal a line can be searched by machines and read by people."""
    ours, theirs = logged("auto").splitlines()
    assert ours.endswith('level=info role=web event="served it" path="/ä b"')
    assert theirs.endswith('level=warning role=web event="careful: 5"')


def test_every_thread_names_the_role() -> None:
    """Such as the one that renews a lease."""
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log": {"format": "logfmt"}}), "sender", stream)
    thread = threading.Thread(target=structlog.get_logger().warning, args=["trouble"])
    thread.start()
    thread.join()
    assert "role=sender event=trouble" in stream.getvalue()


def test_json_is_one_object_a_line() -> None:
    """For log collectors."""
    ours, theirs = map(json.loads, logged("json").splitlines())
    assert (ours["event"], ours["path"], ours["role"]) == ("served it", "/ä b", "web")
    assert theirs["level"] == "warning"


def test_text_is_for_people() -> None:
    """On a terminal the event stands first and bare."""
    assert "served it" in logged("text").splitlines()[0]


def test_the_level_is_a_setting() -> None:
    """More or less is logged as the operator likes."""
    assert "a detail" in logged("logfmt", "debug")
    assert "served it" not in logged("logfmt", "error")


def test_libraries_do_not_chat() -> None:
    """What repeats our own news is left out, even where their own level is lower."""
    stream = io.StringIO()
    configure_logs(Settings(), "web", stream)
    logging.getLogger("uvicorn.error").info("Started server process")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("library", ["apscheduler.scheduler", "uvicorn.error", "watchfiles.main"])
def test_a_librarys_news_does_not_repeat_ours(library: str) -> None:
    """Each round is told once; what a library warns of is told as well."""
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log": {"format": "logfmt"}}), "publisher", stream)
    logging.getLogger(library).info("1 change detected")
    logging.getLogger(library).warning("trouble")
    (line,) = stream.getvalue().splitlines()
    assert line.endswith("event=trouble")
