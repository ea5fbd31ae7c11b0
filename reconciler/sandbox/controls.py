"""Controls that only tests have: the clock, and a log of which requests came."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.sandbox.api.responses import json_reply, problem_reply
from reconciler.sandbox.clock import Clock, moment_of, stamp
from reconciler.sandbox.problems import Refusal, bad_request

PREFIX = "/_test/"


class RequestLog:
    """How often each method and path came since the last reset."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, method: str, path: str) -> None:
        """Note a request."""
        self._counts[method, path] += 1

    def clear(self) -> None:
        """Start anew."""
        self._counts.clear()

    def document(self) -> dict[str, Any]:
        """The log as JSON, in order of first arrival."""
        return {
            "total": self._counts.total(),
            "items": [
                {"method": method, "path": path, "count": count}
                for (method, path), count in self._counts.items()
            ],
        }


def control_routes(clock: Clock, log: RequestLog) -> list[Route]:
    """The routes below `/_test/`."""

    async def put_clock(request: Request) -> Response:
        try:
            _move(clock, await request.body())
        except Refusal as refusal:
            return problem_reply(refusal)
        return json_reply(orjson.dumps({"now": stamp(clock.now())}))

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            log.clear()
            return Response(status_code=204)
        return json_reply(orjson.dumps(log.document()))

    return [
        Route(PREFIX + "clock", put_clock, methods=["PUT"]),
        Route(PREFIX + "requests", requests, methods=["GET", "DELETE"]),
    ]


def _move(clock: Clock, text: bytes) -> None:
    try:
        body = orjson.loads(text)
        if "now" in body:
            clock.set(moment_of(body["now"]))
        else:
            clock.advance(timedelta(seconds=body["advance_seconds"]))
    except (ValueError, TypeError, KeyError) as error:
        raise bad_request("bad-clock", 'send {"now": "…"} or {"advance_seconds": n}') from error
