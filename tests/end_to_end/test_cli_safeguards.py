"""A change cannot remove the signatures and freeze windows that should stop it.

The last applied safeguards also apply to the plan that removes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.harness import Workspace, blocking

_ENVIRONMENT = "environments/test.yaml"
_PLATFORM = 'platform: {url: "http://127.0.0.1:1", id: test}\n'
_WEAKENED = "guard-weakened"
_FOREVER = """\
freeze:
  time_zone: America/Montevideo
  weekly: {fri: ["18:00-24:00"]}
  dated: [{from: 2026-01-01, to: 8999-12-31, reason: "The long quiet"}]
"""


def _signed_by(*keys: str) -> str:
    listed = ", ".join(f"keys/{key}.pub.pem" for key in keys)
    return f"require_signature: true\ntrust: [{listed}]\n"


def _environment(workspace: Workspace, text: str = "") -> None:
    workspace.write(_ENVIRONMENT, _PLATFORM + text)


def _key(workspace: Workspace, name: str) -> Path:
    """A private key; its public key is in the project."""
    private = workspace.base / f"{name}.pem"
    workspace.run("sign", "--generate", private).expect(0)
    (workspace.folder / "keys").mkdir(exist_ok=True)
    public = workspace.base / f"{name}.pub.pem"
    (workspace.folder / f"keys/{name}.pub.pem").write_bytes(public.read_bytes())
    return private


def _weakened(plan: Any) -> list[str]:
    return sorted(address for code, address in blocking(plan) if code == _WEAKENED)


def _approved(workspace: Workspace, *more: str) -> Any:
    """A plan with every weakening approved, saved."""
    words = ["--reason", "agreed", *more]
    for address in _weakened(workspace.plan()):
        words += ["--approve", f"{_WEAKENED}:{address}"]
    return workspace.saved_plan(*words)


def _sign(workspace: Workspace, key: Path) -> None:
    workspace.run("sign", workspace.plan_file, "--key", key).expect(0)


@pytest.fixture
def keys(settled: Workspace) -> dict[str, Path]:
    """Maria's key, recorded by an apply, and another user's key."""
    made = {name: _key(settled, name) for name in ("maria", "mallory")}
    _environment(settled, _signed_by("maria"))
    settled.saved_plan()
    _sign(settled, made["maria"])
    settled.apply().expect(0)
    settled.edit("lunch.yaml", "utensils", "pizza")
    settled.sandbox.forget_requests()
    return made


def _nothing_was_written(workspace: Workspace) -> None:
    assert workspace.sandbox.writes() == 0
    assert workspace.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_a_change_cannot_turn_off_its_own_required_signature(
    settled: Workspace, keys: dict[str, Path]
) -> None:
    _environment(settled)
    assert _weakened(settled.plan()) == ["require_signature"]
    settled.apply().expect(3).mentions(_WEAKENED, "require_signature")
    _approved(settled)
    settled.apply().expect(4).mentions(
        "for another plan", "The last apply on this platform required"
    )
    settled.plan_file.with_name("plan.json.sig").unlink()
    settled.apply().expect(4).mentions("not signed")
    _sign(settled, keys["mallory"])
    settled.apply().expect(4).mentions("which is not trusted here")
    _nothing_was_written(settled)
    _sign(settled, keys["maria"])
    settled.apply().expect(0)
    settled.edit("lunch.yaml", "pizza", "fork")
    settled.plan_and_apply()


def test_a_change_cannot_add_its_own_signing_key(settled: Workspace, keys: dict[str, Path]) -> None:
    _environment(settled, _signed_by("maria", "mallory"))
    (added,) = _weakened(settled.plan())
    assert added.startswith("trust.SHA256:")
    _approved(settled)
    _sign(settled, keys["mallory"])
    settled.apply().expect(4).mentions("which is not trusted here")
    _nothing_was_written(settled)
    _sign(settled, keys["maria"])
    settled.apply().expect(0)
    settled.edit("lunch.yaml", "pizza", "fork")
    settled.saved_plan()
    _sign(settled, keys["mallory"])
    settled.apply().expect(0)


def test_a_change_cannot_replace_the_key_in_a_trusted_file(
    settled: Workspace, keys: dict[str, Path]
) -> None:
    key = settled.folder / "keys/maria.pub.pem"
    key.write_bytes((settled.folder / "keys/mallory.pub.pem").read_bytes())
    assert len(_weakened(settled.plan())) == 2, "one key is added, another removed"
    _approved(settled)
    _sign(settled, keys["mallory"])
    settled.apply().expect(4).mentions("which is not trusted here")
    _nothing_was_written(settled)
    _sign(settled, keys["maria"])
    settled.apply().expect(0)


def test_a_key_in_a_file_of_another_name_is_the_same_key(
    settled: Workspace, keys: dict[str, Path]
) -> None:
    (settled.folder / "keys/maria.pub.pem").rename(settled.folder / "keys/release.pub.pem")
    _environment(settled, _signed_by("release"))
    assert _weakened(settled.plan()) == []
    _sign(settled, keys["maria"])
    settled.apply().expect(0)


def test_a_removed_key_is_not_trusted(settled: Workspace, keys: dict[str, Path]) -> None:
    _environment(settled, _signed_by("maria", "mallory"))
    _approved(settled)
    _sign(settled, keys["maria"])
    settled.apply().expect(0)
    settled.edit("lunch.yaml", "pizza", "fork")
    _environment(settled, _signed_by("maria"))
    assert len(_weakened(settled.plan())) == 1
    _approved(settled)
    _sign(settled, keys["mallory"])
    settled.apply().expect(4).mentions("which is not trusted here")
    _sign(settled, keys["maria"])
    settled.apply().expect(0)


def test_a_new_plan_is_refused_if_the_last_apply_required_a_signature(
    settled: Workspace, keys: dict[str, Path]
) -> None:
    _environment(settled)
    words = ("--approve", f"{_WEAKENED}:require_signature", "--reason", "agreed")
    digest = settled.saved_plan(*words)["content_digest"]
    afresh = settled.run("apply", settled.folder, "--expect", digest, *words).expect(4)
    afresh.mentions("--expect makes a new plan", "reconciler sign")
    _nothing_was_written(settled)


def test_a_new_project_name_does_not_avoid_the_safeguards(
    settled: Workspace, keys: dict[str, Path]
) -> None:
    _environment(settled)
    settled.write("reconciler.yaml", "project: zenith\n")
    for file in [*settled.folder.glob("*.yaml"), *settled.folder.glob("campaigns/*.yaml")]:
        if file.name != "reconciler.yaml":
            file.unlink()
    settled.write("meeting.yaml", "kind: Status\nname: Meeting\n")
    assert _weakened(settled.plan()) == ["require_signature"]
    _approved(settled)
    settled.apply().expect(4).mentions("The last apply on this platform required")
    assert not settled.sandbox.maria.exists("statuses/Meeting")
    _sign(settled, keys["maria"])
    settled.apply().expect(0)
    settled.write("tea.yaml", "kind: Status\nname: Tea\n")
    settled.plan_and_apply()


def test_an_older_plan_does_not_revert_later_safeguards(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "pizza")
    settled.saved_plan()
    older = settled.plan_file.read_bytes()
    empty = settled.base / "empty.json"
    settled.edit("lunch.yaml", "pizza", "utensils")
    settled.run("plan", "--out", empty).expect(0)
    maria = _key(settled, "maria")
    _environment(settled, _signed_by("maria"))
    settled.saved_plan()
    _sign(settled, maria)
    settled.apply().expect(0)
    settled.plan_file.write_bytes(older)
    _environment(settled)
    settled.sandbox.forget_requests()
    settled.plan_file.with_name("plan.json.sig").unlink()
    for plan in (settled.plan_file, empty):
        settled.run("apply", plan).expect(4).mentions("not signed")
        settled.run("sign", plan, "--key", maria).expect(0)
        settled.run("apply", plan).expect(3).mentions(_WEAKENED, "require_signature")
    _nothing_was_written(settled)


# ---- freeze windows --------------------------------------------------------------------------


@pytest.fixture
def frozen(settled: Workspace) -> Workspace:
    """An endless freeze, recorded by an apply, and a change that it blocks."""
    _environment(settled, _FOREVER)
    settled.plan_and_apply()
    settled.edit("lunch.yaml", "utensils", "pizza")
    settled.sandbox.forget_requests()
    return settled


def test_a_change_cannot_remove_the_freeze_that_blocks_it(frozen: Workspace) -> None:
    _environment(frozen)
    assert _weakened(frozen.plan()) == [
        "freeze.2026-01-01T00:00..9000-01-01T00:00",
        "freeze.fri.18:00-24:00",
    ]
    _approved(frozen)
    frozen.apply().expect(3).mentions("freeze", "The long quiet")
    _nothing_was_written(frozen)
    _approved(frozen, "--approve", "freeze:test")
    frozen.apply().expect(0)
    frozen.edit("lunch.yaml", "pizza", "fork")
    frozen.plan_and_apply()


def test_a_plan_that_only_removes_the_freeze_is_blocked_by_it(frozen: Workspace) -> None:
    frozen.edit("lunch.yaml", "pizza", "utensils")
    _environment(frozen)
    assert _approved(frozen)["changes"] == []
    frozen.apply().expect(3).mentions("freeze", "The long quiet")
    frozen.edit("lunch.yaml", "utensils", "pizza")
    assert _weakened(frozen.plan()) != [], "the freeze is still the one last applied"
    _nothing_was_written(frozen)


def test_a_new_plan_is_blocked_by_the_last_applied_freeze(frozen: Workspace) -> None:
    _environment(frozen)
    words = ["--reason", "agreed"]
    for address in _weakened(frozen.plan()):
        words += ["--approve", f"{_WEAKENED}:{address}"]
    digest = frozen.saved_plan(*words)["content_digest"]
    afresh = frozen.run("apply", frozen.folder, "--expect", digest, *words).expect(3)
    afresh.mentions("freeze", "The long quiet")
    _nothing_was_written(frozen)


def test_a_narrower_freeze_is_weaker_and_a_wider_one_is_not(frozen: Workspace) -> None:
    wider = _FOREVER.replace("18:00-24:00", "12:00-24:00").replace("2026-01-01", "2025-01-01")
    _environment(frozen, wider)
    assert _weakened(frozen.plan()) == []
    _environment(frozen, _FOREVER.replace("18:00", "19:00"))
    assert _weakened(frozen.plan()) == ["freeze.fri.18:00-24:00"]
    _environment(frozen, _FOREVER.replace("8999-12-31", "8999-12-30"))
    assert _weakened(frozen.plan()) == ["freeze.2026-01-01T00:00..9000-01-01T00:00"]
    _environment(frozen, _FOREVER.replace("America/Montevideo", "Europe/Madrid"))
    assert "freeze.fri.18:00-24:00" in _weakened(frozen.plan())


def test_a_missing_key_is_a_problem_of_the_environments_file(settled: Workspace) -> None:
    _environment(settled, _signed_by("nobody"))
    settled.run("plan").expect(1).mentions("environments/test.yaml", "there is no key at")
