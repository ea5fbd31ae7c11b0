"""A platform whose answers never end or are too much: a plan comes to its end, and says which list
it could not read and why."""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from tests.end_to_end.harness import Workspace
from tests.end_to_end.mangling import mangling

_Answer = Callable[[BaseHTTPRequestHandler], None]
_NUMBERS = itertools.count()
_MEGABYTE = b" " * (1 << 20)


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def _pages(handler: BaseHTTPRequestHandler) -> None:
    page = {"items": [], "next_page_token": f"t{next(_NUMBERS)}", "total": 2}
    _send(handler, 200, json.dumps(page).encode())


def _body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"100000\r\n" + _MEGABYTE + b"\r\n")
    except OSError:
        handler.close_connection = True


def _bomb(handler: BaseHTTPRequestHandler) -> None:
    packer = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16)
    packed = b"".join(packer.compress(_MEGABYTE) for _ in range(300)) + packer.flush()
    _send(handler, 200, packed, Content_Encoding="gzip")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (_pages, "pages in a row hold nothing"),
        (_body, "more than 268,435,456 bytes"),
        (_bomb, "more than 268,435,456 bytes"),
    ],
)
def test_an_endless_list_is_unknown_and_the_plan_reports_it(
    watched: Workspace, answer: _Answer, why: str
) -> None:
    with mangling(watched.sandbox.url) as mangler:
        mangler.answers["/v1/statuses"] = answer
        told = watched.run("plan", RECONCILER_URL=mangler.url).expect(3)
        told.mentions("unknown-live", "statuses", why)
        asked = [path for _, path in mangler.asked if path == "/v1/statuses"]
        assert len(asked) <= 14
