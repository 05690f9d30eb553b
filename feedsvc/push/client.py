"""The HTTP client of the sender: a request has an end, follows no redirect, and goes to a checked address alone.

The only home of httpx2 in this room.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType

import httpx2
from cachetools import LRUCache

from feedsvc import __version__
from feedsvc.core.urls import NetworkRules, RefusedError

TIMEOUT = 10.0
"""Seconds that one request may take, from the look-up of the host to the end of the answer."""
_CONNECT_TIMEOUT = 5.0
"""Seconds to connect to one of the addresses of a host."""
_MOST_ANSWER = 65_536
"""Bytes of an answer that are read."""
_LOOKUPS = 16
"""Look-ups at a time of hosts that were found the last time, and as many of all others: a stranger's name server
that does not answer must not delay what is sent to others."""
_KNOWN_HOSTS = 10_000
"""How many hosts are known to have been found."""


class SendError(Exception):
    """A request was not answered; the text says why, in words that may be shown to everybody."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer to a request."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """The beginning of the content, undecoded."""

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300


class PushClient(AbstractAsyncContextManager["PushClient"]):
    """Sends requests."""

    def __init__(self, rules: NetworkRules, site: str) -> None:
        """Take which addresses are allowed, and the public address of the site, which requests name."""
        self._rules = rules
        self._transport = _CheckedTransport(rules)
        self._headers = {
            "user-agent": f"feedsvc/{__version__} (+{site}/)",
            "accept": "*/*",
            "accept-encoding": "identity",
        }

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open."""
        await self._transport.aclose()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> HttpAnswer:
        """Send one request.

        Raises:
            SendError: There was no answer, or the URL must not be sent to.
        """
        try:
            self._rules.check_url(url)
            _check_fields(headers or {})
            async with asyncio.timeout(TIMEOUT):
                return await self._send(method, url, {**self._headers, **(headers or {})}, content)
        except RefusedError as error:
            raise SendError(f"the URL {error}") from error
        except TimeoutError as error:
            raise SendError(f"no answer within {TIMEOUT:.0f} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
            raise SendError(_said(error)) from error

    async def _send(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> HttpAnswer:
        # The transport alone: a client of httpx2 would keep cookies, which nobody here has a use for.
        timeout = httpx2.Timeout(TIMEOUT, connect=_CONNECT_TIMEOUT).as_dict()
        request = httpx2.Request(
            method, url, headers=headers, content=content or None, extensions={"timeout": timeout}
        )
        answer = await self._transport.handle_async_request(request)
        body = b""
        try:
            async for part in answer.aiter_raw():
                body += part
                if len(body) >= _MOST_ANSWER:
                    break
        finally:
            await answer.aclose()
        return HttpAnswer(answer.status_code, dict(answer.headers), body[:_MOST_ANSWER])


def _check_fields(headers: Mapping[str, str]) -> None:
    """Refuse header fields that cannot be sent. The HTTP library would tell the value, which may be a secret.

    Raises:
        SendError: One has such a value (RFC 9110, section 5.5).
    """
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable() and value == value.strip()):
            raise SendError(f"the header field {name} cannot have its value: see to the secret in the settings")


def _said(error: Exception) -> str:
    """The fault in one line."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


class _CheckedTransport(httpx2.AsyncBaseTransport):
    """Resolves the host of a request, checks every address, and connects to one of them.

    The connection goes to the very address that was checked: a name may lead elsewhere when it is looked up again
    (DNS rebinding). No connection is kept, since the next request may be for another host at the same address.
    """

    def __init__(self, rules: NetworkRules) -> None:
        self._rules = rules
        self._inner = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0), trust_env=False)
        self._lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookup")
        self._first_lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="first lookup")
        self._resolved: LRUCache[str, None] = LRUCache(_KNOWN_HOSTS)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the first address that can be connected to."""
        host = request.url.host
        addresses = await self._resolve(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        *others, last = addresses
        for address in others:
            try:
                return await self._inner.handle_async_request(_at(request, host, address))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_at(request, host, last))

    async def aclose(self) -> None:
        """Close what is open."""
        for each in (self._lookups, self._first_lookups):
            each.shutdown(wait=False, cancel_futures=True)
        await self._inner.aclose()

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, all of which are allowed; at least one."""
        threads = self._lookups if host in self._resolved else self._first_lookups
        found: Sequence[str] = ()
        try:
            found = await asyncio.get_running_loop().run_in_executor(threads, _look_up, host, port)
        except OSError as error:
            raise httpx2.ConnectError(f"the host cannot be resolved ({error.strerror})") from error
        finally:
            if found:
                self._resolved[host] = None
            else:
                self._resolved.pop(host, None)
        for address in found:
            self._rules.check_address(address)
        if not found:
            raise httpx2.ConnectError("the host has no address")
        return found


def _look_up(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def _at(request: httpx2.Request, host: str, address: str) -> httpx2.Request:
    """The request, sent to ``address``; its Host field, and the name that TLS asks for, stay those of ``host``."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
