"""A relay in front of a sandbox that changes its answers.

It forwards every request. A test can change fields in the answers, in lists and in outcomes of
batches, or replace the answer of a path.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_HEADERS = ("Authorization", "Content-Type", "If-Match", "Idempotency-Key")


@dataclass
class Mangler:
    """`values` are the changed fields of resources, by address. `answers` are functions that answer
    a raw path. `info` changes the platform's information. `asked` are the requests so far."""

    url: str
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def mangled(self, body: Any) -> Any:
        """A body with the changed values, at any depth."""
        if isinstance(body, list):
            return [self.mangled(item) for item in body]
        if not isinstance(body, dict):
            return body
        body = {name: self.mangled(value) for name, value in body.items()}
        return {**body, **self.values.get(str(body.get("address")), {})}


@contextmanager
def mangling(platform: str) -> Iterator[Mangler]:
    """A relay to the platform at `platform`, closed on exit."""
    with (
        httpx.Client(base_url=platform, trust_env=False, timeout=60) as client,
        ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server,
    ):
        mangler = Mangler(f"http://127.0.0.1:{server.server_port}")
        server.RequestHandlerClass = _handler(mangler, client)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mangler
        finally:
            server.shutdown()
            thread.join()


def _handler(mangler: Mangler, client: httpx.Client) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            mangler.asked.append((self.command, path))
            if path in mangler.answers:
                mangler.answers[path](self)
                return
            length = int(self.headers.get("Content-Length", 0))
            headers = {name: self.headers[name] for name in _HEADERS if name in self.headers}
            came = client.request(
                self.command, self.path, content=self.rfile.read(length), headers=headers
            )
            body = came.content
            if "json" in came.headers.get("Content-Type", ""):
                body = json.dumps(mangler.mangled(came.json())).encode()
                if path == "/v1/platform":
                    body = json.dumps({**came.json(), **mangler.info}).encode()
            self.send_response(came.status_code)
            self.send_header("Content-Type", came.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
            pass

    return Handler
