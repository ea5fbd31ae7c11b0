"""Scenarios over real processes: each has a copy of the same initial stage, and a platform.

A stage is a folder with project folders and a platform's data, and a state. It is created once and
then copied. A scene is one copy, with a platform that answers over HTTP.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import httpx
import orjson

from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.project.project import Project
from reconciler.state.journal import Step
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger import LedgerEntry
from reconciler.state.runs import Run
from reconciler.state.sql.store import Store
from tests.torture import postgresql
from tests.torture.driver import CI, project

ROOT = Path(__file__).parents[2]
MUCH_LATER = 1000
"""Later than any killed process of a scene."""


class Driver:
    """The forking process, with one order and one answer per line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.driver"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __call__(self, do: str, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(orjson.dumps({"do": do, **order}) + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = orjson.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


class States(Protocol):
    """The storage of states: in the folder of their scene, or on a server."""

    def new(self, folder: Path) -> str:
        """The location for a new state."""

    def copied(self, state: str, folder: Path) -> str:
        """A copy of a state, for a copy of its folder."""

    def dropped(self, state: str) -> None:
        """Remove a state, but not its folder."""


class SqliteStates:
    """SQLite files, copied and removed with their folder."""

    def new(self, folder: Path) -> str:
        return str(folder / "state.db")

    def copied(self, state: str, folder: Path) -> str:
        return str(folder / Path(state).name)

    def dropped(self, state: str) -> None:  # noqa: ARG002
        return None


class PostgresqlStates:
    """Databases of the server of this process."""

    def new(self, folder: Path) -> str:  # noqa: ARG002
        return postgresql.server().copied()

    def copied(self, state: str, folder: Path) -> str:  # noqa: ARG002
        return postgresql.server().copied(state)

    def dropped(self, state: str) -> None:
        postgresql.server().dropped(state)


@dataclass(frozen=True)
class Scene:
    """A platform that answers at `url`, a state, and the project folders in `folder`."""

    folder: Path
    url: str
    state: str
    driver: Driver

    def project(self, name: str = "project", *, token: str = CI, later: int = 0) -> Project:
        return project(str(self.folder / name), self.url, self.state, token=token, later=later)

    def write(self, files: Mapping[str, str], name: str = "project") -> None:
        """Write files of a project."""
        for file, text in files.items():
            path = self.folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    # ---- in separate processes -------------------------------------------------------

    def apply(self, plan: Path, name: str = "project", **how: Any) -> dict[str, Any]:
        """Apply a plan file. `at` is the point of a kill, `pause` of a stop until `go_on`,
        `later` the number of earlier kills."""
        return self._ordered("apply", name, plan=str(plan), **how)

    def resume(self, name: str = "project", **how: Any) -> dict[str, Any]:
        """Resume the newest unfinished run."""
        return self._ordered("resume", name, **how)

    def _ordered(self, do: str, name: str, **how: Any) -> dict[str, Any]:
        order = {"at": 0, "pause": 0, "later": 0, "token": CI, **how}
        folder = str(self.folder / name)
        return self.driver(do, folder=folder, url=self.url, state=self.state, **order)

    def go_on(self, *stopped: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Continue all stopped processes at once, and return their results."""
        pids = [item["stopped"] for item in stopped]
        answers: list[dict[str, Any]] = self.driver("go on", pids=pids)["answers"]
        return answers

    def command(self, *words: str | Path, at: int = 0) -> dict[str, Any]:
        """Run the command line in the project folder; `said` in the answer is its output."""
        said = self.folder / "said"
        variables = {
            "HOME": str(self.folder),
            "USER": "tester",
            "LANG": "C.UTF-8",
            "RECONCILER_URL": self.url,
            "RECONCILER_TOKEN": CI,
            "RECONCILER_STATE": self.state,
        }
        answer = self.driver(
            "command",
            folder=str(self.folder / "project"),
            words=[str(word) for word in words],
            variables=variables,
            said=str(said),
            at=at,
        )
        return {**answer, "said": said.read_text()}

    # ---- reading -------------------------------------------------------------------------

    def audit(self) -> list[dict[str, Any]]:
        """The audit log of the platform, oldest first."""
        answer = httpx.get(
            f"{self.url}/v1/audit?page_size=5000",
            headers={"Authorization": "Bearer sandbox-admin"},
            trust_env=False,
            timeout=60,
        )
        items: list[dict[str, Any]] = answer.json()["items"]
        return items[::-1]

    def owned(self, key: LedgerKey) -> dict[str, LedgerEntry]:
        """The entries of a ledger."""
        return owned_in(self.state, key)

    def last_run(self, key: LedgerKey) -> tuple[Run, tuple[Step, ...], Plan] | None:
        """The newest run of a ledger, with its steps and plan, or None."""
        with Store.open(self.state) as store:
            runs = store.runs(key, 1)
            if not runs:
                return None
            plan = codec.load_plan(store.plan_of(runs[0].id), name="the plan of the run")
            return runs[0], store.steps(runs[0].id), plan


def owned_in(state: str, key: LedgerKey) -> dict[str, LedgerEntry]:
    """The entries of a ledger in a state."""
    with Store.open(state) as store:
        return dict(store.ledger(*key).entries)


@dataclass
class Stage:
    """The initial data that scenes are copied from."""

    folder: Path
    states: States
    state: str
    driver: Driver
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def empty(cls, folder: Path, states: States, driver: Driver) -> Stage:
        """An empty stage."""
        folder.mkdir(parents=True)
        return cls(folder, states, states.new(folder), driver)

    @contextmanager
    def itself(self, seed: Mapping[str, Any] | None = None) -> Iterator[Scene]:
        """The stage itself as a scene, to prepare it."""
        served = self.driver("serve", data=str(self.folder / "data"), seed=seed)
        try:
            yield Scene(self.folder, served["url"], self.state, self.driver)
        finally:
            self.driver("stop", pid=served["pid"], gently=True)

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        """A copy with its own platform, removed afterwards."""
        copy = self.copied(f"{self.folder.name}-{next(self._numbers)}")
        served = self.driver("serve", data=str(copy.folder / "data"))
        try:
            yield Scene(copy.folder, served["url"], copy.state, self.driver)
        finally:
            self.driver("stop", pid=served["pid"], gently=False)
            self.states.dropped(copy.state)
            shutil.rmtree(copy.folder, ignore_errors=True)

    def copied(self, name: str) -> Stage:
        """A copy of this stage, next to it."""
        folder = self.folder.with_name(name)
        shutil.copytree(self.folder, folder)
        return Stage(folder, self.states, self.states.copied(self.state, folder), self.driver)
