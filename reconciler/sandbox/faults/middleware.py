"""Applies faults to requests: ASGI middleware with one small function per fault.

`faults` decides which request gets which fault.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, assert_never

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.sandbox.faults import connection
from reconciler.sandbox.faults.concurrent_edits import OpenSession, edit_list
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
from reconciler.sandbox.paths import PREFIX, raw_path
from reconciler.sandbox.problems import Refusal
from reconciler.sandbox.responses import problem_reply

_CODES = {
    401: "unauthenticated",
    429: "too-many-requests",
    500: "crash",
    502: "bad-gateway",
    503: "unavailable",
}


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request and the application that answers it."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def answer(self, body: bytes | None = None) -> _Answer:
        """Get the application's answer without sending it; `body` replaces the request's body."""
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
        """Send an answer with `body`, and correct its length."""
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
        """The start message with another content length."""
        kept = [(name, value) for name, value in self.start["headers"] if name != b"content-length"]
        return {**self.start, "headers": [*kept, (b"content-length", b"%d" % length)]}


class FaultMiddleware:
    """Applies the decisions of `faults` to the requests of one sandbox."""

    def __init__(self, app: ASGIApp, faults: Faults, open_session: OpenSession) -> None:
        self._app = app
        self._faults = faults
        self._open_session = open_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with a fault if one is due."""
        path = raw_path(scope) if scope["type"] == "http" else ""
        if not path.startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        decided = self._faults.decide(scope["method"], path)
        if decided.delay_seconds:
            # Read the body first: a client that gives up during the delay has sent its request.
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
                if not await self._damage_page(rule, exchange, path):
                    injection.withdraw()
            case RefusedItem() | HalfBatch() as rule:
                if not await _damage_batch(rule, injection.dice, exchange):
                    injection.withdraw()
            case rule:
                assert_never(rule)

    async def _damage_page(self, rule: PageRule, exchange: _Exchange, path: str) -> bool:
        answer = await exchange.answer()
        page = orjson.loads(answer.body) if answer.start["status"] == 200 else None
        if page is None:
            damaged = False
        elif isinstance(rule, TruncatedPage):
            damaged = _truncated(page, rule)
        else:
            damaged = page["next_page_token"] is not None
            if damaged:
                edit_list(self._open_session, path, rule.edit)
        changed = damaged and isinstance(rule, TruncatedPage)
        await exchange.reply(answer, orjson.dumps(page) if changed else answer.body)
        return damaged


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive function that returns a body already read, then later messages."""
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
    return Refusal(status, _CODES[status], "an injected fault", headers=headers)


def _retry_after(asked: int | str | DateIn) -> str:
    if isinstance(asked, DateIn):
        # Use the system time, not the sandbox's clock: the Date header uses it too.
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
    """Truncate a page in place; return whether the page changed."""
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


async def _damage_batch(rule: BatchRule, dice: float, exchange: _Exchange) -> bool:
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
    """The operations of a batch; empty for a body that is not a valid batch."""
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
