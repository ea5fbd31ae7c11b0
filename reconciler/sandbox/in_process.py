"""An httpx transport into a sandbox of this process, on which broken connections look real.

`httpx.ASGITransport` lets the application's exceptions through as they are; a client waits for
httpx's. For tests: a sandbox itself needs no client.
"""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

from reconciler.sandbox.faults.connection import CutShort


class InProcessTransport(httpx.AsyncBaseTransport):
    """Carries requests to an ASGI application, and its broken connections as httpx's errors."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass it on. Raises RemoteProtocolError for an answer cut short, ReadError for a reset."""
        try:
            return await self._inner.handle_async_request(request)
        except CutShort as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
