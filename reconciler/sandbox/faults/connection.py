"""Breaks a request's connection: resets it, or closes it early.

ASGI cannot reset a connection. Under uvicorn, the server's protocol adds the transport to the
scope's extensions. Without a server (in tests inside one process) an exception replaces the
broken connection.
"""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Receive, Scope

EXTENSION = "reconciler.connection"
_DISCARD = struct.pack("ii", 1, 0)
"""SO_LINGER with 0 seconds: closing sends RST instead of FIN."""


class CutShort(ConnectionAbortedError):
    """The connection was closed before the end of the answer."""


async def reset(scope: Scope, receive: Receive) -> None:
    """Reset the connection (RST). Raises ConnectionResetError without a server."""
    transport = _transport(scope)
    if transport is None:
        raise ConnectionResetError("the connection was reset")
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD)
    transport.abort()
    await _wait_for_disconnect(receive)


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the connection after sending what is buffered. Raises CutShort without a server."""
    transport = _transport(scope)
    if transport is None:
        raise CutShort("the connection was closed before the end of the answer")
    transport.close()
    await _wait_for_disconnect(receive)


def _transport(scope: Scope) -> asyncio.Transport | None:
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(EXTENSION)
    return transport


async def _wait_for_disconnect(receive: Receive) -> None:
    # uvicorn logs an application that returns without an answer, unless the client disconnected.
    while (await receive())["type"] != "http.disconnect":
        pass
