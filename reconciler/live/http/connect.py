"""Open a reader or a writer of a platform. httpx is imported only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import AccessDenied, UsageError
from reconciler.kinds.values.credentials import without_credentials
from reconciler.kinds.values.refusal import full_message
from reconciler.kinds.values.urls import http_url
from reconciler.live.platform import PlatformInfo, Reader, Writer

if TYPE_CHECKING:
    import httpx

    from reconciler.live.http.cache import PageCache
    from reconciler.live.http.limiter import Limiter
    from reconciler.live.http.settings import HttpSettings


@asynccontextmanager
async def connect_reader(
    url: str,
    token: str | None,
    *,
    cache_dir: Path | None = None,
    limiter: Limiter | None = None,
    settings: HttpSettings | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Reader]:
    """A reader of the platform at `url`; it cannot change anything.

    `cache_dir` is the folder of the cache; None for no cache. Share one `limiter` between a reader
    and a writer of one platform. `transport` replaces the network.

    Raises UsageError for an invalid URL, AccessDenied without a token.
    """
    from reconciler.live.http.cache import PageCache
    from reconciler.live.http.client import Client
    from reconciler.live.http.limiter import Limiter
    from reconciler.live.http.reader import HttpReader
    from reconciler.live.http.settings import HttpSettings
    from reconciler.live.http.transport import ReadOnlyTransport

    base, token = base_of(url), _checked_token(token)
    settings, limiter = settings or HttpSettings(), limiter or Limiter()

    def make_cache(info: PlatformInfo) -> PageCache | None:
        if cache_dir is None:
            return None
        cache = PageCache(cache_dir, base=base, platform=info.id, version=info.version, token=token)
        cache.prune()
        return cache

    carrier = ReadOnlyTransport(_carrier(base, token, limiter, settings, transport))
    async with _http(carrier, settings) as http:
        client = Client(http, base, limiter=limiter, settings=settings)
        yield HttpReader(client, make_cache=make_cache, now=settings.now)


@asynccontextmanager
async def connect_writer(
    url: str,
    token: str | None,
    *,
    limiter: Limiter | None = None,
    settings: HttpSettings | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Writer]:
    """A writer to the platform at `url`; the arguments are `connect_reader`'s.

    Raises UsageError for an invalid URL, AccessDenied without a token.
    """
    from reconciler.live.http.client import WritingClient
    from reconciler.live.http.limiter import Limiter
    from reconciler.live.http.settings import HttpSettings
    from reconciler.live.http.writer import HttpWriter

    base, token = base_of(url), _checked_token(token)
    settings, limiter = settings or HttpSettings(), limiter or Limiter()
    async with _http(_carrier(base, token, limiter, settings, transport), settings) as http:
        yield HttpWriter(WritingClient(http, base, limiter=limiter, settings=settings))


def base_of(url: str) -> str:
    """A platform's address without the `/v1` of its API. Raises UsageError."""
    try:
        checked = http_url(url.strip())
    except ValueError as error:
        raise UsageError(without_credentials(full_message(error))) from error
    return checked.removesuffix("/v1").rstrip("/")


def _checked_token(token: str | None) -> str:
    token = (token or "").strip()
    if not token:
        raise AccessDenied(
            "there is no token, so nothing was sent",
            next_step="set RECONCILER_TOKEN to a token of the platform",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AccessDenied(
            "RECONCILER_TOKEN contains characters that no token has",
            next_step="check it for quotes and blanks",
        )
    return token


def _carrier(
    base: str,
    token: str,
    limiter: Limiter,
    settings: HttpSettings,
    transport: httpx.AsyncBaseTransport | None,
) -> httpx.AsyncBaseTransport:
    import httpx

    from reconciler.live.http.transport import BoundedTransport, OneHostTransport, network_transport

    origin = httpx.URL(base)
    inner = transport or network_transport(origin, width=limiter.width)
    bounded = BoundedTransport(inner, most=settings.answer_bytes)
    return OneHostTransport(bounded, origin=origin, token=token)


def _http(carrier: httpx.AsyncBaseTransport, settings: HttpSettings) -> httpx.AsyncClient:
    import httpx

    from reconciler import __version__

    return httpx.AsyncClient(
        transport=carrier,
        timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds),
        follow_redirects=False,
        headers={"Accept": "application/json", "User-Agent": f"reconciler/{__version__}"},
    )
