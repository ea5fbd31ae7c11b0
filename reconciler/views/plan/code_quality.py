"""A plan's findings as a Code Quality report of GitLab: `artifacts: reports: codequality`."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Literal

from typing_extensions import TypedDict

from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.privacy.known_people import masker_for_plan
from reconciler.views.plan.finding_places import FindingPlaces, finding_text, finding_title
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View


class LinesDocument(TypedDict):
    """The line of an issue, from 1."""

    begin: int


class LocationDocument(TypedDict):
    """The place of an issue; the project file for a finding about something that no file has."""

    path: str
    lines: LinesDocument


class IssueDocument(TypedDict):
    """One finding."""

    description: str
    check_name: str
    fingerprint: str
    """The same for the same finding of a later plan."""
    severity: Literal["blocker", "minor", "info"]
    """A finding that blocks, a warning, or an approved finding."""
    location: LocationDocument


def plan_code_quality(plan: Plan, view: View) -> bytes:
    """An issue for each finding."""
    view = view.with_masker(masker_for_plan(view.masker, plan))
    places = FindingPlaces(plan, view)
    fingerprints = Fingerprints(plan)
    return json_bytes([_issue(each, places, fingerprints, view) for each in plan.findings])


def _issue(
    finding: Finding, places: FindingPlaces, fingerprints: Fingerprints, view: View
) -> IssueDocument:
    place = places.required_place(finding)
    return IssueDocument(
        description=f"{finding_title(finding, view)}: {finding_text(finding, view)}",
        check_name=finding.code,
        fingerprint=fingerprints.of(finding, view),
        severity="blocker" if finding.blocks else "info" if finding.approved else "minor",
        location=LocationDocument(path=place.file, lines=LinesDocument(begin=place.line)),
    )


class Fingerprints:
    """Names of findings that stay the same from plan to plan, and differ within one."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen = Counter[tuple[str, str]]()

    def of(self, finding: Finding, view: View) -> str:
        """The next name; from the masked address, so that no customer can be guessed from it."""
        key = finding.code, view.address(finding.address)
        number = self._seen[key]
        self._seen[key] += 1
        parts = self._plan.project, self._plan.environment, *key, str(number)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()
