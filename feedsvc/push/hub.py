"""The answers of web workers at the hub's address: to subscribers, and to outside hubs that are watched.

A request to subscribe or to unsubscribe (W3C WebSub, section 5.1) is checked and kept, no more: the sender
verifies the intent of the subscriber afterwards.
"""

import hashlib
import posixpath
import secrets
from collections.abc import Callable, Mapping
from email.message import Message
from ipaddress import IPv6Address
from typing import NamedTuple, cast
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from feedsvc.core.urls import LONGEST_URL, NetworkRules, RefusedError, client_address
from feedsvc.store.hub_watch_store import HubWatchStore
from feedsvc.store.push_store import FullError, Mode, PushStore, SubscriptionRequest, WaitingError
from feedsvc.web.requests import path_meant

DEFAULT_LEASE = 10 * 86400
"""Seconds for which a subscription lasts whose subscriber names no time."""
SHORTEST_LEASE = 3600
LONGEST_LEASE = 30 * 86400
_LONGEST_SECRET = 199
"""Bytes: "the secret MUST be less than 200 bytes" (WebSub, 5.1)."""
_LONGEST_TOKEN = 1000
_MOST_FIELDS = 100
_MOST_REDIRECTS = 5
_SINGLE = ("hub.mode", "hub.callback", "hub.topic", "hub.lease_seconds", "hub.secret", "hub.verify_token")


class Reply(NamedTuple):
    """The answer to a request, as :data:`feedsvc.web.hub.Reply` has it."""

    status: int
    text: str
    retry_after: int | None = None
    """Seconds after which the client may try again."""


class _WrongError(Exception):
    """A request that is answered with a 4xx."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Hub:
    """Answers requests of subscribers. Every method may be called from any thread."""

    def __init__(
        self,
        store: PushStore,
        base_url: str,
        rules: NetworkRules,
        most_subscriptions: int,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to answer.

        Args:
            store: Where requests are kept.
            base_url: The public address of the site, without a slash at its end.
            rules: Which callbacks are allowed.
            most_subscriptions: How many subscriptions there may be.
            wake: Called after a request was kept, so that a sender starts where none runs.
        """
        self._store = store
        self._base_url = base_url
        self._rules = rules
        self._most_subscriptions = most_subscriptions
        self._wake = wake

    def reply(self, content: bytes, content_type: str, source: str) -> Reply:
        """Answer a POST.

        Args:
            content: The content of the request.
            content_type: The value of its Content-Type field.
            source: The IP address of the client.

        Raises:
            StoreError: The request cannot be kept now.
        """
        try:
            request = self._read(_form(content, content_type), source)
            self._store.keep_request(request, self._most_subscriptions)
        except _WrongError as error:
            return Reply(error.status, f"{error}.")
        except (FullError, WaitingError) as error:
            status = 503 if isinstance(error, FullError) else 429
            return Reply(status, f"{error}; try again later.", retry_after=60)
        self._wake()
        return Reply(202, "The request is taken; your callback is asked to confirm it.")

    def _read(self, form: Mapping[str, str], source: str) -> SubscriptionRequest:
        mode = form.get("hub.mode", "")
        if mode == "publish":
            raise _WrongError("This hub needs no pings: it knows when a feed of this site changes")
        if mode not in {"subscribe", "unsubscribe"}:
            raise _WrongError("hub.mode must be subscribe or unsubscribe")
        callback = self._callback(form.get("hub.callback", ""))
        topic_url = form.get("hub.topic", "")
        topic = self._topic(topic_url)
        return SubscriptionRequest(
            id=subscription_id(callback, topic),
            number=secrets.token_hex(8),
            mode=cast("Mode", mode),
            callback=callback,
            host=(urlsplit(callback).hostname or "").lower(),
            source=_network_of(source),
            topic=topic,
            topic_url=topic_url,
            lease_seconds=_lease(form.get("hub.lease_seconds", "")),
            secret=_secret(form.get("hub.secret", "")),
            verify_token=_token(form.get("hub.verify_token", "")),
            edition=0,  # the store knows
            due=0,
        )

    def _callback(self, url: str) -> str:
        if not url:
            raise _WrongError("hub.callback is missing")
        try:
            self._rules.check_url(url)
        except RefusedError as error:
            raise _WrongError(f"hub.callback {error}") from error
        return url

    def _topic(self, url: str) -> str:
        """The path of the feed that a URL names, in any spelling that the site redirects to it."""
        if not url:
            raise _WrongError("hub.topic is missing")
        if len(url) > LONGEST_URL or not url.isprintable():
            raise _WrongError("hub.topic is no URL")
        for _ in range(_MOST_REDIRECTS):
            path = self._path(url)
            found = None if path is None else self._store.document(path)
            if path is None:
                break
            if found is None:
                target = self._tidy(path) or self._meant(path)
                if target is None:
                    break
                url = self._base_url + quote(target)
            elif found[0] == "feed":
                return path
            elif found[1] is None:
                break
            else:
                url = urljoin(self._base_url + quote(path), found[1])
        raise _WrongError("hub.topic is no feed of this site; its feeds name themselves by rel=self", 404)

    def _path(self, url: str) -> str | None:
        """The path on this site of a URL; None where it is of another site.

        A query is ignored, as by the site, unless it asks for a feed as those of WordPress do.
        """
        try:
            parts, own = urlsplit(url), urlsplit(self._base_url)
            is_own = parts.scheme in {"http", "https"} and parts.hostname == own.hostname
            ports = [each.port or _DEFAULT_PORTS.get(each.scheme) for each in (parts, own)]
        except ValueError:
            return None
        # Sites answer on both of the default ports, and redirect from one to the other.
        same_port = ports[0] == ports[1] or set(ports) == set(_DEFAULT_PORTS.values())
        path = parts.path or "/"
        if not is_own or not same_port or not path.startswith(f"{own.path}/"):
            return None
        inner = unquote(path[len(own.path) :])
        inner = path_meant(inner, parts.query.encode()) or inner
        return None if "\0" in inner else inner  # a database may not even be asked for a NUL

    def _tidy(self, path: str) -> str | None:
        """The path that ``path`` misses by a slash or by dots, as the site redirects it; None if there is none."""
        tidy = f"/{posixpath.normpath(path).lstrip('/')}"
        return next(
            (each for each in (tidy, f"{tidy}/") if each != path and self._store.document(each) is not None), None
        )

    def _meant(self, path: str) -> str | None:
        """The path of the feed that had the address ``path`` in another program; None if there is none."""
        from feedsvc.documents.feed_addresses import channel_feeds_meant  # noqa: PLC0415 - workers do without it

        feeds = (folder + file for folder, file in channel_feeds_meant(path))
        return next((each for each in feeds if self._store.document(each) is not None), None)


