"""Plans that are refused: exit code 4, a message per cause, and no writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.planning.plan import FORMAT_VERSION
from reconciler.state.keys import LedgerKey
from reconciler.state.sql.store import Store
from tests.end_to_end.estate import SEED, STRICTER
from tests.end_to_end.harness import Sandbox, Workspace

_PRESENT = f'"format_version": {FORMAT_VERSION}'.encode()


@pytest.fixture
def planned(settled: Workspace) -> Workspace:
    """A project with a saved plan that would change the status Lunch."""
    return _planned(settled)


@pytest.fixture
def unused(watched: Workspace) -> Workspace:
    """The same, for plans that are never applied."""
    return _planned(watched)


def _planned(workspace: Workspace) -> Workspace:
    workspace.edit("lunch.yaml", "utensils", "fork")
    workspace.saved_plan()
    workspace.sandbox.forget_requests()
    return workspace


def _refused(workspace: Workspace, *texts: str, **variables: str) -> None:
    workspace.run("apply", workspace.plan_file, **variables).expect(4).mentions(*texts)
    assert workspace.sandbox.writes() == 0


def _one_byte(data: bytes) -> bytes:
    return data.replace(b'"fork"', b'"pork"', 1)


def _one_byte_of_a_clock(data: bytes) -> bytes:
    at = data.index(b'"created_at": "2') + len(b'"created_at": "2')
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_one_byte, "edited"),
        (_one_byte_of_a_clock, "edited"),
        (lambda data: data + b"\n", "edited"),
        (lambda data: data.replace(b'"action": "update"', b'"action": "upset"', 1), "edited"),
        (lambda data: data[:-20], "incomplete"),
        (lambda data: data[: len(data) // 2], "incomplete"),
        (lambda data: data[:0], "incomplete"),
        (lambda data: data[:1] + b"}", "not a plan"),
        (lambda data: b"\xff" + data, "not a plan"),
        (lambda data: data.replace(_PRESENT, b'"format_version": 0'), "format 0"),
        (lambda data: data.replace(_PRESENT, b'"format_version": 9'), "format 9"),
    ],
)
def test_a_changed_plan_file(unused: Workspace, spoil: Callable[[bytes], bytes], told: str) -> None:
    data = unused.plan_file.read_bytes()
    assert spoil(data) != data
    unused.plan_file.write_bytes(spoil(data))
    _refused(unused, str(unused.plan_file), told)
    unused.run("show", unused.plan_file).expect(4).mentions(told)


def test_a_plan_is_applied_once(planned: Workspace) -> None:
    planned.apply().expect(0)
    planned.sandbox.forget_requests()
    _refused(planned, "applied already")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(tmp_path / "elsewhere", SEED, "--platform-id", "other")
    yield sandbox
    sandbox.stop()


def test_a_plan_for_another_platform(unused: Workspace, elsewhere: Sandbox) -> None:
    unused.edit("environments/test.yaml", "id: test", "id: other")
    _refused(unused, "test", "other", RECONCILER_URL=elsewhere.url)
    assert elsewhere.writes() == 0


def test_a_plan_for_another_project(unused: Workspace) -> None:
    unused.edit("reconciler.yaml", "acme", "zenith")
    _refused(unused, "acme", "zenith")


def test_a_plan_of_a_missing_state(unused: Workspace, tmp_path: Path) -> None:
    _refused(unused, "RECONCILER_STATE", RECONCILER_STATE=str(tmp_path / "new.db"))


def test_a_plan_made_with_another_state(unused: Workspace, tmp_path: Path) -> None:
    other = str(tmp_path / "other.db")
    with Store.open(other) as store:
        store.change_ledger(LedgerKey("acme", "test", "test"), ())
    _refused(unused, "another state", RECONCILER_STATE=other)


def test_a_plan_made_before_the_first_apply_of_another(workspace: Workspace) -> None:
    workspace.saved_plan()
    workspace.write("reconciler.yaml", STRICTER)
    first = workspace.base / "first.json"
    workspace.run("plan", "--out", first).expect(0)
    workspace.run("apply", first).expect(0)
    workspace.sandbox.forget_requests()
    _refused(workspace, "something was applied since", "Plan again")


def test_a_planned_resource_was_changed_since(planned: Workspace) -> None:
    planned.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    planned.sandbox.forget_requests()
    _refused(planned, "statuses/Lunch", "icon", "maria")


def test_a_planned_resource_was_deleted_since(planned: Workspace) -> None:
    planned.sandbox.maria.delete("statuses/Lunch")
    planned.sandbox.forget_requests()
    _refused(planned, "statuses/Lunch")


def test_a_planned_create_was_created_differently_since(settled: Workspace) -> None:
    settled.write("meeting.yaml", "kind: Status\nname: Meeting\nicon: comments\n")
    settled.saved_plan()
    settled.sandbox.maria.create("statuses/Meeting", icon="pizza")
    settled.sandbox.forget_requests()
    _refused(settled, "statuses/Meeting", "maria")


def test_other_resources_may_change(planned: Workspace) -> None:
    planned.sandbox.maria.patch("campaigns/Support", time_zone="Europe/Madrid")
    planned.apply().expect(0)


def test_a_blocked_plan_is_not_applied(settled: Workspace) -> None:
    settled.sandbox.maria.status_of("ana", "Lunch")
    settled.remove("lunch.yaml")
    settled.plan()
    settled.sandbox.forget_requests()
    settled.apply().expect(3).mentions("delete-in-use", "statuses/Lunch")
    assert settled.sandbox.writes() == 0


def test_an_edited_plan_with_a_new_digest_is_refused(unused: Workspace) -> None:
    plan = json.loads(unused.plan_file.read_text())
    plan["digest"] = plan["content_digest"] = "0" * len(plan["digest"])
    unused.plan_file.write_text(json.dumps(plan, indent=2) + "\n")
    _refused(unused, "edited")
