"""An httpx transport to a sandbox in this process, with realistic connection errors.

`httpx.ASGITransport` passes the application's exceptions through; clients expect those of httpx.
"""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

from reconciler.sandbox.faults.connection import CutShort


class InProcessTransport(httpx.AsyncBaseTransport):
    """Sends requests to an ASGI application, and raises httpx errors for broken connections."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises RemoteProtocolError for a short answer, ReadError for a reset."""
        try:
            return await self._inner.handle_async_request(request)
        except CutShort as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
