"""The test controls below `/_test/`: the clock, the request log and the faults."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.sandbox.clock import Clock, moment_of, stamp
from reconciler.sandbox.faults.faults import BadFaults, Faults, fault_plan
from reconciler.sandbox.problems import Refusal, bad_request
from reconciler.sandbox.responses import json_reply, problem_reply

PREFIX = "/_test/"


class RequestLog:
    """Counts requests by method and path since the last reset."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, method: str, path: str) -> None:
        """Count one request."""
        self._counts[method, path] += 1

    def clear(self) -> None:
        """Set every count to zero."""
        self._counts.clear()

    def document(self) -> dict[str, Any]:
        """The counts for JSON, in order of first request."""
        return {
            "total": self._counts.total(),
            "items": [
                {"method": method, "path": path, "count": count}
                for (method, path), count in self._counts.items()
            ],
        }


def control_routes(clock: Clock, log: RequestLog) -> list[Route]:
    """`/_test/clock` moves the clock; `/_test/requests` reads (GET) or clears (DELETE) the log."""

    async def put_clock(request: Request) -> Response:
        try:
            _move_clock(clock, await request.body())
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


def fault_route(faults: Faults) -> Route:
    """`/_test/faults`: GET reads the counts, PUT replaces the rules (JSON), DELETE removes them."""

    async def answer(request: Request) -> Response:
        if request.method == "DELETE":
            faults.replace(fault_plan(None))
            return Response(status_code=204)
        if request.method == "PUT":
            try:
                faults.replace(fault_plan(orjson.loads(await request.body())))
            except (BadFaults, orjson.JSONDecodeError) as error:
                return problem_reply(bad_request("bad-faults", str(error)))
        return json_reply(orjson.dumps(faults.document()))

    return Route(PREFIX + "faults", answer, methods=["GET", "PUT", "DELETE"])


def _move_clock(clock: Clock, text: bytes) -> None:
    try:
        body = orjson.loads(text)
        if "now" in body:
            clock.set(moment_of(body["now"]))
        else:
            clock.advance(timedelta(seconds=body["advance_seconds"]))
    except (ValueError, TypeError, KeyError) as error:
        raise bad_request("bad-clock", 'send {"now": "…"} or {"advance_seconds": n}') from error
