"""The counts that GitLab shows in a merge request: `artifacts: reports: terraform`.

GitLab accepts these three names only. A rename counts as an update; a replace creates and deletes.
"""

from __future__ import annotations

from typing_extensions import TypedDict

from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View


class PlanCounts(TypedDict):
    """How many resources of the platform a plan creates, updates and deletes."""

    create: int
    update: int
    delete: int


def plan_gitlab(plan: Plan, _view: View) -> bytes:
    """The counts of a plan."""
    created = (Action.CREATE, Action.REPLACE)
    updated = (Action.UPDATE, Action.RENAME, Action.ADOPT)
    return json_bytes(
        PlanCounts(
            create=_count(plan, *created),
            update=_count(plan, *updated),
            delete=_count(plan, Action.DELETE),
        )
    )


def _count(plan: Plan, *actions: Action) -> int:
    return len({change.address for change in plan.writes if change.action in actions})
