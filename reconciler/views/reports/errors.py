"""Errors as text: what happened, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ManifestError, ReconcilerError
from reconciler.views.fragments.findings import finding_lines
from reconciler.views.reports.problems import problems_text
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

if TYPE_CHECKING:
    from reconciler.applying.report import BlockedAtApply


def error_text(error: ReconcilerError, view: View) -> str:
    """`Error: …` and the next step; all problems of manifests, all findings that block."""
    if isinstance(error, ManifestError):
        return problems_text(error.problems, view)
    from reconciler.applying.report import BlockedAtApply

    if isinstance(error, BlockedAtApply):
        return _blocked(error, view)
    lines = [f"{view.paint.bad('Error:')} {view.message(error.message) or type(error).__name__}"]
    step = view.message(error.next_step or error.usual_next_step)
    if step:
        lines.append(f"{view.paint.good('→')} {sentence(step)}")
    return "\n".join(lines) + "\n"


def _blocked(error: BlockedAtApply, view: View) -> str:
    mark = view.paint.bad("✗")
    lines = [
        f"{view.paint.bad('Error:')} Fresh facts block this plan. Nothing was written.",
        *(line for finding in error.findings for line in finding_lines(finding, mark, view)),
        "",
        f"{view.paint.good('→')} {sentence(view.message(error.next_step))}",
    ]
    return "\n".join(lines) + "\n"
