"""A client for a sandbox in this process: ASGI requests without a network and an event loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from reconciler.kinds.address import wire_path
from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.sandbox.clock import Clock
from reconciler.sandbox.permissions import ADMIN_TOKEN

_HEADERS = [(b"authorization", f"Bearer {ADMIN_TOKEN}".encode()), (b"host", b"sandbox")]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a parsed body."""

    status: int
    body: Any


class Client:
    """One sandbox, its HTTP API, and its clock."""

    def __init__(self, seed: Mapping[str, Any], now: datetime) -> None:
        self.clock = Clock(now)
        self.requests = 0
        self._app = create_app(SandboxSettings(seed=seed), clock=self.clock)

    def close(self) -> None:
        """Close the database."""
        self._app.state.sandbox.close()

    def call(self, method: str, path: str, body: Any = None, query: str = "") -> Answer:
        """Send one request below `/v1/`."""
        self.requests += 1
        raw = f"/v1/{path}"
        status, sent = 0, b""
        payload = b"" if body is None else orjson.dumps(body)

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": payload, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += message.get("body", b"")

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": _HEADERS,
            "client": ("test", 1),
            "server": ("sandbox", 80),
        }
        try:
            self._app(scope, receive, send).send(None)
        except StopIteration:
            return Answer(status, orjson.loads(sent) if sent else None)
        raise AssertionError("the sandbox waited for something")

    def items(self, collection: str, query: str = "") -> list[dict[str, Any]]:
        """The items of a collection."""
        more = f"page_size=5000&{query}" if query else "page_size=5000"
        answer = self.call("GET", collection, query=more)
        assert answer.status == 200, answer
        items: list[dict[str, Any]] = answer.body["items"]
        return items

    def usage(self, address: str) -> dict[str, Any]:
        """The usage of a resource."""
        answer = self.call("GET", f"{wire_path(address)}:usage")
        assert answer.status == 200, answer
        usage: dict[str, Any] = answer.body
        return usage
