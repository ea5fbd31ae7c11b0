"""Errors as text: what happened and, if the message has no next step, what to do next."""

from __future__ import annotations

from reconciler.errors import (
    AccessDenied,
    Locked,
    ManifestError,
    PlanRefused,
    PlanUnsigned,
    PlatformMismatch,
    ReconcilerError,
    Unreachable,
)
from reconciler.planning.findings import Finding
from reconciler.views.fragments.findings import finding_lines
from reconciler.views.reports.problems import problems_text
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

_NEXT_STEP_MARKERS = ("`reconciler", "check ", "RECONCILER_", "to resume")
"""A message that contains one of these has its next step."""
_PLAN_AGAIN = "Plan again with `reconciler plan`, approve what you mean, and apply that plan."
_NEXT_STEPS: tuple[tuple[type[ReconcilerError], str], ...] = (
    (PlatformMismatch, "check `platform:` of the environment, and RECONCILER_URL"),
    (AccessDenied, "see what the token may do with `reconciler permissions`"),
    (Unreachable, "check the URL and the network, then try again"),
    (Locked, "wait, or release the lock with `reconciler unlock`"),
    (PlanUnsigned, "sign it with a trusted key: `reconciler sign PLAN --key KEY.pem`"),
    (PlanRefused, "plan again with `reconciler plan --out FILE`"),
)


def error_text(error: ReconcilerError, view: View) -> str:
    """`Error: …` and the next step; all problems of manifests, all findings that block."""
    if isinstance(error, ManifestError):
        return problems_text(error.problems, view)
    from reconciler.applying.report import BlockedAtApply

    if isinstance(error, BlockedAtApply):
        return _blocked(error.findings, view)
    text = str(error)
    lines = [f"{view.paint.bad('Error:')} {view.message(error.message) or type(error).__name__}"]
    step = next((step for kind, step in _NEXT_STEPS if isinstance(error, kind)), "")
    if step and not any(marker in text for marker in _NEXT_STEP_MARKERS):
        lines.append(f"{view.paint.good('→')} {sentence(step)}")
    return "\n".join(lines) + "\n"


def _blocked(findings: tuple[Finding, ...], view: View) -> str:
    mark = view.paint.bad("✗")
    lines = [
        f"{view.paint.bad('Error:')} Fresh facts block this plan. Nothing was written.",
        *(line for finding in findings for line in finding_lines(finding, mark, view)),
        "",
        f"{view.paint.good('→')} {_PLAN_AGAIN}",
    ]
    return "\n".join(lines) + "\n"
