"""The measured commands of reconciler, for one size of estate."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from live_platform import TOKEN, Platform, serving
from measure import Cost, environment, run
from relay import counting

_SETUP_SECONDS = 600
_RECONCILER = (sys.executable, "-m", "reconciler")
_ESTATE = Path(__file__).with_name("estate.py")


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: its cost, and the number of requests to the platform."""

    cost: Cost
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a plan: its number of changes, and of layers of dependencies."""

    changes: int
    layers: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """The answers of an unchanged platform to a second plan."""

    statuses: dict[int, int]
    received: int
    first_received: int


class Estate:
    """A folder with an estate, and the commands that run on it."""

    def __init__(self, size: int, folder: Path) -> None:
        self.size = size
        self._folder = folder
        folder.mkdir(parents=True)
        command: list[str | Path] = [sys.executable, _ESTATE, str(size), folder / "made"]
        subprocess.run(command, env=environment({}), timeout=_SETUP_SECONDS, check=True)
        self._made = folder / "made"
        self._state = folder / "state.db"

    @property
    def manifests(self) -> Path:
        """The folder of YAML."""
        return self._made / "git"

    def validate(self) -> Sample:
        """`validate`: no network."""
        return Sample(run([*_RECONCILER, "validate", "git"], cwd=self._made))

    def plans(self) -> tuple[Sample, Sample, Sample]:
        """A first plan, a repeated plan of the unchanged platform, and an apply."""
        with serving(self._made) as platform:
            self._begin()
            first = self._call(platform, "plan", "git", "--out", "plan.json")
            again = self._call(platform, "plan", "git", "--out", "plan.json")
            applied = self._call(platform, "apply", "plan.json", "--dir", "git")
        return first, again, applied

    def shape(self) -> Shape:
        """The shape of the last plan."""
        plan = orjson.loads((self._made / "plan.json").read_bytes())
        return Shape(len(plan["changes"]), _depth(plan["changes"]))

    def repeated(self) -> Repeated:
        """Two plans through a counting relay, without timing."""
        with serving(self._made) as platform, counting(platform.url) as answers:
            self._begin()
            seen = Platform(answers.url)
            self._run(seen, "plan", "git")
            first = answers.received
            answers.clear()
            self._run(seen, "plan", "git")
            return Repeated(dict(answers.statuses), answers.received, first)

    def _begin(self) -> None:
        """Restore the initial ledger, and clear the cache."""
        for leftover in (self.manifests / ".reconciler", *self._folder.glob("state.db*")):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
        shutil.copy(self._made / "state.db", self._state)

    def _call(self, platform: Platform, *words: str) -> Sample:
        platform.forget_requests()
        cost = self._run(platform, *words)
        return Sample(cost, platform.requests())

    def _run(self, platform: Platform, *words: str) -> Cost:
        variables = {
            "RECONCILER_URL": platform.url,
            "RECONCILER_TOKEN": TOKEN,
            "RECONCILER_STATE": str(self._state),
        }
        return run([*_RECONCILER, *words], cwd=self._made, variables=variables)


def _depth(changes: Sequence[dict[str, list[str]]]) -> int:
    """The number of dependent layers of changes."""
    depths: dict[str, int] = {}
    for change in changes:  # a plan lists what is depended on first
        below = [depths.get(key, 0) for key in change["depends_on"]]
        key = f"{change['action']} {change['address']}"
        depths[key] = 1 + max(below, default=0)
    return max(depths.values(), default=0)


def version(cwd: Path) -> Cost:
    """`reconciler --version`."""
    return run([*_RECONCILER, "--version"], cwd=cwd)


def bare_python(cwd: Path) -> Cost:
    """A Python interpreter that does nothing."""
    return run([sys.executable, "-c", "pass"], cwd=cwd)
