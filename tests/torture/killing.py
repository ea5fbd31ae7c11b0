"""An estate whose plan has every action, applied once whole, and then killed at every point."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from reconciler.kinds.address import identity
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import Approval
from reconciler.planning import plan_file
from reconciler.planning.model import Plan
from reconciler.state.keys import LedgerKey
from reconciler.state.store import Store
from tests.torture.accounts import Account, account, expected_ledger
from tests.torture.driver import project

ROOT = Path(__file__).parents[2]
KEY = LedgerKey("acme", "test", "test")
BATCH = 3
MODES = ("resume", "apply", "killed-again")

SEED: dict[str, Any] = {
    "platform": {"id": "test", "name": "Test", "limits": {"batch": BATCH}},
    "users": [{"name": name} for name in ("ana", "luis", "pia")],
    "connectors": [
        {"name": "mail", "type": "email", "numbers": []},
        {"name": "web", "type": "webchat", "numbers": []},
    ],
    "forms": [],
    "resources": [
        {"address": "statuses/Coffee", "icon": "mug", "color": "#112233"},
        {"address": "statuses/Tea", "icon": "cup"},
        {"address": "statuses/Hers", "icon": "heart"},
        {"address": "dispositions/Theirs"},
        {"address": "campaigns/Elsewhere"},
        {"address": "campaigns/Elsewhere/statuses/Far"},
    ],
}

_COMMON = {
    "reconciler.yaml": "project: acme\n",
    "environments/test.yaml": 'platform: {url: "http://127.0.0.1:1", id: test}\n',
}
BEFORE = {
    **_COMMON,
    "all.yaml": """\
kind: Campaign
name: Sales
channels:
  email: {enabled: true, connector: mail, signature: Signature}
members: [ana, luis]
---
kind: Campaign
name: Old
members: [ana]
statuses: [Away, {name: Gone, icon: x}]
dispositions: [{name: Lost, levels: [Early, Late]}]
---
kind: Template
name: Signature
type: html
content: <p>Acme</p>
---
kind: Disposition
name: Sale
levels: [Done, Postponed]
---
kind: Disposition
name: Refund
levels: [Full]
---
kind: Status
name: Lunch
icon: utensils
---
kind: Status
name: Nap
---
kind: Status
name: Pause
lifecycle: {on_remove: keep}
""",
}
AFTER = {
    **_COMMON,
    "all.yaml": """\
kind: Campaign
name: Sales
time_zone: America/Montevideo
channels:
  email: {enabled: true, connector: mail, signature: Signature 2}
members: [luis, ana, pia]
---
kind: Campaign
name: New
channels:
  webchat: {enabled: true, connector: web}
