"""An environment that requires signed plans, over the command line: a killed signed plan is resumed
to its end, and no unsigned plan starts before or during it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.torture.estates import AFTER, BEFORE, SEED
from tests.torture.killing import ALL, KEY, TURN, Estate, Outcome, chosen
from tests.torture.scenes import Driver, Scene, SqliteStates, Stage

FEW = 2
EVERY = 4
"""`make torture` kills at every fourth point; the choice varies from run to run."""
STRICT = "require_signature: true\ntrust: [keys/release.pub.pem]\n"
ENVIRONMENT = "environments/test.yaml"
REFUSED = 4
UNACCEPTABLE = (
    "unsigned",
    "signed by another key",
    "with another signature",
    "trusted by an option",
)


@dataclass
class Signed(Estate):
    """The estate with a signed plan. `keys` contains a trusted key and an untrusted one."""

    keys: Path

    @classmethod
    def made(cls, folder: Path, driver: Driver) -> Signed:
        """Apply the initial estate, plan its change and sign it, with commands."""
        stage, keys = Stage.empty(folder / "signed", SqliteStates(), driver), folder / "keys"
        keys.mkdir()
        with stage.itself(SEED) as scene:
            scene.write({**BEFORE, ENVIRONMENT: BEFORE[ENVIRONMENT] + STRICT})
            for name in ("release", "other"):
                _done(scene, "sign", "--generate", keys / f"{name}.pem")
            scene.write({"keys/release.pub.pem": (keys / "release.pub.pem").read_text()})
            _planned_and_signed(scene, keys)
            _done(scene, "apply", _plan(scene))
            shutil.copy(_signature(_plan(scene)), scene.folder / "first.sig")
            scene.write({**AFTER, ENVIRONMENT: BEFORE[ENVIRONMENT] + STRICT})
            blocking = scene.project().plan().blocking
            approvals = [
                {"guard": item.code, "address": item.approval, "reason": "on purpose"}
                for item in blocking
            ]
            scene.write({"approvals/all.yaml": json.dumps(approvals)})
            _planned_and_signed(scene, keys)
            scene.write({"more.yaml": "kind: Status\nname: More\n"})
            _done(scene, "plan", "--out", scene.folder / "beside.json")
            (scene.folder / "project" / "more.yaml").unlink()
            before = scene.project().snapshot()
        with stage.scene() as scene:
            answer = _done(scene, "apply", _plan(scene))
            last = scene.last_run(KEY)
            assert last is not None
        return cls(stage, last[2], before, answer["points"], keys)

    def struck(
        self,
        scene: Scene,
        point: int,
        mode: str,
        *,
        since: int = 0,  # noqa: ARG002
    ) -> Outcome:
        start = len(scene.audit())
        found = Outcome(f"{point}: {self.points[point - 1]}", mode, kills=1)
        plan, nth = _plan(scene), point // EVERY
        found.problems += self._tried(scene, plan, nth)
        killed = scene.command("apply", plan, at=point)
        if not killed["killed"]:
            found.problems.append(f"it was not killed: {killed}")
        found.problems += self._tried(scene, scene.folder / "beside.json", nth + 1)
        scene.command("unlock")
        last = scene.last_run(KEY)
        begun = last is not None and last[2].digest == self.plan.digest
        ended = begun and last is not None and last[0].finished_at is not None
        words = ("--resume",) if begun and mode == "resume" else (plan,)
        answer = scene.command("apply", *words)
        if answer["exit"] != 0 and not ended:
            found.problems.append(f"it was not settled: {answer}")
        self._look(scene, found, start)
        return found

    def _tried(self, scene: Scene, tried: Path, nth: int) -> Iterator[str]:
        """The problems with the refusal of an unsigned or wrongly signed plan."""
        how = UNACCEPTABLE[nth % len(UNACCEPTABLE)]
        plan, words = scene.folder / "tried.json", []
        shutil.copy(tried, plan)
        _signature(plan).unlink(missing_ok=True)
        if how == "with another signature":
            shutil.copy(scene.folder / "first.sig", _signature(plan))
        elif how != "unsigned":
            _done(scene, "sign", plan, "--key", self.keys / "other.pem")
        if how == "trusted by an option":
            words = ["--trust", self.keys / "other.pub.pem"]
        before = _done_so_far(scene)
        answer = scene.command("apply", plan, *words)
        if answer["exit"] != REFUSED:
            yield f"{how}: {answer}"
        if _done_so_far(scene) != before:
            yield f"{how}: it was refused, and something was done"


def _done_so_far(scene: Scene) -> tuple[object, ...]:
    """The writes so far, the newest run with its steps, and the owned resources."""
    last = scene.last_run(KEY)
    run = None if last is None else (last[0].id, last[1])
    return len(scene.audit()), run, scene.owned(KEY)


def _plan(scene: Scene) -> Path:
    return scene.folder / "plan.json"


def _signature(plan: Path) -> Path:
    return plan.with_name(f"{plan.name}.sig")


def _planned_and_signed(scene: Scene, keys: Path) -> None:
    _done(scene, "plan", "--out", _plan(scene))
    _done(scene, "sign", _plan(scene), "--key", keys / "release.pem")


def _done(scene: Scene, *words: str | Path) -> dict[str, object]:
    """Run a command that must succeed."""
    answer = scene.command(*words)
    assert answer["exit"] == 0, answer
    return answer


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    driver = Driver()
    yield Signed.made(tmp_path_factory.mktemp("signed"), driver)
    driver.close()


def test_only_the_signed_plan_is_applied_and_resumed(signed: Signed) -> None:
    points = chosen(len(signed.points), FEW)[TURN % EVERY if ALL else 0 :: EVERY if ALL else 1]
    for point in points:
        signed.strike(point, ("resume", "apply")[point // EVERY % 2]).checked()
    assert points
