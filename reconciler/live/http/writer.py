"""Batches sent over HTTP: the only way anything is changed."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from reconciler.errors import Unreachable
from reconciler.live.http import wire
from reconciler.live.http.client import WritingClient
from reconciler.live.http.transport import ForbiddenRequest
from reconciler.live.platform import MaySend, Outcome, Request


class HttpWriter:
    """A `Writer` over HTTP. It never splits a batch: whoever sends sizes it."""

    def __init__(self, client: WritingClient) -> None:
        self._client = client

    @property
    def requests(self) -> int:
        """How many requests have been sent so far."""
        return self._client.requests

    @property
    def attempt_seconds(self) -> float:
        """What one attempt of a write may take; then it is given up, answered or not."""
        return self._client.attempt_seconds

    def size(self, request: Request) -> int:
        """How many bytes of a batch it takes, with what parts it from the next."""
        return len(orjson.dumps(wire.operation_of(request))) + 1

    async def send(
        self, batch: Sequence[Request], *, may_send: MaySend | None = None
    ) -> tuple[Outcome, ...]:
        """Send operations in order; one outcome each.

        Sent again with the same keys after a failure, where every write has a key. Each attempt
        of a batch that writes asks `may_send` first; without one, it is a ForbiddenRequest.

        Raises Unreachable when the batch may have taken effect or not. Nothing took effect when
        it raises Unsent, AccessDenied, RequestTooLarge or RequestRefused.
        """
        if not batch:
            return ()
        if may_send is None and any(one.operation != "get" for one in batch):
            raise ForbiddenRequest("a batch that writes is sent only where each attempt is allowed")
        content = orjson.dumps({"operations": [wire.operation_of(one) for one in batch]})
        repeatable = all(one.key is not None or one.operation == "get" for one in batch)
        answer = await self._client.post("batch", content, repeatable=repeatable, may_send=may_send)
        json = answer.json
        outcomes = json.get("outcomes") if isinstance(json, dict) else None
        if not isinstance(outcomes, list) or len(outcomes) != len(batch):
            came = len(outcomes) if isinstance(outcomes, list) else "no"
            raise Unreachable(
                f"{answer.url} took {len(batch)} operations and gave {came} outcomes: nothing is "
                "known of what took effect"
            )
        try:
            return tuple(wire.outcome_of(one) for one in outcomes)
        except wire.Unparsable as error:
            raise Unreachable(
                f"{answer.url} gave outcomes that cannot be read ({error}): nothing is known of "
                "what took effect"
            ) from error
