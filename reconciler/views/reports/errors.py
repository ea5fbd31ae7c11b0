"""Errors as text: what happened and, if the message has no next step, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from reconciler.message import NO_MESSAGE, Command, Message
from reconciler.views.fragments.findings import finding_lines
from reconciler.views.reports.problems import problems_text
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

if TYPE_CHECKING:
    from reconciler.applying.report import BlockedAtApply

_NEXT_STEP_MARKERS = ("`reconciler", "check ", "RECONCILER_", "to resume")
"""A message that contains one of these has its next step."""
_NEXT_STEPS: tuple[tuple[type[ReconcilerError], Message], ...] = (
    (PlatformMismatch, Message.of("check `platform:` of the environment, and RECONCILER_URL")),
    (
        AccessDenied,
        Message.of("see what the token may do with {command}", command=Command.of("permissions")),
    ),
    (Unreachable, Message.of("check the URL and the network, then try again")),
    (
        Locked,
        Message.of("wait, or release the lock with {command}", command=Command.of("unlock")),
    ),
    (
        PlanUnsigned,
        Message.of(
            "sign it with a trusted key: {command}",
            command=Command.of("sign", "PLAN", "--key", "KEY.pem"),
        ),
    ),
    (
        PlanRefused,
        Message.of("plan again with {command}", command=Command.of("plan", "--out", "FILE")),
    ),
)


def error_text(error: ReconcilerError, view: View) -> str:
    """`Error: …` and the next step; all problems of manifests, all findings that block."""
    if isinstance(error, ManifestError):
        return problems_text(error.problems, view)
    from reconciler.applying.report import BlockedAtApply

    if isinstance(error, BlockedAtApply):
        return _blocked(error, view)
    text = str(error)
    lines = [f"{view.paint.bad('Error:')} {view.message(error.message) or type(error).__name__}"]
    step = next((step for kind, step in _NEXT_STEPS if isinstance(error, kind)), NO_MESSAGE)
    if step and not any(marker in text for marker in _NEXT_STEP_MARKERS):
        lines.append(f"{view.paint.good('→')} {sentence(view.message(step))}")
    return "\n".join(lines) + "\n"


def _blocked(error: BlockedAtApply, view: View) -> str:
    mark = view.paint.bad("✗")
    lines = [
        f"{view.paint.bad('Error:')} Fresh facts block this plan. Nothing was written.",
        *(line for finding in error.findings for line in finding_lines(finding, mark, view)),
        "",
        f"{view.paint.good('→')} {sentence(view.message(error.again))}",
    ]
    return "\n".join(lines) + "\n"
