"""Faults of a sandbox process, with real TCP resets."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import orjson
import pytest

from reconciler.live.http.connect import connect_writer
from reconciler.live.platform import Outcome
from reconciler.sandbox.permissions import ADMIN_TOKEN
from tests.sandbox.faults.faulty_api import QUICK, creation, operation
from tests.sandbox.sandbox_api import at

_PROGRAM = """
import sys
from pathlib import Path
from reconciler.sandbox.api.server import SandboxSettings, run
announce = lambda url: print(url, flush=True)
run(SandboxSettings(test_controls=True, announce=announce, faults=Path(sys.argv[1])))
"""


@contextmanager
def process_with(tmp_path: Path, *rules: dict[str, Any]) -> Iterator[httpx.Client]:
    path = tmp_path / "faults.json"
    path.write_bytes(orjson.dumps({"rules": rules}))
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
            with httpx.Client(base_url=url, headers=headers) as client:
                yield client
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=20)
        assert process.returncode == 0, errors
        assert errors == ""


def _cause(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


def test_a_process_resets_truncates_and_slows_answers(tmp_path: Path) -> None:
    rules = [
        {"fault": "reset-before", "match": {"path": "*/Before"}, "times": 1},
        {"fault": "reset-after", "match": {"path": "*/After"}, "times": 1},
        {"fault": "half-batch", "times": 1},
        {"fault": "truncated-body", "match": {"path": "/v1/statuses"}, "times": 1},
        {"fault": "slow-drip", "match": {"path": "/v1/users"}, "seconds": 0, "chunk_bytes": 5},
    ]
    with process_with(tmp_path, *rules) as client:
        for name in ("Before", "After"):
            with pytest.raises(httpx.ReadError) as raised:
                client.post(at(f"statuses/{name}"), json={})
            assert isinstance(_cause(raised.value), ConnectionResetError)
        assert client.get(at("statuses/Before")).status_code == 404
        assert client.get(at("statuses/After")).status_code == 200
        operations = [operation(f"statuses/{name}") for name in "ABCD"]
        with pytest.raises(httpx.ReadError):
            client.post("/v1/batch", json={"operations": operations})
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message"):
            client.get("/v1/statuses")
        found = [item["name"] for item in client.get("/v1/statuses").json()["items"]]
        assert found[-3:] == ["After", "A", "B"]
        assert len(client.get("/v1/users").json()["items"]) > 1
        counts = client.get("/_test/faults").json()["injected"]
    assert counts == {
        "reset-before": 1,
        "reset-after": 1,
        "half-batch": 1,
        "truncated-body": 1,
        "slow-drip": 1,
    }


def test_a_write_takes_effect_after_its_client_gave_up(tmp_path: Path) -> None:
    late = {"fault": "latency", "seconds": 0.1, "match": {"method": "POST"}}
    with process_with(tmp_path, late) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(at("statuses/X"), json={}, timeout=0.02)
        deadline = monotonic() + 5
        while client.get(at("statuses/X")).status_code != 200:
            assert monotonic() < deadline


def test_a_batch_reset_by_a_process_is_replayed(tmp_path: Path) -> None:
    with process_with(tmp_path, {"fault": "reset-after", "match": {"nth": 1}}) as client:

        async def send() -> tuple[Outcome, ...]:
            async with connect_writer(str(client.base_url), ADMIN_TOKEN, settings=QUICK) as writer:
                batch = [creation("statuses/A", "a"), creation("statuses/B", "b")]
                return await writer.send(batch, may_send=lambda: None)

        outcomes = asyncio.run(send())
        assert [(outcome.status, outcome.replayed) for outcome in outcomes] == [
            (201, True),
            (201, True),
        ]
