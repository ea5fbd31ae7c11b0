"""Plans can be made inside a freeze, and applied after it or with an approval."""

from __future__ import annotations

import pytest

from tests.end_to_end.harness import Workspace

ENVIRONMENT = "environments/test.yaml"
FROZEN = """\
freeze:
  time_zone: America/Montevideo
  dated: [{from: 2026-01-01, to: 8999-12-31, reason: "The long quiet"}]
"""


@pytest.fixture
def changed(settled: Workspace) -> Workspace:
    settled.edit("lunch.yaml", "utensils", "sandwich")
    return settled


def _freeze(workspace: Workspace) -> None:
    file = workspace.folder / ENVIRONMENT
    workspace.write(ENVIRONMENT, file.read_text() + FROZEN)


def test_a_plan_inside_a_freeze_shows_it_and_an_apply_is_refused(changed: Workspace) -> None:
    _freeze(changed)
    plan = changed.run("plan", "--out", changed.plan_file).expect(0)
    plan.mentions(
        "environment is frozen", "The long quiet", "--approve freeze:test --reason REASON"
    )
    changed.sandbox.forget_requests()
    changed.apply().expect(3).mentions("freeze", "The long quiet")
    assert changed.sandbox.writes() == 0
    assert changed.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_a_plan_made_before_the_freeze_is_refused_inside_it(changed: Workspace) -> None:
    changed.saved_plan()
    _freeze(changed)
    changed.apply().expect(3).mentions("freeze")


def test_a_plan_made_inside_the_freeze_is_applied_after_it(changed: Workspace) -> None:
    before = (changed.folder / ENVIRONMENT).read_text()
    _freeze(changed)
    changed.saved_plan()
    changed.write(ENVIRONMENT, before)
    changed.apply().expect(0)


def test_an_approval_allows_an_apply_inside_a_freeze(changed: Workspace) -> None:
    _freeze(changed)
    changed.plan_and_apply("--approve", "freeze:test", "--reason", "a status is broken")
    assert changed.sandbox.maria.get("statuses/Lunch")["icon"] == "sandwich"


def test_an_empty_plan_is_allowed_inside_a_freeze(settled: Workspace) -> None:
    _freeze(settled)
    assert settled.saved_plan("--detailed-exitcode")["findings"] == []


def test_an_apply_with_expect_is_refused_inside_a_freeze(changed: Workspace) -> None:
    digest = changed.saved_plan()["content_digest"]
    _freeze(changed)
    changed.run("apply", ".", "--expect", digest).expect(3).mentions("freeze")
