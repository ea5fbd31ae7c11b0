"""Send batches over HTTP: the only way to change the platform."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from reconciler.errors import Unreachable
from reconciler.live.http import wire
from reconciler.live.http.client import WritingClient
from reconciler.live.http.transport import ForbiddenRequest
from reconciler.live.platform import MaySend, Outcome, Request
from reconciler.message import Message


class HttpWriter:
    """A `Writer` over HTTP. It never splits a batch: the caller limits its size."""

    def __init__(self, client: WritingClient) -> None:
        self._client = client

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._client.requests

    @property
    def attempt_seconds(self) -> float:
        """The longest time of one attempt of a write; then it is abandoned."""
        return self._client.attempt_seconds

    def size(self, request: Request) -> int:
        """The bytes of a request in a batch, with its separator."""
        return len(orjson.dumps(wire.operation_of(request))) + 1

    async def send(
        self, batch: Sequence[Request], *, may_send: MaySend | None = None
    ) -> tuple[Outcome, ...]:
        """Send operations in order; one outcome each.

        The batch is repeated with the same keys after a failure, if every write has a key. Each
        attempt of a batch that writes calls `may_send` first. Raises ForbiddenRequest without it.

        Raises Unreachable when the batch may have taken effect or not. Nothing took effect when
        it raises Unsent, AccessDenied, RequestTooLarge or RequestRefused.
        """
        if not batch:
            return ()
        if may_send is None and any(request.operation != "get" for request in batch):
            raise ForbiddenRequest("a batch that writes needs a may_send")
        content = orjson.dumps({"operations": [wire.operation_of(request) for request in batch]})
        repeatable = all(request.key is not None or request.operation == "get" for request in batch)
        answer = await self._client.post("batch", content, repeatable=repeatable, may_send=may_send)
        json = answer.json
        outcomes = json.get("outcomes") if isinstance(json, dict) else None
        if not isinstance(outcomes, list) or len(outcomes) != len(batch):
            count = len(outcomes) if isinstance(outcomes, list) else "no"
            raise Unreachable(
                f"{answer.url} got {len(batch)} operations and returned {count} outcomes: which of "
                "them took effect is unknown"
            )
        try:
            return tuple(wire.outcome_of(outcome) for outcome in outcomes)
        except wire.Unparsable as error:
            raise Unreachable(
                Message.of(
                    "{url} returned outcomes that cannot be read ({error}): which of them took "
                    "effect is unknown",
                    url=answer.url,
                    error=error.message,
                )
            ) from error