members: [pia]
statuses: [Own, Other]
dispositions: [{name: Won, levels: [Big]}]
---
kind: Template
name: Signature 2
renamed_from: Signature
type: html
content: <p>Acme 2</p>
---
kind: Disposition
name: Sale
levels: [{name: Completed, renamed_from: Done, text_code: OK}, Postponed]
---
kind: Disposition
name: Refunds
renamed_from: Refund
levels: [{name: Full, enabled: false}]
---
kind: Status
name: Lunch
icon: burger
---
kind: Status
name: Coffee
icon: mug
---
kind: Status
name: Tea
icon: leaf
---
kind: Status
name: Brand new
---
kind: Holiday
name: Christmas 2098
date: 2098-12-25
campaigns: [Sales]
""",
}


class Driver:
    """The forking process, spoken to line by line."""

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
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@dataclass
class Outcome:
    """What was found after one kill."""

    point: str
    mode: str
    kills: int
    account: Account
    problems: list[str] = field(default_factory=list)


@dataclass
class Estate:
    """The estate before its plan, on disk: copied for each kill."""

    base: Path
    driver: Driver
    plan: Plan
    before: Snapshot
    points: list[str]

    @classmethod
    def built(cls, base: Path, driver: Driver) -> Estate:
        """Apply the estate as it was, plan its change, and count the points of applying that."""
        _write(base / "project", BEFORE)
        served = driver("serve", data=str(base / "data"), seed=SEED)
        where = project(str(base / "project"), served["url"], str(base / "state.db"))
        first = where.apply(_approved(where))
        assert first.exit_code == 0, [s.detail for s in first.steps]
        _write(base / "project", AFTER)
        plan = _approved(where)
        (base / "plan.json").write_bytes(plan_file.dumps(plan))
        before = where.snapshot()
        driver("stop", pid=served["pid"], gently=True)
        made = cls(base, driver, plan, before, [])
        made.points = made._tried("count", 0, "")["points"]
        return made

    def strike(self, point: int, mode: str) -> Outcome:
        """Kill an apply at a point (from 1), go on with it, and look."""
        answer = self._tried(mode, point, f"{mode}-{point}")
        found: Outcome = answer["outcome"]
        return found

    def _tried(self, mode: str, point: int, name: str) -> dict[str, Any]:
        here = self.base / (name or "count")
        here.mkdir()
        shutil.copytree(self.base / "data", here / "data")
        for file in self.base.glob("state.db*"):
            shutil.copy(file, here / file.name)
        served = self.driver("serve", data=str(here / "data"))
        try:
            if mode == "count":
                return self._order(here, served["url"], "apply", 0, 0)
            return {"outcome": self._struck(here, served["url"], mode, point)}
        finally:
            self.driver("stop", pid=served["pid"], gently=False)
            shutil.rmtree(here, ignore_errors=True)

    def _order(self, here: Path, url: str, do: str, at: int, later: int) -> dict[str, Any]:
        return self.driver(
            do,
            folder=str(self.base / "project"),
            url=url,
            state=str(here / "state.db"),
            plan=str(self.base / "plan.json"),
            at=at,
            later=later,
        )

    def _struck(self, here: Path, url: str, mode: str, point: int) -> Outcome:
        start = len(_audit(url))
        name = self.points[point - 1]
        found = Outcome(f"{point}: {name}", mode, 1, Account())
        if not self._order(here, url, "apply", point, 0)["killed"]:
            found.problems.append("it was not killed")
        begun = "after begin_run" in self.points[:point]
        last: dict[str, Any] = {"killed": True}
        at = 2 if mode == "killed-again" and begun else 0
        do = "apply" if mode == "apply" or not begun else "resume"
        for later in range(1, 60):
            last = self._order(here, url, do, at, later)
            if not last["killed"]:
                break
            found.kills += 1
            at += 3
        # A resume may have been killed when it was through: what it left is looked at all the same.
        ended = "after finish_run" in self.points[:point] or found.kills > 1
        if last.get("exit") != 0 and not (ended and "refused" in last):
            found.problems.append(f"it was not settled: {last}")
        self._look(here, url, found, start)
        return found

    def _look(self, here: Path, url: str, found: Outcome, start: int) -> None:
        where = project(str(self.base / "project"), url, str(here / "state.db"), later=60)
        live = where.snapshot()
        with Store.open(str(here / "state.db")) as store:
            run = store.runs(KEY)[0]
            steps, owned = store.steps(run.id), dict(store.ledger(*KEY).entries)
        with Store.open(str(self.base / "state.db")) as store:
            expected = expected_ledger(store.ledger(*KEY).entries, self.plan, steps)
        found.account = account(self.plan, steps, _audit(url)[start:], live)
        if run.plan_id != self.plan.digest or run.finished_at is None:
            found.problems.append("the run is not finished")
        if run.summary.succeeded != run.summary.total:
            found.problems.append(f"not all succeeded: {run.summary}")
        if owned != expected:
            found.problems.append(f"the ledger is wrong: {set(owned) ^ set(expected)}")
        found.problems += self._foreign_changes(live)
        again = where.plan()
        if not again.is_empty or again.unfinished_run:
            found.problems.append(f"a new plan has {[change.key for change in again.changes]}")

    def _foreign_changes(self, live: Snapshot) -> Iterable[str]:
        planned = {identity(one.address) for one in self.plan.changes}
        planned |= {identity(one.previous_address or "") for one in self.plan.changes}
        tops = ("campaigns/new", "campaigns/old", "dispositions/refund")
        for key in sorted({*live.resources, *self.before.resources} - planned):
            old, new = self.before.resources.get(key), live.resources.get(key)
            if key.startswith(tops):
                continue
            if old is None or new is None or old.fields != new.fields:
                yield f"{key} is no part of the plan and changed"


def _approved(where: Any) -> Plan:
    drafted = where.plan()
    approvals = [Approval(one.code, one.approval, "on purpose") for one in drafted.blocking]
    made: Plan = where.plan(approvals)
    assert not made.refusals(), made.refusals()
    return made


def _audit(url: str) -> list[dict[str, Any]]:
    answer = httpx.get(
        f"{url}/v1/audit?page_size=5000",
        headers={"Authorization": "Bearer sandbox-admin"},
        trust_env=False,
    )
    items: list[dict[str, Any]] = answer.json()["items"]
    return items[::-1]


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
