"""Refusals: the platform's error answers, as RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypedDict

import orjson

CONTENT_TYPE = "application/problem+json"


class FieldError(TypedDict):
    """One wrong field: its path and a message."""

    path: str
    message: str


class Refusal(Exception):
    """An error answer. `extra` adds members to the problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        super().__init__(detail)

    def body(self) -> bytes:
        """The problem document as JSON."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }
        if self.errors:
            document["errors"] = self.errors
        return orjson.dumps(document)


def not_found(address: str) -> Refusal:
    """The 404 for an address without a resource."""
    return Refusal(404, "not-found", f"{address} does not exist")


def bad_request(code: str, detail: str) -> Refusal:
    """The 400 for a malformed request."""
    return Refusal(400, code, detail)


def not_allowed(detail: str, *allowed: str, code: str = "method-not-allowed") -> Refusal:
    """The 405 for a method that the resource does not support."""
    return Refusal(405, code, detail, headers={"Allow": ", ".join(allowed)})


def invalid(errors: Sequence[FieldError], code: str = "invalid") -> Refusal:
    """The 422 for invalid fields."""
    detail = "; ".join(
        f"{error['path']}: {error['message']}" if error["path"] else error["message"]
        for error in errors
    )
    return Refusal(422, code, detail, errors=errors)


def invalid_field(path: str, message: str, code: str = "invalid") -> Refusal:
    """The 422 for one invalid field."""
    return invalid([{"path": path, "message": message}], code)
