"""The command line as a process, and a sandbox process as its platform.

`Cli` checks every command: no traceback, no terminal escapes without a terminal, and the parser
accepts every command that the output tells people to type.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from reconciler.kinds.address import wire_path
from tests.end_to_end import warm
from tests.end_to_end.printed_commands import check_parses, printed_commands

ROOT = Path(__file__).parents[2]
_TIMEOUT_SECONDS = 60
_READS = frozenset({"GET", "HEAD"})
_MARIA = "maria"


@dataclass(frozen=True)
class Result:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The parsed JSON of the standard output."""
        return json.loads(self.out)

    @property
    def output(self) -> str:
        """The standard output and standard error."""
        return self.out + self.err

    def expect(self, code: int) -> Result:
        """Check the exit code, and return this result."""
        assert self.code == code, f"exit code {self.code}, not {code}\n{self.out}\n{self.err}"
        return self

    def mentions(self, *texts: str) -> Result:
        """Check that the output contains all texts, and return this result."""
        missing = [text for text in texts if text not in self.output]
        assert not missing, f"not said: {missing}\n{self.output}"
        return self


def _checked(code: int, out: bytes, err: bytes) -> Result:
    result = Result(code, out.decode(), err.decode())
    assert "Traceback" not in result.output, result.output
    assert "\x1b" not in result.output, result.output
    for words in printed_commands(result.output):
        check_parses(words)
    return result


@dataclass(frozen=True)
class Cli:
    """The command line as a process, with only its own environment variables."""

    variables: Mapping[str, str]
    cwd: Path

    def __call__(self, *words: str | Path, **variables: str | None) -> Result:
        """Run one command. Variables with the value None are not set."""
        with TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            code = warm.run(
                [str(word) for word in words],
                cwd=self.cwd,
                env=self._environment(variables),
                out=out,
                err=err,
            )
            return _checked(code, out.read_bytes(), err.read_bytes())

    def cold(self, *words: str | Path) -> Result:
        """Run `python -m reconciler`, which is slower because of its imports."""
        ended = subprocess.run(
            [sys.executable, "-m", "reconciler", *map(str, words)],
            cwd=self.cwd,
            env=self._environment({}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        return _checked(ended.returncode, ended.stdout, ended.stderr)

    def started(self, *words: str | Path, **variables: str | None) -> subprocess.Popen[str]:
        """Start a command and return the running process."""
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", *map(str, words)],
            cwd=self.cwd,
            env=self._environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _environment(self, variables: Mapping[str, str | None]) -> dict[str, str]:
        basis = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.cwd),
            "USER": "tester",
            "LANG": "C.UTF-8",
        }
        wanted = {**basis, **self.variables, **variables}
        return {name: value for name, value in wanted.items() if value is not None}


class Person:
    """A user who edits the platform directly."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )

    def get(self, address: str) -> dict[str, Any]:
        """Read a resource."""
        return self._call("GET", _path(address))

    def exists(self, address: str) -> bool:
        """Whether the resource exists."""
        return self._client.get(_path(address)).status_code == 200

    def create(self, address: str, **fields: Any) -> None:
        """Create a resource."""
        self._call("POST", _path(address), fields)

    def patch(self, address: str, **fields: Any) -> None:
        """Edit a resource."""
        self._call("PATCH", _path(address), fields)

    def put_members(self, campaign: str, *users: str) -> None:
        """Replace a campaign's members."""
        members = {"members": [{"user": user} for user in users]}
        self._call("PUT", _path(f"campaigns/{campaign}/members"), members)

    def delete(self, address: str) -> None:
        """Delete a resource."""
        self._call("DELETE", _path(address))

    def status_of(self, user: str, status: str | None, campaign: str | None = None) -> None:
        """Set an agent's status."""
        body = {"status": status, "campaign": campaign}
        self._call("PUT", f"/v1/agents/{user}/status", body)

    def interact(self, campaign: str, **fields: Any) -> None:
        """Record an interaction."""
        self._call("POST", "/v1/interactions", {"campaign": campaign, **fields})

    def addresses(self, path: str) -> list[str]:
        """The addresses of a collection, sorted."""
        found = self._call("GET", f"/v1/{path}?page_size=5000")
        return sorted(item["address"] for item in found["items"])

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self._client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    def close(self) -> None:
        self._client.close()


def _path(address: str) -> str:
    return "/v1/" + wire_path(address)


