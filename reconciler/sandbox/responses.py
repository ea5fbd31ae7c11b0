"""HTTP responses from encoded JSON and from refusals."""

from __future__ import annotations

from starlette.responses import Response

from reconciler.sandbox.problems import CONTENT_TYPE, Refusal


def json_reply(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A response with an encoded JSON body."""
    return Response(body, status, headers, media_type="application/json")


def problem_reply(refusal: Refusal) -> Response:
    """A refusal as an `application/problem+json` response."""
    return Response(refusal.body(), refusal.status, refusal.headers, media_type=CONTENT_TYPE)
