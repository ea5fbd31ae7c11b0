"""httpx transports that guarantee: one host only, reading only, and no answer over a size limit.

They are below the client, so code above cannot avoid them.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import AsyncIterator, Iterator
from urllib.request import getproxies, proxy_bypass

import httpx

_READING = frozenset({"GET", "HEAD"})
_GZIP = "gzip"
_GZIP_BITS = zlib.MAX_WBITS | 16
_PIECE_BYTES = 1 << 20


class ForbiddenRequest(RuntimeError):
    """A request that this client must never send: a defect of the program."""


class _Wrapping(httpx.AsyncBaseTransport):
    """A transport around another one, which it closes."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def aclose(self) -> None:
        await self._inner.aclose()


class ReadOnlyTransport(_Wrapping):
    """Sends GET and HEAD; any other method raises before a byte is sent."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a GET or HEAD on. Raises ForbiddenRequest for any other method."""
        if request.method not in _READING:
            raise ForbiddenRequest(f"a reader does not send {request.method} ({request.url})")
        return await self._inner.handle_async_request(request)


class OneHostTransport(_Wrapping):
    """Adds the token to requests to one origin; a request to another raises before it is sent."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, origin: httpx.URL, token: str) -> None:
        super().__init__(inner)
        self._origin = _origin(origin)
        self._authorization = f"Bearer {token}"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Add the token and pass on. Raises ForbiddenRequest for another origin."""
        if _origin(request.url) != self._origin:
            raise ForbiddenRequest(f"the token is not sent to {request.url.host}")
        request.headers["Authorization"] = self._authorization
        return await self._inner.handle_async_request(request)


class AnswerTooLarge(Exception):
    """An answer with more bytes than the limit, compressed or not."""


class BoundedTransport(_Wrapping):
    """Requests gzip, decompresses it, and stops an answer of more than `most` bytes.

    So neither an endless answer nor a small one that decompresses to gigabytes fills the memory.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, most: int) -> None:
        super().__init__(inner)
        self._most = most

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on. Reading the answer raises AnswerTooLarge, or DecodingError for invalid gzip."""
        request.headers["Accept-Encoding"] = _GZIP
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - it is async
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        headers = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() != b"content-encoding"
        ]
        return httpx.Response(
            response.status_code,
            headers=headers,
            stream=_Bounded(response.stream, encoding, self._most),
            extensions=response.extensions,
        )


class _Bounded(httpx.AsyncByteStream):
    """A decompressed body; raises AnswerTooLarge after `most` bytes."""

    def __init__(self, inner: httpx.AsyncByteStream, encoding: str, most: int) -> None:
        self._inner = inner
        self._encoding = encoding
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._encoding not in ("", "identity", _GZIP):
            raise httpx.DecodingError(f"an answer in {self._encoding}, which was not requested")
        unpacker = _Gzip(self._most) if self._encoding == _GZIP else None
        sent = unpacked = 0
        async for chunk in self._inner:
            sent += len(chunk)
            self._check(sent)
            for piece in (chunk,) if unpacker is None else unpacker.unpacked(chunk):
                unpacked += len(piece)
                self._check(unpacked)
                yield piece
        if unpacker is not None:
            unpacker.finish()

    def _check(self, size: int) -> None:
        if size > self._most:
            raise AnswerTooLarge(f"more than {self._most:,} bytes")

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Gzip:
    """Decompresses gzip in pieces of limited size, member by member (RFC 1952, 2.2)."""

    def __init__(self, most: int) -> None:
        self._piece_bytes = min(most + 1, _PIECE_BYTES)
        self._member = zlib.decompressobj(_GZIP_BITS)

    def unpacked(self, chunk: bytes) -> Iterator[bytes]:
        """The decompressed pieces of a chunk. Raises DecodingError."""
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP_BITS)
            try:
                piece = self._member.decompress(chunk, self._piece_bytes)
            except zlib.error as error:
                raise httpx.DecodingError(f"an answer that is not gzip: {error}") from error
            chunk = self._member.unused_data or self._member.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        """Raise DecodingError if the end is missing."""
        if not self._member.eof:
            raise httpx.DecodingError("an incomplete answer in gzip")


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def network_transport(origin: httpx.URL, *, width: int) -> httpx.AsyncBaseTransport:
    """The network, through the proxy of the environment variables if one is set for this host.

    httpx reads `HTTPS_PROXY` and `NO_PROXY` only when it creates the transport itself.
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
    """httpx's trusted certificates, or none for plain HTTP.

    Loading the certificates takes as long as loading a hundred manifests.
    """
    return True if origin.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
