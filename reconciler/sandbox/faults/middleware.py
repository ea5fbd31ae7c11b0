"""Does faults to requests: the ASGI middleware around a sandbox, one small function a fault.

Which request gets which fault is decided in `faults`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, assert_never

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.sandbox.api.paths import PREFIX, raw_path
from reconciler.sandbox.api.responses import problem_reply
from reconciler.sandbox.faults import connection
from reconciler.sandbox.faults.concurrent_edits import edit_list
from reconciler.sandbox.faults.faults import Faults, Injection
from reconciler.sandbox.faults.rules import (
    BatchRule,
    ChangingPage,
    DateIn,
    HalfBatch,
    PageRule,
    RefusedItem,
    Reset,
    SlowDrip,
    Status,
    TruncatedBody,
    TruncatedPage,
)
from reconciler.sandbox.limits import MAX_OPERATIONS
from reconciler.sandbox.problems import Refusal
from reconciler.sandbox.service import Sandbox

_CODES = {
    401: "unauthenticated",
    429: "too-many-requests",
    500: "crash",
    502: "bad-gateway",
    503: "unavailable",
}


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request, and the application that would answer it."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def answer(self, body: bytes | None = None) -> _Answer:
        """What the application answers, to another body if one is given; it is not sent."""
        start: Message = {}
        chunks = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                chunks.append(message.get("body", b""))

        receive = self.receive if body is None else _replay(body, self.receive)
        await self.app(self.scope, receive, keep)
        return _Answer(start, b"".join(chunks))

    async def reply(self, answer: _Answer, body: bytes) -> None:
        """Send an answer, with another body if it is another."""
        await self.send(answer.start if body == answer.body else answer.with_length(len(body)))
        await self.send({"type": "http.response.body", "body": body})

    async def reset(self) -> None:
        """Reset the connection."""
        await connection.reset(self.scope, self.receive)


@dataclass(frozen=True, slots=True)
class _Answer:
    start: Message
    body: bytes

    def with_length(self, length: int) -> Message:
        """The start that announces another length."""
        kept = [(name, value) for name, value in self.start["headers"] if name != b"content-length"]
        return {**self.start, "headers": [*kept, (b"content-length", b"%d" % length)]}


class FaultMiddleware:
    """Injects what `faults` decides into the requests of one sandbox."""

    def __init__(self, app: ASGIApp, faults: Faults, sandbox: Sandbox) -> None:
        self._app = app
        self._faults = faults
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with its faults if it gets any."""
        path = raw_path(scope) if scope["type"] == "http" else ""
        if not path.startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        decided = self._faults.decide(scope["method"], path)
        if decided.delay_seconds:
            # Read first: a client that gives up while it waits has sent its request all the same.
            receive = _replay(await _body(receive), receive)
            await asyncio.sleep(decided.delay_seconds)
        if decided.injection is None:
            await self._app(scope, receive, send)
        else:
            await self._inject(decided.injection, _Exchange(self._app, scope, receive, send), path)

    async def _inject(self, injection: Injection, exchange: _Exchange, path: str) -> None:
        match injection.rule:
            case Status() as rule:
                await _refuse(rule, exchange)
            case Reset() as rule:
                await _reset(rule, exchange)
            case TruncatedBody():
                await _truncate_body(exchange)
            case SlowDrip() as rule:
                await _drip(rule, exchange)
            case TruncatedPage() | ChangingPage() as rule:
                if not await self._spoil_page(rule, exchange, path):
                    injection.withdraw()
            case RefusedItem() | HalfBatch() as rule:
                if not await _spoil_batch(rule, injection.dice, exchange):
                    injection.withdraw()
            case rule:
                assert_never(rule)

    async def _spoil_page(self, rule: PageRule, exchange: _Exchange, path: str) -> bool:
        answer = await exchange.answer()
        page = orjson.loads(answer.body) if answer.start["status"] == 200 else None
        if page is None:
            spoilt = False
        elif isinstance(rule, TruncatedPage):
            spoilt = _truncated(page, rule)
        else:
            spoilt = page["next_page_token"] is not None
            if spoilt:
                edit_list(self._sandbox, path, rule.edit)
        changed = spoilt and isinstance(rule, TruncatedPage)
        await exchange.reply(answer, orjson.dumps(page) if changed else answer.body)
        return spoilt


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give a body that has been read, then what comes after it."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


