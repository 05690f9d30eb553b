"""``feedsvc serve`` before it becomes the supervisor: the socket that it opens."""

import socket

from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.service import listen


def test_answers_do_not_wait_for_each_other() -> None:
    """Connections take the option over from the listener (tcp(7)), whatever the event loop does."""
    with listen(Settings(port=0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
