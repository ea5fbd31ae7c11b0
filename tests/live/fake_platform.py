"""A platform small enough to trust: lists with pages and ETags, batches, and faults on demand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from urllib.parse import unquote

import httpx
import orjson

from reconciler.kinds.base import Scope
from reconciler.kinds.registry import KINDS, parse_address
from reconciler.kinds.values.channel_types import CHANNEL_TYPES

URL = "https://acme.example"
TOKEN = "s3cret-token"
LISTS = 3 + sum(2 if kind.scope is Scope.EITHER else 1 for kind in KINDS)
"""How many lists a snapshot reads: users, connectors and forms, and one or two for each kind."""

Fault = Callable[[httpx.Request], httpx.Response]


def answer(status: int, json: object = None, **headers: str) -> Fault:
    """A fault that answers with JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json=json, headers=named)


def problem(status: int, code: str, detail: str, **headers: str) -> Fault:
    """A fault that answers with problem+json."""
    return answer(status, {"status": status, "code": code, "detail": detail}, **headers)


def raw(status: int, body: bytes, content_type: str = "application/json") -> Fault:
    """A fault that answers with these bytes."""
    return lambda _: httpx.Response(status, content=body, headers={"Content-Type": content_type})


def broken(error: type[httpx.TransportError], cause: Exception | None = None) -> Fault:
    """A fault that breaks the connection."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise error(str(cause or "broken")) from cause

    return fail


def item(address: str, **fields: object) -> dict[str, object]:
    """A resource as the platform gives it: complete, with what only the platform writes."""
    kind = parse_address(address).kind
    writable = kind.with_defaults(address, fields)
    etag = hashlib.sha256(orjson.dumps([address, writable])).hexdigest()[:12]
    return {
        "address": address,
        **writable,
        "open_now": True,
        "etag": f'"{etag}"',
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-02-01T00:00:00Z",
        "updated_by": "maria",
    }


class FakePlatform:
    """Answers requests like the platform's API, and remembers them."""

    def __init__(self) -> None:
        self.id = "acme-test"
        self.page_size = 5000
        self.lists: dict[str, list[dict[str, object]]] = defaultdict(list)
        for kind in KINDS:
            self.lists[kind.collection] = []
        self.usage: dict[str, dict[str, object]] = {}
        self.audit: list[dict[str, object]] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self.seen: list[httpx.Request] = []
        self.kept: dict[str, dict[str, object]] = {}
        self.lists["users"] = [{"name": "ana"}, {"name": "Luis"}]
        self.lists["connectors"] = [
            {"name": "wa-main", "type": "whatsapp", "numbers": ["+59829001234"]}
        ]
        self.lists["forms"] = [{"name": "Survey"}]
        self.add_campaign("Sales")

    def add(self, address: str, **fields: object) -> None:
        """Have a resource."""
        self.lists[self.list_of(address)].append(item(address, **fields))

    def add_campaign(self, name: str) -> None:
        """Have a campaign, with its channels and its member list."""
        self.add(f"campaigns/{name}")
        self.add(f"campaigns/{name}/members")
        for channel in CHANNEL_TYPES:
            self.add(f"campaigns/{name}/channels/{channel}")

    @staticmethod
    def list_of(address: str) -> str:
        """The list an address stands in."""
        parts = address.split("/")
        return (
            f"campaigns/-/{parts[2]}" if len(parts) >= 3 and parts[0] == "campaigns" else parts[0]
        )

    def asked(self, path: str) -> list[httpx.Request]:
        """The requests so far to a path."""
        return [each for each in self.seen if each.url.path == f"/v1/{path}"]

    @property
    def transport(self) -> httpx.MockTransport:
        """What carries requests here."""
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.seen.append(request)
        path = request.url.raw_path.decode().partition("?")[0].removeprefix("/v1/")
        if self.faults[path]:
            return self.faults[path].pop(0)(request)
        if path in self.always:
            return self.always[path](request)
        if path in self.lists or path.startswith("campaigns/-/"):
            return self._list(path, request)
        return self._other(path, request)

    def _other(self, path: str, request: httpx.Request) -> httpx.Response:
        if path == "platform":
            return httpx.Response(200, json=self._platform())
        if path == "batch":
            operations = orjson.loads(request.content)["operations"]
            return httpx.Response(200, json={"outcomes": [self._apply(o) for o in operations]})
        if path == "audit":
            return self._audit(request)
        if found := self.usage.get(unquote(path.removesuffix(":usage"))):
            return httpx.Response(200, json=found)
        return problem(404, "not-found", f"there is no {path}")(request)

    def _platform(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": "Acme",
            "version": "1.0",
            "limits": {"page_size": self.page_size, "batch": 1000},
            "capabilities": ["batch"],
            "user": "ci",
            "profile": "Admin",
            "permissions": {"statuses": ["view", "create"]},
        }

    def etag(self, path: str) -> str:
        """The ETag of a whole list."""
        return f'"{hashlib.sha256(orjson.dumps(self.lists[path])).hexdigest()[:12]}"'

    def _list(self, path: str, request: httpx.Request) -> httpx.Response:
        query, items = request.url.params, self.lists[path]
        with_usage = query.get("view") == "usage"
        headers = {} if with_usage else {"ETag": self.etag(path)}
        if headers and request.headers.get("If-None-Match") == headers["ETag"]:
            return httpx.Response(304, headers=headers)
        start = int(query.get("page_token", "0"))
        end = start + int(query.get("page_size", "500"))
        page = [dict(each) for each in items[start:end]]
        if with_usage:
            for each in page:
                each["usage"] = self.usage.get(str(each["address"]), {})
        following = str(end) if end < len(items) else None
        body = {"items": page, "next_page_token": following, "total": len(items)}
        return httpx.Response(200, json=body, headers=headers)

    def _audit(self, request: httpx.Request) -> httpx.Response:
        wanted = request.url.params.get_list("address")
        start = int(request.url.params.get("page_token", "0"))
        found = [each for each in self.audit if each["address"] in wanted]
        following = str(start + 2) if start + 2 < len(found) else None
        return httpx.Response(
            200, json={"items": found[start : start + 2], "next_page_token": following}
        )

    def _apply(self, operation: dict[str, object]) -> dict[str, object]:
        key = operation.get("idempotency_key")
        if isinstance(key, str) and key in self.kept:
            return {**self.kept[key], "replayed": True}
        outcome = self._applied(operation)
        if isinstance(key, str):
            self.kept[key] = outcome
        return outcome

    def _applied(self, operation: dict[str, object]) -> dict[str, object]:
        address = str(operation["address"])
        items = self.lists[self.list_of(address)]
        found = next((each for each in items if each["address"] == address), None)
        if operation["op"] == "create":
            if found is not None:
                refusal = {"code": "exists", "detail": f"{address} exists", "errors": []}
                return {"status": 409, "resource": None, "problem": refusal, "replayed": False}
            self.add(address, **dict(operation["body"]))  # type: ignore[call-overload]
            return {"status": 201, "resource": items[-1], "problem": None, "replayed": False}
        if found is None:
            errors = [{"path": "address", "message": "unknown"}]
            refusal = {"code": "not-found", "detail": "no such thing", "errors": errors}
            return {"status": 404, "resource": None, "problem": refusal, "replayed": False}
        if operation["op"] == "delete":
            items.remove(found)
            return {"status": 204, "resource": None, "problem": None, "replayed": False}
        return {"status": 200, "resource": found, "problem": None, "replayed": False}


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        """Seconds, from nowhere in particular."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once."""
        self.slept.append(seconds)
        self.now += seconds
