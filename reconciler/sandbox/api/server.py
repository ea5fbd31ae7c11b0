"""Runs a sandbox as a process: binds a port, announces the URL, and stops on a signal."""

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
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.sandbox.faults.connection import EXTENSION
from reconciler.sandbox.permissions import TokenSpec, token_specs

TOKENS_VARIABLE = "RECONCILER_SANDBOX_TOKENS"
_GRACE_SECONDS = 3
_BACKLOG = 2048

__all__ = ["TOKENS_VARIABLE", "SandboxSettings", "run"]


class PortTaken(OSError):
    """The port is in use, or the process may not bind it."""


def run(settings: SandboxSettings) -> None:
    """Serve until SIGINT or SIGTERM. Raises PortTaken, BadData, BadFaults, ValueError."""
    tokens = {**tokens_from(os.environ), **settings.tokens}
    app = create_app(replace(settings, tokens=tokens))
    config = uvicorn.Config(
        app,
        http=_ExposingProtocol,
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
    """Tokens from the environment: JSON like `{"secret": {"user": "ana", "profile": "viewer"}}`.

    Raises ValueError, whose message contains no token.
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


class _ExposingProtocol(AutoHTTPProtocol):  # type: ignore[misc,valid-type]
    """The installed uvicorn protocol, with its transport exposed to the fault middleware."""

    app: ASGIApp

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        inner = self.app

        async def exposing(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[EXTENSION] = transport
            await inner(scope, receive, send)

        self.app = exposing


class _Server(uvicorn.Server):
    """uvicorn that announces when it listens and exits cleanly on a signal."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again after shutdown, so a clean stop would look like a kill.
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
