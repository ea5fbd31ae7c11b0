"""A plan's findings as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from pydantic import JsonValue

from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.privacy.known_people import masker_for_plan
from reconciler.views.plan.code_quality import Fingerprints
from reconciler.views.plan.finding_places import FindingPlaces, finding_text
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View

_MARKUP = re.compile(r"[\\\[\]]")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def plan_sarif(plan: Plan, view: View) -> bytes:
    """A result for each finding; an approved one is suppressed, with the approval's reason."""
    view = view.with_masker(masker_for_plan(view.masker, plan))
    places = FindingPlaces(plan, view)
    fingerprints = Fingerprints(plan)
    driver: dict[str, JsonValue] = {
        "name": "reconciler",
        "rules": _rules({finding.code for finding in plan.findings}),
    }
    if plan.tool_version:
        driver["version"] = plan.tool_version
    results = [_result(each, places, fingerprints, view) for each in plan.findings]
    run: dict[str, JsonValue] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"reconciler/{plan.project}/{plan.environment}/"},
        "columnKind": "unicodeCodePoints",
        "results": [*results],
    }
    return json_bytes({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(codes: Iterable[str]) -> list[JsonValue]:
    from reconciler.guards.registry import GUARDS

    summaries = {guard.code: guard.summary for guard in GUARDS}
    return [
        {"id": code, "shortDescription": {"text": summaries.get(code, code)}}
        for code in sorted(codes)
    ]


def _result(
    finding: Finding, places: FindingPlaces, fingerprints: Fingerprints, view: View
) -> dict[str, JsonValue]:
    place = places.required_place(finding)
    address = view.address(finding.address)
    result: dict[str, JsonValue] = {
        "ruleId": finding.code,
        "level": "error" if finding.severity == "block" else "warning",
        "message": {"text": _plain(f"{address}: {finding_text(finding, view)}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": place.line, "startColumn": place.column},
                },
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


def _plain(text: str) -> str:
    """A message in which nothing is a link or a placeholder."""
    return _PLACEHOLDER.sub(r"{{\1}}", _MARKUP.sub(lambda found: f"\\{found[0]}", text))
