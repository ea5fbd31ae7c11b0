"""A sandbox process: it announces its URL, answers over TCP, and stops on a signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.sandbox.sandbox_api import Api, new_app, refused

_PROGRAM = """
import sys
from reconciler.sandbox.api.server import SandboxSettings, run
run(SandboxSettings(data=sys.argv[1], announce=lambda url: print(url, flush=True)))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sandbox_runs_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        headers = {"Authorization": "Bearer sandbox-ci"}
        with httpx.Client(base_url=url, headers=headers) as client:
            made = client.post("/v1/statuses/24%2F7%3A%20caf%C3%A9", json={})
            assert made.json()["name"] == "24/7: café"
            assert made.headers["location"] == "/v1/statuses/24%2F7%3A%20caf%C3%A9"
            assert client.get("/_test/requests").status_code == 404
            assert client.get("/openapi.json").status_code == 200
            process.send_signal(number)
            _, errors = process.communicate(timeout=20)
        assert process.returncode == 0, errors
        assert errors == ""


def test_controls_move_the_clock_and_count_requests(api: Api) -> None:
    assert api.call("PUT", "/_test/clock", json={"now": "2030-01-01T00:00:00+01:00"}).json() == {
        "now": "2029-12-31T23:00:00.000Z"
    }
    assert api.create("statuses/X")["created_at"] == "2029-12-31T23:00:00.000Z"
    refused(api.call("PUT", "/_test/clock", json={"now": "noon"}), 400, "bad-clock")
    refused(api.call("PUT", "/_test/clock", json=[]), 400, "bad-clock")
    api.call("DELETE", "/_test/requests")
    api.get("statuses")
    api.get("statuses", "?search=x")
    log = api.call("GET", "/_test/requests").json()
    assert log == {"total": 2, "items": [{"method": "GET", "path": "/v1/statuses", "count": 2}]}


def test_controls_are_off_by_default() -> None:
    api = Api(new_app(test_controls=False))
    refused(api.call("GET", "/_test/requests"), 404, "not-found")
