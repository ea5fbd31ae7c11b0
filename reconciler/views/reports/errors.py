"""Errors for people: what went wrong and, where the message does not say it, what to do next."""

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
from reconciler.privacy.masking import Masker
from reconciler.views.plan.findings import stopping_lines
from reconciler.views.reports.problems import render_problems
from reconciler.views.style.colour import Paint
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

_SAYS_WHAT_TO_DO = ("`reconciler", "check ", "RECONCILER_", "to resume")
_PLAN_AGAIN = (
    "Make the plan again with `reconciler plan`, approve there what is meant, and apply that."
)
_NEXT_STEPS: tuple[tuple[type[ReconcilerError], str], ...] = (
    (PlatformMismatch, "check `platform:` of the environment, and RECONCILER_URL"),
    (AccessDenied, "see what the token may do with `reconciler permissions`"),
    (Unreachable, "check the URL and the network, then run it again"),
    (Locked, "wait, or take the lock away with `reconciler unlock`"),
    (PlanUnsigned, "have it signed by a key that is trusted: `reconciler sign PLAN --key KEY.pem`"),
    (PlanRefused, "make the plan again with `reconciler plan --out FILE`"),
)


def render_error(error: ReconcilerError, paint: Paint, masker: Masker | None = None) -> str:
    """`Error: …` and the next step; problems and findings whole."""
    if isinstance(error, ManifestError):
        return render_problems(error.problems, paint, masker=masker or Masker(b""))
    from reconciler.applying.report import BlockedAtApply

    view = View(masker or Masker(b""), paint)
    if isinstance(error, BlockedAtApply):
        return _blocked(error.findings, view)
    text = str(error) or type(error).__name__
    lines = [f"{paint.bad('Error:')} {view.text(text)}"]
    step = next((step for kind, step in _NEXT_STEPS if isinstance(error, kind)), "")
    if step and not any(words in text for words in _SAYS_WHAT_TO_DO):
        lines.append(f"{paint.good('→')} {sentence(step)}")
    return "\n".join(lines) + "\n"


def _blocked(findings: tuple[Finding, ...], view: View) -> str:
    lines = [
        f"{view.paint.bad('Error:')} Blocked on fresh facts, nothing was written.",
        *stopping_lines(findings, view),
        "",
        f"{view.paint.good('→')} {_PLAN_AGAIN}",
    ]
    return "\n".join(lines) + "\n"
