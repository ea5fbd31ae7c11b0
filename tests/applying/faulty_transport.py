"""An httpx transport that fails on demand, in every way that a network and a platform can.

It is between the client and a sandbox in this process. It consumes named faults in order: one for
each posted batch, and from a separate list one for each GET.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

BATCH_FAULTS = (
    "reset-before",
    "reset-after",
    "503-before",
    "503-after",
    "500-after",
    "429",
    "item-503",
    "item-503-after",
    "item-429",
    "truncated",
    "short",
    "401",
    "403",
    "429-forever",
    "refused",
)
"""The faults of a posted batch. A fault with `-after` hides a write that took effect."""

READ_FAULTS = ("reset-before", "503-before", "429", "truncated")

_REFUSED: dict[str, tuple[int, dict[str, str]]] = {
    "503-before": (503, {}),
    "503-long": (503, {"Retry-After": "32"}),
    "500-before": (500, {}),
    "429": (429, {"Retry-After": "2"}),
    "429-long": (429, {"Retry-After": "50"}),
    "429-forever": (429, {"Retry-After": "200"}),
    "401": (401, {}),
    "400": (400, {}),
    "403": (403, {}),
    "413": (413, {}),
}

_WRITES = frozenset({"create", "patch", "put", "delete", "rename"})


@dataclass
class FaultyTransport(httpx.AsyncBaseTransport):
    """Sends requests to `inner`, with the next faults of `batches` and `reads`."""

    inner: httpx.AsyncBaseTransport
    batches: deque[str] = field(default_factory=deque)
    reads: deque[str] = field(default_factory=deque)
    point: Callable[[str], None] = lambda _: None
    met: Counter[str] = field(default_factory=Counter)
    posted: list[list[str]] = field(default_factory=list)
    always: str = ""
    held: list[httpx.Request] = field(default_factory=list)
    deaf_to: str = ""

    def will(self, *faults: str) -> None:
        """Set the faults of the next batches; "" means no fault."""
        self.batches.extend(faults)

    async def deliver(self) -> None:
        """Deliver the delayed requests, even if their sender is gone."""
        while self.held:
            await self.inner.handle_async_request(self.held.pop(0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return await self._batch(request)
        if self.deaf_to and request.url.path.startswith(self.deaf_to):
            return _problem(request, 403)
        fault = self.reads.popleft() if self.reads else ""
        if fault:
            self.met[f"read {fault}"] += 1
        return await self._with_fault(request, fault)

    async def _batch(self, request: httpx.Request) -> httpx.Response:
        operations = orjson.loads(request.content)["operations"]
        writes = [operation for operation in operations if operation["op"] in _WRITES]
        kind = "write" if writes else "read back"
        self.point(f"before {kind}")
        fault = self.batches.popleft() if self.batches else self.always
        if fault:
            self.met[fault] += 1
        self.posted.append(
            [f"{operation['op']} {operation['address']}" for operation in operations]
        )
        if fault.startswith("item-"):
            response = await self._items(request, operations, fault)
        else:
            response = await self._with_fault(request, fault)
        self.point(f"after {kind}")
        return response

    async def _with_fault(self, request: httpx.Request, fault: str) -> httpx.Response:
        if fault in _REFUSED:
            return _problem(request, *_REFUSED[fault])
        match fault:
            case "reset-before":
                raise httpx.ReadError("connection reset", request=request)
            case "refused":
                raise httpx.ConnectError("refused", request=request)
            case "held":
                self.held.append(request)
                self.point("held")
        response = await self.inner.handle_async_request(request)
        body = await response.aread()
        match fault:
            case "reset-after":
                raise httpx.ReadError("connection reset", request=request)
            case "503-after":
                return _problem(request, 503)
            case "500-after":
                return _problem(request, 500)
            case "truncated":
                return httpx.Response(200, content=body[: len(body) // 2], request=request)
            case "short":
                cut = {"outcomes": orjson.loads(body)["outcomes"][:-1]}
                return httpx.Response(200, content=orjson.dumps(cut), request=request)
        return response

    async def _items(
        self, request: httpx.Request, operations: Sequence[dict[str, Any]], fault: str
    ) -> httpx.Response:
        """Refuse every second operation inside a 200 answer, with or without its effect."""
        status = 429 if fault == "item-429" else 503
        refused = {"status": status, "resource": None, "problem": {"detail": "busy"}}
        kept = [
            operation
            for number, operation in enumerate(operations)
            if number % 2 or fault[-5:] == "after"
        ]
        passed = httpx.Request(
            "POST",
            request.url,
            headers={k: v for k, v in request.headers.items() if k.lower() != "content-length"},
            content=orjson.dumps({"operations": kept}),
        )
        response = await self.inner.handle_async_request(passed)
        outcomes = iter(orjson.loads(await response.aread())["outcomes"])
        mixed = []
        for number, _ in enumerate(operations):
            if fault == "item-503-after":
                answered = next(outcomes)
                mixed.append(answered if number % 2 else refused)
            else:
                mixed.append(next(outcomes) if number % 2 else refused)
        return httpx.Response(200, content=orjson.dumps({"outcomes": mixed}), request=request)


def _problem(
    request: httpx.Request, status: int, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    body = orjson.dumps({"status": status, "code": "injected", "detail": "injected"})
    return httpx.Response(
        status,
        content=body,
        headers={"Content-Type": "application/problem+json", **(headers or {})},
        request=request,
    )
