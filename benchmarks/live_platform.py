"""The platform of a benchmark: a sandbox process, and its log of requests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import Failed, environment

TOKEN = "sandbox-ci"  # noqa: S105 - the sandbox's own, known to all
_STOP_SECONDS = 10
_DATA = "platform.db"


@dataclass(frozen=True, slots=True)
class Platform:
    """A running sandbox."""

    url: str

    def forget_requests(self) -> None:
        """Reset the count of requests."""
        self._test_call("DELETE")

    def requests(self) -> int:
        """The number of requests since the reset."""
        total = json.loads(self._test_call("GET"))["total"]
        assert isinstance(total, int)
        return total

    def _test_call(self, method: str) -> bytes:
        request = urllib.request.Request(f"{self.url}/_test/requests", method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=_STOP_SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body


@contextmanager
def serving(folder: Path) -> Iterator[Platform]:
    """A platform with `seed.json`, stopped on exit.

    The first start keeps the loaded data; each later platform starts from a copy of it.
    """
    planted, data = folder / "planted", folder / "data"
    if not planted.exists():
        with _sandbox(folder, planted):
            pass
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(planted, data)
    with _sandbox(folder, data) as platform:
        yield platform


@contextmanager
def _sandbox(folder: Path, data: Path) -> Iterator[Platform]:
    data.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "reconciler", "sandbox", "--port", "0", "--test-controls"]
    command += ["--seed", str(folder / "seed.json"), "--data", str(data / _DATA)]
    errors = folder / "sandbox.stderr"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        if not url.startswith("http://127.0.0.1:"):
            raise Failed(f"the sandbox did not start\n{errors.read_text()}")
        yield Platform(url)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
