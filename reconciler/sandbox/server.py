"""Runs a sandbox as a process: bound to a port, announced once it listens, stopped by a signal."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.domain.permissions import TokenSpec, token_specs
from reconciler.sandbox.faults.connection import EXTENSION
from reconciler.sandbox.settings import SandboxSettings

TOKENS_VARIABLE = "RECONCILER_SANDBOX_TOKENS"
_GRACE_SECONDS = 3
_BACKLOG = 2048

__all__ = ["TOKENS_VARIABLE", "SandboxSettings", "run"]


class PortTaken(OSError):
    """The port cannot be listened on."""


def run(settings: SandboxSettings) -> None:
    """Serve until SIGINT or SIGTERM. Raises PortTaken, BadData, BadFaults, ValueError."""
    tokens = {**tokens_from(os.environ), **settings.tokens}
    app = create_app(replace(settings, tokens=tokens))
    config = uvicorn.Config(
        app,
        http=_LendingProtocol,
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
    )
    listening = _listen(settings.host, settings.port)
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    server = _Server(config, lambda: settings.announce(f"http://{shown}:{port}"))
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
        app.state.sandbox.close()


def tokens_from(environment: Mapping[str, str]) -> Mapping[str, TokenSpec]:
    """Tokens of the environment: JSON, as in `{"secret": {"user": "ana", "profile": "viewer"}}`.

    Raises ValueError, which tells no token.
    """
    text = environment.get(TOKENS_VARIABLE)
    if not text:
        return {}
    try:
        return token_specs(orjson.loads(text))
    except ValueError as error:
        raise ValueError(f"{TOKENS_VARIABLE}: {error}") from error


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTaken(error.errno, error.strerror) from error
    return listening


class _LendingProtocol(AutoHTTPProtocol):  # type: ignore[misc,valid-type]
    """uvicorn's protocol, whichever is installed, that lends its transport to be broken."""

    app: ASGIApp

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        inner = self.app

        async def lending(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[EXTENSION] = transport
            await inner(scope, receive, send)

        self.app = lending


class _Server(uvicorn.Server):
    """uvicorn, except that it says when it listens and ends quietly on a signal."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again after shutting down, so a clean stop looks like a kill.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            with suppress(KeyboardInterrupt):
                yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
