"""The command line as a process, and a platform for it: a sandbox that is a process of its own.

Whatever a command does, `Cli` holds it to what is true of every command: no traceback, no
terminal escapes where nobody looks at a terminal.
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

ROOT = Path(__file__).parents[2]
_TIMEOUT_SECONDS = 60
_READS = frozenset({"GET", "HEAD"})
_MARIA = "maria"


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed: all of it is JSON."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """Everything a person would have read."""
        return self.out + self.err

    def expect(self, code: int) -> Result:
        """The same, once it has ended with a code."""
        assert self.code == code, f"exit code {self.code}, not {code}\n{self.out}\n{self.err}"
        return self

    def mentions(self, *texts: str) -> Result:
        """The same, once it has said each of these."""
        missing = [text for text in texts if text not in self.said]
        assert not missing, f"not said: {missing}\n{self.said}"
        return self


def _checked(code: int, out: bytes, err: bytes) -> Result:
    result = Result(code, out.decode(), err.decode())
    assert "Traceback" not in result.said, result.said
    assert "\x1b" not in result.said, result.said
    return result


@dataclass(frozen=True)
class Cli:
    """The command line as a process, with no environment but its own."""

    variables: Mapping[str, str]
    cwd: Path

    def __call__(self, *words: str | Path, **variables: str | None) -> Result:
        """Run one command. A variable that is None is not set."""
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
        """The same by `python -m reconciler`, which is slower by all it imports."""
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
        """The same, still at work: what it says can be read, and it can be signalled."""
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
    """Somebody at the platform's screens: what they do goes by no plan."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )

    def get(self, address: str) -> dict[str, Any]:
        """A resource as it is."""
        return self._call("GET", _path(address))

    def exists(self, address: str) -> bool:
        """Whether there is such a resource."""
        return self._client.get(_path(address)).status_code == 200

    def create(self, address: str, **fields: Any) -> None:
        """Make a resource."""
        self._call("POST", _path(address), fields)

    def patch(self, address: str, **fields: Any) -> None:
        """Edit a resource."""
        self._call("PATCH", _path(address), fields)

    def put_members(self, campaign: str, *users: str) -> None:
        """Write a campaign's members whole."""
        members = {"members": [{"user": user} for user in users]}
        self._call("PUT", _path(f"campaigns/{campaign}/members"), members)

    def delete(self, address: str) -> None:
        """Delete a resource."""
        self._call("DELETE", _path(address))

    def status_of(self, user: str, status: str | None, campaign: str | None = None) -> None:
        """Put an agent into a status."""
        body = {"status": status, "campaign": campaign}
        self._call("PUT", f"/v1/agents/{user}/status", body)

    def interact(self, campaign: str, **fields: Any) -> None:
        """Let an interaction happen."""
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
    """A platform in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def start(cls, folder: Path, seed: str | Mapping[str, Any], *options: str | Path) -> Sandbox:
        """Start one; `seed` is a name or a document."""
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
        """End this process, at once: nobody needs what it holds any more."""
        for person in self.people.values():
            person.close()
        self.process.kill()
        self.process.wait(_TIMEOUT_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def person(self, token: str) -> Person:
        """Whom a token belongs to."""
        if token not in self.people:
            self.people[token] = Person(self.url, token)
        return self.people[token]

    @property
    def maria(self) -> Person:
        """An administrator who edits by hand."""
        return self.person(_MARIA)

    def forget_requests(self) -> None:
        """Start counting anew."""
        httpx.delete(f"{self.url}/_test/requests", trust_env=False)

    def requests(self) -> Counter[str]:
        """How many requests came, by method."""
        log = httpx.get(f"{self.url}/_test/requests", trust_env=False).json()
        counts: Counter[str] = Counter()
        for item in log["items"]:
            counts[item["method"]] += item["count"]
        return counts

    def writes(self) -> int:
        """How many requests came that could have changed anything."""
        return sum(count for method, count in self.requests().items() if method not in _READS)

    def pass_time(self, seconds: float) -> None:
        """Move the platform's clock on."""
        answer = httpx.put(
            f"{self.url}/_test/clock", json={"advance_seconds": seconds}, trust_env=False
        )
        assert answer.is_success, answer.text


@dataclass
class Workspace:
    """A project folder, the platform its commands speak to, and where its state is."""

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
        """Where `saved_plan` writes."""
        return self.base / "plan.json"

    @property
    def variables(self) -> dict[str, str]:
        """What a command is told by its environment."""
        return {
            "RECONCILER_URL": self.sandbox.url,
            "RECONCILER_TOKEN": self.token,
            "RECONCILER_STATE": str(self.state),
        }

    def run(self, *words: str | Path, **variables: str | None) -> Result:
        """A command, in the project folder."""
        return Cli(self.variables, self.folder)(*words, **variables)

    def run_cold(self, *words: str | Path) -> Result:
        """The same, started by a fresh interpreter."""
        return Cli(self.variables, self.folder).cold(*words)

    def started(self, *words: str | Path, **variables: str | None) -> subprocess.Popen[str]:
        """The same, not waited for."""
        return Cli(self.variables, self.folder).started(*words, **variables)

    # Files

    def write(self, file: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace what stands once in a file."""
        text = (self.folder / file).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def remove(self, file: str) -> None:
        """Delete a file."""
        (self.folder / file).unlink()

    # Commands in a row

    def plan(self, *words: str) -> Any:
        """A fresh plan as its file has it, whatever stops it."""
        return self.saved_plan(*words, codes=(0, 3))

    def saved_plan(
        self, *words: str, codes: tuple[int, ...] = (0,), **variables: str | None
    ) -> Any:
        """The same, once `plan` has ended with one of these codes."""
        result = self.run("plan", "--out", self.plan_file, *words, **variables)
        assert result.code in codes, f"exit code {result.code}, not {codes}\n{result.said}"
        return json.loads(self.plan_file.read_text())

    def apply(self, *words: str | Path) -> Result:
        """Apply the plan that was saved."""
        return self.run("apply", self.plan_file, *words)

    def plan_and_apply(self, *words: str) -> Result:
        """Plan and apply, and nothing is in the way."""
        self.saved_plan(*words)
        return self.apply().expect(0)

    def expect_nothing_to_do(self) -> None:
        """A plan made now is empty."""
        made = self.saved_plan("--detailed-exitcode")
        assert made["changes"] == []

    def copy_to(self, base: Path, sandbox: Sandbox) -> Workspace:
        """The same folder and state, for another sandbox."""
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
    """The findings that stop a plan: guard and address."""
    return {
        (finding["code"], finding["address"])
        for finding in plan["findings"]
        if finding["severity"] == "block" and finding["approved"] is None
    }


def approvals(plan: Any) -> list[str]:
    """The words that approve all that stops a plan, for the command line."""
    words: list[str] = []
    for finding in plan["findings"]:
        if finding["severity"] == "block" and finding["approved"] is None:
            assert finding["approval"], finding
            words += ["--approve", f"{finding['code']}:{finding['approval']}"]
    return words
