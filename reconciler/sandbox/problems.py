"""Refusals: what the platform says no with, as RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypedDict

import orjson

CONTENT_TYPE = "application/problem+json"


class FieldError(TypedDict):
    """What is wrong with one field."""

    path: str
    message: str


class Refusal(Exception):
    """The platform will not do it. `extra` becomes further members of the problem document."""

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
        """The problem document."""
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
    """There is nothing at an address."""
    return Refusal(404, "not-found", f"there is no {address}")


def bad_request(code: str, detail: str) -> Refusal:
    """The request itself cannot be read."""
    return Refusal(400, code, detail)


def not_allowed(detail: str, *allowed: str, code: str = "method-not-allowed") -> Refusal:
    """The method does not go with what the path names."""
    return Refusal(405, code, detail, headers={"Allow": ", ".join(allowed)})


def invalid(errors: Sequence[FieldError], code: str = "invalid") -> Refusal:
    """Fields that the platform does not take."""
    detail = "; ".join(
        f"{e['path']}: {e['message']}" if e["path"] else e["message"] for e in errors
    )
    return Refusal(422, code, detail, errors=errors)


def invalid_field(path: str, message: str, code: str = "invalid") -> Refusal:
    """One field that the platform does not take."""
    return invalid([{"path": path, "message": message}], code)
