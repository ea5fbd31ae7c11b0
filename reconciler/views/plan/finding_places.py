"""Where in the manifests a finding is shown, and its text for tools with one message a finding."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.address import ancestors, collection_of, identity
from reconciler.manifests.source import Source
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.views.fragments.findings import finding_lines
from reconciler.views.style.repository import FilePosition, file_position
from reconciler.views.style.view import View

PROJECT_FILE = "reconciler.yaml"
"""The file of a finding about something that no file declares, where a tool requires a file."""


class FindingPlaces:
    """The places of a plan's findings."""

    def __init__(self, plan: Plan, view: View) -> None:
        self._folder = view.masker.invocation.folder
        self._unused = plan.unused_approvals
        self._resources, self._collections = _sources(plan)

    def place(self, finding: Finding) -> FilePosition | None:
        """The declaration of the resource, or of what it is in; for a collection, of the first
        change in it. None if no file declares any, as for what git no longer has."""
        source = self._approval(finding) or self._declaration(finding.address)
        return None if source is None else file_position(source, self._folder)

    def required_place(self, finding: Finding) -> FilePosition:
        """The same, or the project file."""
        project = file_position(Source(PROJECT_FILE, 1), self._folder)
        return self.place(finding) or project

    def _approval(self, finding: Finding) -> Source | None:
        """The line of an approval that covers nothing, for the warning about it."""
        from reconciler.guards.analyzers.unused_approval import CODE, unused_finding

        if finding.code != CODE:
            return None
        found = (each for each in self._unused if unused_finding(each).message == finding.message)
        return next((unused.source for unused in found), None)

    def _declaration(self, address: str) -> Source | None:
        key = identity(address)
        found = (self._resources.get(each) for each in (key, *ancestors(key)))
        source = next((source for source in found if source is not None), None)
        return source or self._collections.get(key)


def _sources(plan: Plan) -> tuple[Mapping[str, Source], Mapping[str, Source]]:
    """The declarations of changed resources, and the first declaration of each collection."""
    resources: dict[str, Source] = {}
    collections: dict[str, Source] = {}
    for change in plan.changes:
        if change.source is None:
            continue
        for address in filter(None, (change.address, change.previous_address)):
            resources.setdefault(identity(address), change.source)
        collections.setdefault(identity(collection_of(change.address)), change.source)
    return resources, collections


def finding_text(finding: Finding, view: View) -> str:
    """The message, who uses it and what is safer, a line each, as in the text of a plan."""
    _, *lines = finding_lines(finding, "", view)
    return "\n".join(line.strip() for line in lines)


def finding_title(finding: Finding, view: View) -> str:
    """`delete-in-use at statuses/Lunch`"""
    return view.message(finding.title())
