"""Responses from bytes that are JSON already."""

from __future__ import annotations

from starlette.responses import Response

from reconciler.sandbox.problems import CONTENT_TYPE, Refusal
from reconciler.sandbox.store.idempotency import Answer


def json_reply(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as it is."""
    return Response(body, status, headers, media_type="application/json")


def problem_reply(refusal: Refusal) -> Response:
    """A refusal as problem+json."""
    return Response(refusal.body(), refusal.status, refusal.headers, media_type=CONTENT_TYPE)


def answer_reply(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    """An operation's answer as a response of its own."""
    sent = {**answer.headers, **(headers or {})}
    if answer.etag is not None:
        sent["ETag"] = answer.etag
    if answer.replayed:
        sent["Idempotency-Replayed"] = "true"
    kind = CONTENT_TYPE if answer.status >= 400 else "application/json"
    media_type = None if answer.body is None else kind
    return Response(answer.body, answer.status, sent, media_type=media_type)
