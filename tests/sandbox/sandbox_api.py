"""A sandbox in this process, with a client for its API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import FastAPI

from reconciler.kinds.address import wire_path
from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.sandbox.clock import moment_of
from reconciler.sandbox.permissions import ADMIN_TOKEN

NOW = "2026-11-24T10:00:00.000Z"

SEED: dict[str, Any] = {
    "platform": {"id": "test", "name": "Test"},
    "users": [{"name": name, "full_name": name.title()} for name in ("ana", "luis", "maria")],
    "connectors": [
        {"name": "tel", "type": "telephony", "numbers": ["+59829001000", "+59829001001"]},
        {"name": "sms", "type": "sms", "numbers": ["+59899001001"]},
        {"name": "mail", "type": "email", "numbers": []},
    ],
    "forms": [{"name": "Order"}],
}


def settings(**changes: Any) -> SandboxSettings:
    return SandboxSettings(
        **{"seed": SEED, "clock_start": moment_of(NOW), "test_controls": True, **changes}
    )


class Api:
    """Calls an application with one token. `at` encodes addresses as raw paths."""

    def __init__(self, app: FastAPI, token: str | None = ADMIN_TOKEN) -> None:
        self.app = app
        self.token = token

    def using(self, token: str | None) -> Api:
        return Api(self.app, token)

    def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **kwargs: Any
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            sent = dict(headers or {})
            if self.token is not None:
                sent["Authorization"] = f"Bearer {self.token}"
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, headers=sent, **kwargs)

        return asyncio.run(send())

    def get(self, address: str, query: str = "", **headers: str) -> httpx.Response:
        return self.call("GET", at(address) + query, headers=_dashed(headers))

    def post(self, address: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.call("POST", at(address), json=body or {}, headers=_dashed(headers))

    def patch(self, address: str, body: Any, **headers: str) -> httpx.Response:
        return self.call("PATCH", at(address), json=body, headers=_dashed(headers))

    def put(self, address: str, body: Any, **headers: str) -> httpx.Response:
        return self.call("PUT", at(address), json=body, headers=_dashed(headers))

    def delete(self, address: str, query: str = "", **headers: str) -> httpx.Response:
        return self.call("DELETE", at(address) + query, headers=_dashed(headers))

    def create(self, address: str, body: Any = None) -> dict[str, Any]:
        """Create a resource, check the answer, and return the resource."""
        answer = self.post(address, body)
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    def verb(self, address: str, verb: str, body: Any = None) -> httpx.Response:
        path = f"{at(address)}:{verb}"
        return self.call("GET", path) if body is None else self.call("POST", path, json=body)

    def usage(self, address: str) -> dict[str, Any]:
        answer = self.verb(address, "usage")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def items(self, path: str, query: str = "") -> list[dict[str, Any]]:
        answer = self.call("GET", f"/v1/{path}{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def addresses(self, path: str, query: str = "") -> list[str]:
        return [item["address"] for item in self.items(path, query)]

    def batch(self, *operations: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.call("POST", "/v1/batch", json={"operations": list(operations)})
        assert answer.status_code == 200, answer.text
        outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
        return outcomes

    def advance_clock(self, seconds: float) -> None:
        self.call("PUT", "/_test/clock", json={"advance_seconds": seconds})

    def interact(self, campaign: str, **fields: Any) -> httpx.Response:
        return self.call("POST", "/v1/interactions", json={"campaign": campaign, **fields})


def at(address: str) -> str:
    """The raw path of an address."""
    return "/v1/" + wire_path(address)


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is this refusal, and return its problem document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["detail"]
    return problem


def new_app(**changes: Any) -> FastAPI:
    return create_app(settings(**changes))


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
