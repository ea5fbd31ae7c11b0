"""One finding as lines, and the approval that would cover it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.planning.findings import Finding
from reconciler.privacy.masking import Masker
from reconciler.text import visible
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

STEP = "    "
REFERRERS_SHOWN = 8


def finding_lines(finding: Finding, mark: str, view: View) -> Iterator[str]:
    """The address, the code, the message, the referrers and the safer change."""
    yield f"  {mark} {view.paint.strong(view.address(finding.address))}  {visible(finding.code)}"
    yield f"{STEP}{sentence(view.message(finding.message))}"
    yield from which_lines(finding, view)
    if finding.safer:
        yield f"{STEP}Safer: {view.message(finding.safer)}"


def which_lines(finding: Finding, view: View) -> Iterator[str]:
    """The referrers; nothing if the finding is about the only one itself."""
    referrers = finding.evidence.referrers
    if referrers and referrers != (finding.address,):
        yield f"{STEP}Which: {view.addresses(referrers, REFERRERS_SHOWN)}"


def approval_to_paste(finding: Finding, environment: str, masker: Masker) -> str:
    """The line of YAML that would approve a finding; empty if no approval can cover it."""
    from reconciler.guards.approval_text import approval_line

    return approval_line(replace(finding, approval=masker.address(finding.approval)), environment)
