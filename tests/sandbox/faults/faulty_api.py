"""A sandbox with faults in this process, called directly and by the real client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI

from reconciler.kinds.address import Address
from reconciler.live.http.connect import connect_reader, connect_writer
from reconciler.live.http.limiter import Limiter
from reconciler.live.http.settings import HttpSettings
from reconciler.live.platform import Outcome, Reader, Request, Snapshot, Writer
from reconciler.sandbox.permissions import ADMIN_TOKEN
from tests.sandbox.faults.in_process import InProcessTransport
from tests.sandbox.sandbox_api import SEED, Api, new_app

EXAMPLE = Path(__file__).with_name("rough_day.yaml")
URL = "http://sandbox.example"
QUICK = HttpSettings(
    connect_seconds=2.0,
    read_seconds=2.0,
    deadline_seconds=5.0,
    attempts=3,
    first_attempts=3,
    backoff_seconds=0.0,
    backoff_max_seconds=0.0,
    jitter_seconds=0.0,
)
MANY = {**SEED, "resources": [{"address": f"statuses/S{number}"} for number in range(5)]}

Result = TypeVar("Result")


class Faulty(Api):
    """Calls a sandbox with faults; a broken connection raises an httpx error."""

    def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=InProcessTransport(self.app),
                base_url=URL,
                headers={"Authorization": f"Bearer {self.token}"},
            ) as client:
                return await client.request(method, path, **kwargs)

        return asyncio.run(send())

    def inject(self, *rules: dict[str, Any], seed: int = 1) -> None:
        answer = self.call("PUT", "/_test/faults", json={"seed": seed, "rules": rules})
        assert answer.status_code == 200, answer.text

    def injected(self) -> dict[str, int]:
        counts: dict[str, int] = self.call("GET", "/_test/faults").json()["injected"]
        return counts

    def exists(self, address: str) -> bool:
        self.call("DELETE", "/_test/faults")
        return self.get(address).status_code == 200

    def written(self) -> list[str]:
        """The addresses of the writes since the seed, oldest first."""
        self.call("DELETE", "/_test/faults")
        return self.addresses("audit")[::-1]

    def read(self, use: Callable[[Reader], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            async with connect_reader(
                URL,
                ADMIN_TOKEN,
                transport=InProcessTransport(self.app),
                settings=QUICK,
                limiter=Limiter(width=2),
            ) as reader:
                return await use(reader)

        return asyncio.run(run())

    def send(self, *batch: Request) -> tuple[Outcome, ...]:
        async def use(writer: Writer) -> tuple[Outcome, ...]:
            return await writer.send(batch, may_send=lambda: None)

        async def run() -> tuple[Outcome, ...]:
            async with connect_writer(
                URL, ADMIN_TOKEN, transport=InProcessTransport(self.app), settings=QUICK
            ) as writer:
                return await use(writer)

        return asyncio.run(run())


def creation(address: str, key: str | None = None) -> Request:
    return Request("create", Address(address), {}, key=key)


def operation(address: str) -> dict[str, str]:
    return {"op": "create", "address": address}


@contextmanager
def faulty_app(**changes: Any) -> Iterator[FastAPI]:
    app = new_app(**changes)
    try:
        yield app
    finally:
        app.state.sandbox.close()


async def snapshot_of(reader: Reader) -> Snapshot:
    return await reader.snapshot()
