"""The line of YAML that approves a finding."""

from __future__ import annotations

import json
import re

from reconciler.manifests.config.approvals import PLACEHOLDER
from reconciler.planning.findings import Finding

_UNSAFE_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_GROWS_BY_ITSELF = frozenset({"recent_interactions", "interactions_total"})
"""Counts that rise while a campaign works. A bound at the current count would be exceeded at once,
so their approvals rely on the usual headroom."""


def approval_line(finding: Finding, environment: str) -> str:
    """The line of YAML that approves a finding, to be completed; "" when no approval can."""
    if not finding.approval:
        return ""
    parts = [
        f"guard: {finding.code}",
        f"address: {_quoted(finding.approval)}",
        f"reason: {_quoted(PLACEHOLDER)}",
        f"by: {_quoted(PLACEHOLDER)}",
        f"environment: {_quoted(environment)}",
    ]
    headline = finding.evidence.headline
    if headline and headline not in _GROWS_BY_ITSELF:
        parts.append(f"up_to: {finding.evidence.counts.get(headline, 0)}")
    return f"- {{{', '.join(parts)}}}"


def _quoted(text: str) -> str:
    """A string that both JSON and YAML read, with readable characters where possible."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSAFE_IN_YAML.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)
