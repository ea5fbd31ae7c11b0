"""The Python API: open a project, then validate, plan, apply and report.

from reconciler.project import Access, Project

The names below are loaded when they are first used, so that the command line starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.applying.report import RunReport
    from reconciler.live.platform import PlatformInfo, Snapshot, Usage
    from reconciler.manifests.desired import Manifests
    from reconciler.manifests.settings import ProjectSettings
    from reconciler.planning.plan import Plan
    from reconciler.planning.reports.explanation import Explanation
    from reconciler.project.credentials import Access
    from reconciler.project.project import Project
    from reconciler.project.saved_plans import SavedPlans
    from reconciler.state.journal import Step
    from reconciler.state.lease import Lease
    from reconciler.state.runs import Run

__all__ = [
    "Access",
    "Explanation",
    "Lease",
    "Manifests",
    "Plan",
    "PlatformInfo",
    "Project",
    "ProjectSettings",
    "Run",
    "RunReport",
    "SavedPlans",
    "Snapshot",
    "Step",
    "Usage",
]

_MODULES = {
    "Access": "reconciler.project.credentials",
    "Explanation": "reconciler.planning.reports.explanation",
    "Lease": "reconciler.state.lease",
    "Manifests": "reconciler.manifests.desired",
    "Plan": "reconciler.planning.plan",
    "PlatformInfo": "reconciler.live.platform",
    "Project": "reconciler.project.project",
    "ProjectSettings": "reconciler.manifests.settings",
    "Run": "reconciler.state.runs",
    "RunReport": "reconciler.applying.report",
    "SavedPlans": "reconciler.project.saved_plans",
    "Snapshot": "reconciler.live.platform",
    "Step": "reconciler.state.journal",
    "Usage": "reconciler.live.platform",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