@dataclass
class Sandbox:
    """A platform in a separate process."""

    process: subprocess.Popen[bytes]
    url: str
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def start(cls, folder: Path, seed: str | Mapping[str, Any], *options: str | Path) -> Sandbox:
        """Start a sandbox; `seed` is a name or a document."""
        folder.mkdir(parents=True, exist_ok=True)
        if not isinstance(seed, str):
            file = folder / "seed.json"
            file.write_text(json.dumps(seed))
            seed = str(file)
        command = [sys.executable, "-m", "reconciler", "sandbox", "--port", "0"]
        command += ["--test-controls", "--seed", seed, *map(str, options)]
        errors = folder / "sandbox.stderr"
        with errors.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        assert url.startswith("http://127.0.0.1:"), errors.read_text()
        return cls(process, url)

    def stop(self) -> None:
        """Kill the process: its data is not needed."""
        for person in self.people.values():
            person.close()
        self.process.kill()
        self.process.wait(_TIMEOUT_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def person(self, token: str) -> Person:
        """A client with a token."""
        if token not in self.people:
            self.people[token] = Person(self.url, token)
        return self.people[token]

    @property
    def maria(self) -> Person:
        """An administrator who edits by hand."""
        return self.person(_MARIA)

    def forget_requests(self) -> None:
        """Reset the request counts."""
        httpx.delete(f"{self.url}/_test/requests", trust_env=False)

    def requests(self) -> Counter[str]:
        """The number of requests by method."""
        log = httpx.get(f"{self.url}/_test/requests", trust_env=False).json()
        counts: Counter[str] = Counter()
        for item in log["items"]:
            counts[item["method"]] += item["count"]
        return counts

    def writes(self) -> int:
        """The number of requests that can change something."""
        return sum(count for method, count in self.requests().items() if method not in _READS)

    def stop_clock(self, moment: str) -> None:
        """Stop the platform's clock at a time in RFC 3339."""
        answer = httpx.put(f"{self.url}/_test/clock", json={"now": moment}, trust_env=False)
        assert answer.is_success, answer.text

    def pass_time(self, seconds: float) -> None:
        """Advance the platform's clock."""
        answer = httpx.put(
            f"{self.url}/_test/clock", json={"advance_seconds": seconds}, trust_env=False
        )
        assert answer.is_success, answer.text


@dataclass
class Workspace:
    """A project folder, the platform of its commands, and its state."""

    base: Path
    sandbox: Sandbox
    token: str = "sandbox-ci"

    @property
    def folder(self) -> Path:
        """The project folder."""
        return self.base / "estate"

    @property
    def state(self) -> Path:
        """The state store."""
        return self.base / "state.db"

    @property
    def plan_file(self) -> Path:
        """The file that `saved_plan` writes."""
        return self.base / "plan.json"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of a command."""
        return {
            "RECONCILER_URL": self.sandbox.url,
            "RECONCILER_TOKEN": self.token,
            "RECONCILER_STATE": str(self.state),
        }

    def run(self, *words: str | Path, **variables: str | None) -> Result:
        """Run a command in the project folder."""
        return Cli(self.variables, self.folder)(*words, **variables)

    def run_cold(self, *words: str | Path) -> Result:
        """Run a command with a new interpreter."""
        return Cli(self.variables, self.folder).cold(*words)

    def started(self, *words: str | Path, **variables: str | None) -> subprocess.Popen[str]:
        """Start a command without waiting."""
        return Cli(self.variables, self.folder).started(*words, **variables)

    # Files

    def write(self, file: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that occurs once in a file."""
        text = (self.folder / file).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def remove(self, file: str) -> None:
        """Delete a file."""
        (self.folder / file).unlink()

    # Sequences of commands

    def plan(self, *words: str) -> Any:
        """A new plan as JSON, also when it is blocked."""
        return self.saved_plan(*words, codes=(0, 3))

    def saved_plan(
        self, *words: str, codes: tuple[int, ...] = (0,), **variables: str | None
    ) -> Any:
        """Save a new plan; check that `plan` ends with one of these codes."""
        result = self.run("plan", "--out", self.plan_file, *words, **variables)
        assert result.code in codes, f"exit code {result.code}, not {codes}\n{result.output}"
        return json.loads(self.plan_file.read_text())

    def apply(self, *words: str | Path) -> Result:
        """Apply the saved plan."""
        return self.run("apply", self.plan_file, *words)

    def plan_and_apply(self, *words: str) -> Result:
        """Plan and apply; both must succeed."""
        self.saved_plan(*words)
        return self.apply().expect(0)

    def expect_nothing_to_do(self) -> None:
        """Check that a new plan is empty."""
        made = self.saved_plan("--detailed-exitcode")
        assert made["changes"] == []

    def copy_to(self, base: Path, sandbox: Sandbox) -> Workspace:
        """A copy of folder and state, for another sandbox."""
        shutil.copytree(self.folder, base / "estate")
        shutil.copy(self.state, base / "state.db")
        return Workspace(base, sandbox, self.token)


def by_action(plan: Any) -> dict[str, list[str]]:
    """The addresses of a plan's changes by action."""
    found: dict[str, list[str]] = {}
    for change in plan["changes"]:
        found.setdefault(change["action"], []).append(change["address"])
    return found


def blocking(plan: Any) -> set[tuple[str, str]]:
    """The blocking findings of a plan: guard and address."""
    return {
        (finding["code"], finding["address"])
        for finding in plan["findings"]
        if finding["severity"] == "block" and finding["approved"] is None
    }


def approvals(plan: Any) -> list[str]:
    """The command-line options that approve all blocking findings of a plan."""
    words: list[str] = []
    for finding in plan["findings"]:
        if finding["severity"] == "block" and finding["approved"] is None:
            assert finding["approval"], finding
            words += ["--approve", f"{finding['code']}:{finding['approval']}"]
    return words