async def _refuse(rule: Status, exchange: _Exchange) -> None:
    if rule.takes_effect:
        await exchange.answer()
    status = int(rule.fault)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="sandbox"'
    if rule.retry_after is not None:
        headers["Retry-After"] = _retry_after(rule.retry_after)
    response = problem_reply(_refusal(status, headers))
    await response(exchange.scope, exchange.receive, exchange.send)


def _refusal(status: int, headers: dict[str, str] | None = None) -> Refusal:
    return Refusal(status, _CODES[status], "a fault that was asked for", headers=headers)


def _retry_after(asked: int | str | DateIn) -> str:
    if isinstance(asked, DateIn):
        # The system's time, not the sandbox's clock: it is what the Date header shows.
        return format_datetime(datetime.now(UTC) + timedelta(seconds=asked.date_in), usegmt=True)
    return str(asked)


async def _reset(rule: Reset, exchange: _Exchange) -> None:
    if rule.fault == "reset-after":
        await exchange.answer()
    else:
        await _body(exchange.receive)
    await exchange.reset()


async def _truncate_body(exchange: _Exchange) -> None:
    answer = await exchange.answer()
    if not answer.body:
        await exchange.reset()
        return
    await exchange.send(answer.start)
    half = answer.body[: len(answer.body) // 2]
    await exchange.send({"type": "http.response.body", "body": half, "more_body": True})
    await connection.cut(exchange.scope, exchange.receive)


def _truncated(page: dict[str, Any], rule: TruncatedPage) -> bool:
    """Whether there was something to leave out, or to say wrong."""
    if rule.how == "total":
        page["total"] += 1
        return True
    if rule.how == "token":
        return page.pop("next_page_token") is not None
    items = page["items"]
    page["items"], page["next_page_token"] = items[: len(items) // 2], None
    return bool(items)


async def _drip(rule: SlowDrip, exchange: _Exchange) -> None:
    answer = await exchange.answer()
    await exchange.send(answer.start)
    for start in range(0, len(answer.body), rule.chunk_bytes):
        await asyncio.sleep(rule.seconds)
        chunk = answer.body[start : start + rule.chunk_bytes]
        await exchange.send({"type": "http.response.body", "body": chunk, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


async def _spoil_batch(rule: BatchRule, dice: float, exchange: _Exchange) -> bool:
    body = await _body(exchange.receive)
    operations = _operations(body)
    if isinstance(rule, RefusedItem):
        place = int(dice * len(operations)) if rule.item is None else rule.item - 1
        if place < len(operations):
            return await _refuse_item(rule.status, place, operations, exchange)
    elif operations:
        count = len(operations) // 2 if rule.operations is None else rule.operations
        await exchange.answer(_batch(operations[:count]))
        await exchange.reset()
        return True
    answer = await exchange.answer(body)
    await exchange.reply(answer, answer.body)
    return False


async def _refuse_item(status: int, place: int, operations: list[Any], exchange: _Exchange) -> bool:
    answer = await exchange.answer(_batch(operations[:place] + operations[place + 1 :]))
    if answer.start["status"] != 200:
        await exchange.reply(answer, answer.body)
        return False
    batch = orjson.loads(answer.body)
    problem = orjson.loads(_refusal(status).body())
    batch["outcomes"].insert(place, {"status": status, "resource": None, "problem": problem})
    await exchange.reply(answer, orjson.dumps(batch))
    return True


def _operations(body: bytes) -> list[Any]:
    """A batch's operations; none of what the platform would not take as a batch."""
    try:
        batch = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    operations = batch.get("operations") if isinstance(batch, dict) else None
    if not isinstance(operations, list) or len(operations) > MAX_OPERATIONS:
        return []
    return operations


def _batch(operations: list[Any]) -> bytes:
    return orjson.dumps({"operations": operations})
