"""A subscriber and a hub that others wrote (Flask-WebSub) understand this one, over the wire."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from http_caches import free_port
from serving import Service, wait_for, write
from werkzeug.serving import make_server

from feedsvc.store.store import open_store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of these libraries
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve a Flask application; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["SERVER_NAME"] = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@contextmanager
def site(home: Path, **settings: str) -> Iterator[Service]:
    """A service on an address that is known beforehand, which may send to this machine."""
    port = free_port()
    write(home / "articles", {"one.md": "# One\n\nWords.\n"})
    push = {"push__interval": "0", "push__allowed_networks": '["127.0.0.0/8"]', **settings}
    with Service(home, "--port", port, settings={"base_url": f"http://127.0.0.1:{port}", **push}) as running:
        yield running.ready()


def test_a_subscriber_that_others_wrote_hears_of_an_edition(tmp_path: Path) -> None:
    """It finds the hub by the feed, subscribes, is asked, verifies the signature and takes the feed."""
    heard: list[bytes] = []
    app = Flask("reader")
    subscriber = Subscriber(
        SQLite3SubscriberStorage(str(tmp_path / "subscriptions.db")),
        SQLite3TempSubscriberStorage(str(tmp_path / "requests.db")),
        AUTO_SET_SECRET=True,
    )
    subscriber.add_listener(lambda _topic, _callback, body: heard.append(body))
    confirmed: list[str] = []
    subscriber.add_success_handler(lambda _topic, _callback, mode: confirmed.append(mode))
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
    with site(tmp_path, push__hub="true") as service, serving(app), app.app_context():
        found = discover(f"{service.url}/atom.xml")
        assert found == {"topic_url": f"{service.url}/atom.xml", "hub_url": f"{service.url}/hub"}
        callback = subscriber.subscribe(**found)
        wait_for(lambda: confirmed == ["subscribe"], "the verification")
        write(service.home / "articles", {"two.md": "# Two\n\nWords.\n"})
        service.scan()
        wait_for(lambda: heard, "the delivery")
        assert heard[-1] == service.get("/atom.xml").content
        subscriber.unsubscribe(callback)
        wait_for(lambda: confirmed == ["subscribe", "unsubscribe"], "the end")


class Inline:
    """In the place of Celery: runs each task in a thread of its own."""

    def task(self, **_: object) -> Callable[[Callable[..., object]], object]:
        """Make a function a task."""

        def made(function: Callable[..., object]) -> object:
            class Task:
                @staticmethod
                def delay(*arguments: object) -> None:
                    """Begin it."""
                    given = (None, *arguments) if "make_request" in function.__name__ else arguments
                    threading.Thread(target=function, args=given, daemon=True).start()

            return Task

        return made


def test_a_hub_that_others_wrote_is_pinged_and_pushes(tmp_path: Path) -> None:
    """The watchdog's subscription is confirmed, and what the hub pushes after a ping is noticed."""
    app = Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    hub = Hub(SQLite3HubStorage(str(tmp_path / "hub.db")), Inline())
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    with serving(app) as url, site(tmp_path, push__hubs=json.dumps([f"{url}/hub"])) as service:
        assert service.get("/atom.xml").headers["link"].count('rel="hub"') == 1
        store = open_store(f"sqlite:///{tmp_path}/feedsvc.db")
        try:
            wait_for(lambda: any(each.expires for each in store.hub_watch.hubs()), "the confirmation")
            write(service.home / "articles", {"two.md": "# Two\n\nWords.\n"})
            service.scan()
            wait_for(lambda: any(each.received for each in store.hub_watch.hubs()), "a push")
            (known,) = store.hub_watch.hubs()
            assert not known.silent
        finally:
            store.close()
