"""The address of the hub: reads the form of a request, and has the hub answer it outside the event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse

from feedsvc.core.errors import StoreError
from feedsvc.core.urls import client_address

_AT_ONCE = 2
"""Requests that are answered at a time: each is a transaction of the store."""
_MOST_WAITING = 100
"""Requests, here as a whole, that wait for their turn; further ones are to come again, and hold up nothing."""
_FIELDS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


Reply = tuple[int, str, int | None]
"""The hub's answer to a request: the status, the content for people, and the seconds after which the client may
try again, or None where that would not help."""
Hub = Callable[[bytes, str, str], Reply]
"""Takes the content of a request, its media type and the client's IP address. Called in a thread; may raise
``StoreError``."""


class Watch(Protocol):
    """Answers outside hubs to which this service subscribes. Called in a thread; may raise ``StoreError``."""

    def confirm(self, token: str, mode: str, challenge: str, lease: str) -> str | None:
        """The answer to the verification of a subscription; None if the subscription is not ours."""

    def receive(self, token: str) -> bool:
        """Note that a hub pushed; False if it is none of ours."""


def hub_endpoint(hub: Hub) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    """The endpoint that takes subscriptions."""
    slots = asyncio.Semaphore(_AT_ONCE)
    waiting = 0

    async def answer(request: Request) -> PlainTextResponse:
        nonlocal waiting
        try:
            content = await request.body()
        except ClientDisconnect:  # among them clients whose content was too large
            return _text(400, "The request did not come to its end.", None)
        if waiting >= _MOST_WAITING:
            return _text(503, "The hub has much to do; try again later.", 10)
        waiting += 1
        try:
            async with slots:
                reply = await asyncio.to_thread(
                    hub, content, request.headers.get("content-type", ""), _source(request)
                )
        except StoreError:
            return _text(503, "The hub cannot keep the request now; try again later.", 10)
        finally:
            waiting -= 1
        return _text(*reply)

    return answer


def watch_endpoint(watch: Watch) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    """The endpoint at which outside hubs confirm subscriptions, and push.

    A push is answered when it is here as a whole, since a hub may take an earlier answer for a failure. Nothing of
    it is kept.
    """

    async def answer(request: Request) -> PlainTextResponse:
        token, query = request.path_params["token"], request.query_params
        try:
            if request.method == "POST":
                is_ours = await asyncio.to_thread(watch.receive, token)
                if is_ours:
                    async for _ in request.stream():
                        pass
                return PlainTextResponse("", 204 if is_ours else 410, _FIELDS)
            told = [query.get(f"hub.{name}", "") for name in ("mode", "challenge", "lease_seconds")]
            challenge = await asyncio.to_thread(watch.confirm, token, *told)
        except ClientDisconnect:
            return _text(400, "The request did not come to its end.", None)
        except StoreError:
            return _text(503, "Try again later.", 10)
        return PlainTextResponse(challenge or "", 404 if challenge is None else 200, _FIELDS)

    return answer


def _text(status: int, text: str, retry_after: int | None) -> PlainTextResponse:
    again = {} if retry_after is None else {"retry-after": str(retry_after)}
    return PlainTextResponse(f"{text}\n", status, {**_FIELDS, **again})


_PROXIES = tuple(
    map(ip_network, ("127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
"""The networks of proxies: this machine, and those of containers and hosts that no public client has
(RFC 1918, RFC 4193)."""


def _source(request: Request) -> str:
    """The address of the client; where a proxy of a private network passes it on, the one that the proxy names."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded if forwarded and _is_proxy(peer) else peer


def _is_proxy(peer: str) -> bool:
    try:
        return not peer or any(client_address(peer) in network for network in _PROXIES)
    except ValueError:
        return False
