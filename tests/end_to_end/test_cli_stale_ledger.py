"""Plans made before another apply changed the ledger: refused with exit code 4, nothing written.

Each test makes a plan, lets another branch or another project apply something, and then applies
the first plan. The message names what changed, who changed it and in which run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.estate import STRICTER
from tests.end_to_end.harness import Result, Workspace, approvals

LUNCH = 'kind: Status\nname: Lunch\nicon: utensils\ncolor: "#e0a800"\n'
REASON = ("--reason", "tried on purpose")


class Pair:
    """One platform and one state; `mine` is the applied estate, `theirs` another folder on both."""

    def __init__(self, mine: Workspace) -> None:
        self.mine = mine
        self.theirs = Workspace(mine.base / "theirs", mine.sandbox, mine.token)
        self.stale = mine.base / "stale.json"

    def another_branch(self) -> Workspace:
        """The same project in another checkout."""
        return self._filled("acme", {})

    def another_project(self, files: dict[str, str]) -> Workspace:
        """A project with these manifests."""
        return self._filled("zenith", files)

    def _filled(self, project: str, files: dict[str, str]) -> Workspace:
        own = self.mine.folder
        if project == "acme":
            files = {str(p.relative_to(own)): p.read_text() for p in own.rglob("*.yaml")}
        else:
            environment = (own / "environments/test.yaml").read_text()
            files = {
                "reconciler.yaml": f"project: {project}\n",
                "environments/test.yaml": environment,
                **files,
            }
        for file, text in files.items():
            self.theirs.write(file, text)
        return self.theirs

    def plan_now(self, *words: str) -> None:
        """Save the plan that will be stale."""
        self.mine.run("plan", "--out", self.stale, *words).expect(0)

    def apply_theirs(self, *words: str) -> None:
        """Plan and apply the other folder, in the same state."""
        state = str(self.mine.state)
        plan = self.theirs.base / "plan.json"
        self.theirs.run("plan", "--out", plan, *words, RECONCILER_STATE=state).expect(0)
        self.theirs.run("apply", plan, RECONCILER_STATE=state).expect(0)

    def refused(self, *texts: str) -> Result:
        """Apply the stale plan; check that it is refused and sends nothing."""
        self.mine.sandbox.forget_requests()
        result = self.mine.run("apply", self.stale).expect(4).mentions(*texts)
        assert self.mine.sandbox.writes() == 0
        return result


@pytest.fixture
def pair(settled: Workspace) -> Iterator[Pair]:
    yield Pair(settled)


def _last_run(pair: Pair) -> str:
    found = pair.mine.run("history", "--format", "json").json
    return str(found["runs"][0]["id"])


def test_a_delete_of_a_resource_protected_since(pair: Pair) -> None:
    pair.another_branch().write("lunch.yaml", LUNCH + "lifecycle: {protect: true}\n")
    pair.mine.remove("lunch.yaml")
    pair.plan_now()
    pair.apply_theirs()
    pair.refused("statuses/Lunch", "protected now", "tester", _last_run(pair))
    assert pair.mine.sandbox.maria.exists("statuses/Lunch")


def test_a_campaign_delete_that_cascades_to_a_resource_protected_since(pair: Pair) -> None:
    branch = pair.another_branch()
    branch.edit(
        "campaigns/sales.yaml",
        '- {name: Coaching, icon: headset, color: "#3366ff"}',
        '- {name: Coaching, icon: headset, color: "#3366ff", lifecycle: {protect: true}}',
    )
    pair.mine.remove("campaigns/sales.yaml")
    pair.mine.edit("blacklist.yaml", ", {customer: pest@example.com, campaign: Sales}", "")
    pair.plan_now(*approvals(pair.mine.plan()), *REASON)
    pair.apply_theirs()
    pair.refused("campaigns/Sales/statuses/Coaching", "protected now", _last_run(pair))
    assert pair.mine.sandbox.maria.exists("campaigns/Sales")


def test_an_update_that_would_remove_protection_added_since(pair: Pair) -> None:
    pair.another_branch().write("lunch.yaml", LUNCH + "lifecycle: {protect: true}\n")
    pair.mine.edit("lunch.yaml", "utensils", "fork")
    pair.plan_now()
    pair.apply_theirs()
    pair.refused("statuses/Lunch", "protected now", _last_run(pair))
    explained = pair.mine.run("explain", "statuses/Lunch", "--format", "json").expect(0).json
    assert explained["protected"] is True


def test_a_delete_of_a_resource_released_since(pair: Pair) -> None:
    pair.another_branch().write("lunch.yaml", LUNCH + "lifecycle: {on_remove: keep}\n")
    pair.mine.remove("lunch.yaml")
    pair.plan_now()
    pair.apply_theirs()
    pair.theirs.remove("lunch.yaml")
    pair.apply_theirs()
    pair.refused("statuses/Lunch", "not managed any more", _last_run(pair))
    assert pair.mine.sandbox.maria.exists("statuses/Lunch")


def _release(pair: Pair) -> None:
    """Stop managing Lunch in `mine`; it stays on the platform."""
    pair.mine.write("lunch.yaml", LUNCH + "lifecycle: {on_remove: keep}\n")
    pair.mine.plan_and_apply()
    pair.mine.remove("lunch.yaml")
    pair.mine.plan_and_apply()


def test_a_delete_of_a_resource_adopted_by_another_project_since(pair: Pair) -> None:
    _release(pair)
    pair.mine.edit("reconciler.yaml", "acme", "acme\nownership: {statuses: exclusive}")
    pair.plan_now(*approvals(pair.mine.plan()), *REASON)
    pair.another_project({"lunch.yaml": LUNCH})
    pair.apply_theirs()
    pair.refused("statuses/Lunch", "managed by project 'zenith'", _their_last_run(pair))
    assert pair.mine.sandbox.maria.exists("statuses/Lunch")


def _their_last_run(pair: Pair) -> str:
    state = str(pair.mine.state)
    found = pair.theirs.run("history", "--format", "json", RECONCILER_STATE=state).json
    return str(found["runs"][0]["id"])


def test_a_campaign_delete_that_cascades_to_a_resource_of_another_project(pair: Pair) -> None:
    pair.mine.remove("campaigns/support.yaml")
    pair.plan_now(*approvals(pair.mine.plan()), *REASON)
    # The channel has its defaults: the plan does not show it; only the ledger has it.
    channel = "kind: Channel\ncampaign: Support\ntype: sms\nenabled: false\n"
    pair.another_project({"sms.yaml": channel})
    pair.apply_theirs()
    pair.refused("campaigns/Support/channels/sms", "managed by project 'zenith'")
    assert pair.mine.sandbox.maria.exists("campaigns/Support")


def test_an_adoption_of_a_resource_adopted_by_another_project_since(pair: Pair) -> None:
    pair.mine.sandbox.maria.create("statuses/Tea", icon="cup")
    pair.mine.write("tea.yaml", "kind: Status\nname: Tea\nicon: mug\n")
    pair.plan_now()
    pair.another_project({"tea.yaml": "kind: Status\nname: Tea\nicon: cup\n"})
    pair.apply_theirs()
    pair.refused("statuses/Tea", "managed by project 'zenith'", _their_last_run(pair))
    assert pair.mine.sandbox.maria.get("statuses/Tea")["icon"] == "cup"


def test_a_create_of_a_resource_created_by_another_project_since(pair: Pair) -> None:
    tea = "kind: Status\nname: Tea\nicon: cup\n"
    pair.mine.write("tea.yaml", tea)
    pair.plan_now()
    pair.another_project({"tea.yaml": tea})
    pair.apply_theirs()
    pair.refused("statuses/Tea", "managed by project 'zenith'", _their_last_run(pair))
    mine = pair.mine.run("explain", "statuses/Tea").expect(0)
    mine.mentions("zenith")


def test_a_forget_of_a_resource_applied_again_since(pair: Pair) -> None:
    pair.mine.write("lunch.yaml", LUNCH + "lifecycle: {on_remove: keep}\n")
    pair.mine.plan_and_apply()
    pair.another_branch().write("lunch.yaml", LUNCH + "lifecycle: {protect: true}\n")
    pair.mine.remove("lunch.yaml")
    pair.plan_now()
    pair.apply_theirs()
    pair.refused("statuses/Lunch", "protected now", _last_run(pair))


def test_an_undo_planned_before_another_apply(pair: Pair) -> None:
    pair.mine.edit("lunch.yaml", "utensils", "fork")
    pair.mine.plan_and_apply()
    run = _last_run(pair)
    pair.mine.run("undo", run, "--out", pair.stale).expect(0)
    pair.another_branch().write(
        "lunch.yaml", LUNCH.replace("utensils", "fork") + "lifecycle: {protect: true}\n"
    )
    pair.apply_theirs()
    pair.refused("statuses/Lunch", "protected now", _last_run(pair))


def test_a_plan_is_not_stale_after_changes_to_other_resources(pair: Pair) -> None:
    pair.another_branch().write("tea.yaml", "kind: Status\nname: Tea\n")
    pair.mine.edit("lunch.yaml", "utensils", "fork")
    pair.plan_now()
    pair.apply_theirs()
    pair.mine.run("apply", pair.stale).expect(0).mentions("statuses/Lunch")


def test_a_rename_and_edit_already_made_by_another_plan_is_not_stale(pair: Pair) -> None:
    level = "levels: [{name: Done, renamed_from: Completed, text_code: OK}, Postponed]"
    pair.mine.edit("dispositions.yaml", "levels: [Completed, Postponed]", level)
    pair.another_branch()
    pair.mine.write("reconciler.yaml", STRICTER)
    pair.plan_now()
    pair.apply_theirs()
    pair.mine.sandbox.forget_requests()
    pair.mine.run("apply", pair.stale).expect(0)
    assert pair.mine.sandbox.writes() == 0