_DEFAULT_PORTS = {"http": 80, "https": 443}


def subscription_id(callback: str, topic: str) -> str:
    """The id of a subscription: callback and topic together are its key (WebSub, 5.1)."""
    return hashlib.sha256(f"{callback}\n{topic}".encode()).hexdigest()


def _form(content: bytes, content_type: str) -> Mapping[str, str]:
    """The fields of a form; those that this hub does not know are ignored (WebSub, 5.1)."""
    message = Message()
    message["content-type"] = content_type
    if message.get_content_type() != "application/x-www-form-urlencoded":
        raise _WrongError("The request must be a form (application/x-www-form-urlencoded)", 415)
    try:
        pairs = parse_qsl(
            content.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise _WrongError("The request is no form in UTF-8, or has too many fields") from error
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in _SINGLE and form.setdefault(name, value) != value:
            raise _WrongError(f"{name} is given twice")
        if name in _SINGLE and "\0" in value:  # PostgreSQL cannot keep it
            raise _WrongError(f"{name} has a NUL in it")
    return form


def _lease(value: str) -> int:
    if not value:
        return DEFAULT_LEASE
    if not (value.isascii() and value.isdigit()):
        raise _WrongError("hub.lease_seconds must be a number of seconds")
    seconds = int(value[:12])
    return min(max(seconds, SHORTEST_LEASE), LONGEST_LEASE) if seconds else DEFAULT_LEASE


def _secret(value: str) -> str | None:
    if len(value.encode()) > _LONGEST_SECRET:
        raise _WrongError("hub.secret must be less than 200 bytes")
    return value or None


def _token(value: str) -> str | None:
    if len(value) > _LONGEST_TOKEN:
        raise _WrongError(f"hub.verify_token must be at most {_LONGEST_TOKEN} characters")
    return value or None


def _network_of(source: str) -> str:
    """The client for which requests are counted: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        address = client_address(source)
    except ValueError:
        return source
    return str(IPv6Address(int(address) >> 64 << 64)) if address.version == 6 else str(address)


_LEASE = 86_400
"""Seconds for which a subscription counts whose hub names no time."""


class HubWatch:
    """Answers outside hubs that confirm our subscriptions, and push to them (see :class:`.HubPings`).

    Every method may be called from any thread.
    """

    def __init__(self, watched: HubWatchStore, clock: Callable[[], float]) -> None:
        """Take what is known of the hubs, and a clock that tells seconds since 1970."""
        self._watched = watched
        self._clock = clock

    def confirm(self, token: str, mode: str, challenge: str, lease: str) -> str | None:
        """The answer to the verification of a subscription; None if the subscription is not ours.

        Args:
            token: The last segment of the callback.
            mode: ``hub.mode``.
            challenge: ``hub.challenge``.
            lease: ``hub.lease_seconds``, as it came.
        """
        if mode != "subscribe" or not challenge or not _may_be_token(token):
            return None
        seconds = int(lease[:9]) if lease.isascii() and lease.isdigit() else _LEASE
        return challenge if self._watched.confirm(token, int(self._clock()) + seconds) else None

    def receive(self, token: str) -> bool:
        """Note that a hub pushed; False if it is none of ours."""
        return _may_be_token(token) and self._watched.receive(token, int(self._clock()))


def _may_be_token(text: str) -> bool:
    """Whether a database may be asked for a text: PostgreSQL takes no NUL."""
    return text.isascii() and text.isprintable()
