"""A plan's findings as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.privacy.known_people import masker_for_plan
from reconciler.views.plan.code_quality import Fingerprints
from reconciler.views.plan.finding_places import FindingPlaces, finding_text
from reconciler.views.style.sarif import message, physical_location, sarif_bytes
from reconciler.views.style.view import View


def plan_sarif(plan: Plan, view: View) -> bytes:
    """A result for each finding; an approved one is suppressed, with the approval's reason."""
    from reconciler.guards.registry import GUARDS

    view = view.with_masker(masker_for_plan(view.masker, plan))
    places = FindingPlaces(plan, view)
    fingerprints = Fingerprints(plan)
    summaries = {guard.code: guard.summary for guard in GUARDS}
    return sarif_bytes(
        [_result(each, places, fingerprints, view) for each in plan.findings],
        {each.code: summaries.get(each.code, each.code) for each in plan.findings},
        automation=f"reconciler/{plan.project}/{plan.environment}/",
        version=plan.tool_version,
    )


def _result(
    finding: Finding, places: FindingPlaces, fingerprints: Fingerprints, view: View
) -> dict[str, JsonValue]:
    address = view.address(finding.address)
    result: dict[str, JsonValue] = {
        "ruleId": finding.code,
        "level": "error" if finding.severity == "block" else "warning",
        "message": message(f"{address}: {finding_text(finding, view)}"),
        "locations": [
            {
                "physicalLocation": physical_location(places.required_place(finding)),
                "logicalLocations": [{"fullyQualifiedName": address, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"reconcilerFinding/v1": fingerprints.of(finding, view)},
    }
    if finding.approved is not None:
        reason = view.text(finding.approved.reason, about=finding.address)
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": reason}
        ]
    return result
