"""A request's connection, lent to the application so that a fault can break it.

ASGI has no way to reset a connection. Under uvicorn the server's protocol puts the transport
into the scope's extensions; where there is none (in a process's own tests) an exception stands
for it, which `in_process` turns into what a client over TCP would see.
"""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Receive, Scope

EXTENSION = "reconciler.connection"
_DISCARD = struct.pack("ii", 1, 0)
"""SO_LINGER, on, for 0 seconds: closing sends RST in place of FIN."""


class CutShort(ConnectionAbortedError):
    """The connection was closed before the answer's end."""


async def reset(scope: Scope, receive: Receive) -> None:
    """Reset the connection (RST), whatever was sent on it. Raises ConnectionResetError."""
    transport = _transport(scope)
    if transport is None:
        raise ConnectionResetError("the connection was reset")
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD)
    transport.abort()
    await _gone(receive)


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the connection once what was sent is out. Raises CutShort."""
    transport = _transport(scope)
    if transport is None:
        raise CutShort("the connection was closed before the answer's end")
    transport.close()
    await _gone(receive)


def _transport(scope: Scope) -> asyncio.Transport | None:
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(EXTENSION)
    return transport


async def _gone(receive: Receive) -> None:
    # uvicorn reports an application that returns without an answer, unless the client is gone.
    while (await receive())["type"] != "http.disconnect":
        pass
