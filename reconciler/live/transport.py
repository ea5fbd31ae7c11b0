"""httpx transports that make two promises structural: one host only, and reading only.

They wrap whatever carries the requests, below the client, so no code above can go round them.
Not here: retries, pauses, and the meaning of answers.
"""

from __future__ import annotations

import ssl
from urllib.request import getproxies, proxy_bypass

import httpx

_READING = frozenset({"GET", "HEAD"})


class ForbiddenRequest(RuntimeError):
    """A request that this client must never send; a mistake in the program, not of a user."""


class ReadOnlyTransport(httpx.AsyncBaseTransport):
    """Carries GET and HEAD; anything else raises before a byte is sent."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a reading request on. Raises ForbiddenRequest for any other."""
        if request.method not in _READING:
            raise ForbiddenRequest(f"a reader sends no {request.method} ({request.url})")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what it wraps."""
        await self._inner.aclose()


class OneHostTransport(httpx.AsyncBaseTransport):
    """Signs requests to one origin with the token; a request to any other raises unsent."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, origin: httpx.URL, token: str) -> None:
        self._inner = inner
        self._origin = _origin(origin)
        self._authorization = f"Bearer {token}"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sign and pass on. Raises ForbiddenRequest where the origin is another."""
        if _origin(request.url) != self._origin:
            raise ForbiddenRequest(f"the token is not sent to {request.url.host}")
        request.headers["Authorization"] = self._authorization
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what it wraps."""
        await self._inner.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def network_transport(origin: httpx.URL, *, width: int) -> httpx.AsyncBaseTransport:
    """The real network, through the environment's proxy where one is set for this host.

    httpx looks at `HTTPS_PROXY` and `NO_PROXY` only where it makes the transport itself.
    """
    proxies = {} if proxy_bypass(origin.host) else getproxies()
    proxy = proxies.get(origin.scheme) or proxies.get("all")
    limits = httpx.Limits(max_connections=width, max_keepalive_connections=width)
    return httpx.AsyncHTTPTransport(
        verify=_trust(origin),
        limits=limits,
        proxy=httpx.Proxy(proxy) if proxy else None,
        trust_env=True,
    )


def _trust(origin: httpx.URL) -> ssl.SSLContext | bool:
    """Whose certificates are good: httpx's own choice, or, where no TLS will be spoken, nobody's.
    Reading the certificates takes as long as reading a hundred manifests."""
    return True if origin.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
