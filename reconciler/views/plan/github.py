"""A plan in the log of a GitHub Actions step: annotations of the findings, then the text.

The runner ignores commands in the text, so no name can end a step, mask a value or add an error.
"""

from __future__ import annotations

from reconciler.planning.plan import Plan
from reconciler.privacy.known_people import masker_for_plan
from reconciler.text import visible
from reconciler.views.plan.finding_places import FindingPlaces, finding_text, finding_title
from reconciler.views.plan.text import plan_text
from reconciler.views.style.view import View
from reconciler.views.style.workflow_commands import Annotation, annotation_lines, not_commands

_TOKEN_CHARACTERS = 32


def plan_github(plan: Plan, view: View) -> str:
    """The annotations of the findings that no approval covers, then the text of the plan."""
    view = view.with_masker(masker_for_plan(view.masker, plan))
    places = FindingPlaces(plan, view)
    annotations = [
        Annotation(
            "error" if finding.blocks else "warning",
            finding_title(finding, view),
            finding_text(finding, view),
            places.place(finding),
        )
        for finding in plan.findings
        if finding.approved is None
    ]
    if view.notice:
        annotations.insert(0, Annotation("warning", "Not verified", visible(view.notice), None))
    token = f"plan-{plan.digest[:_TOKEN_CHARACTERS]}"
    text = plan_text(plan, view).splitlines()
    return "\n".join([*annotation_lines(annotations), *not_commands(text, token)]) + "\n"
