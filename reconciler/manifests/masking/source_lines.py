"""Masks source lines of files with customers."""

from __future__ import annotations

import re

from reconciler.kinds.registry import KINDS
from reconciler.manifests.masking.keys import all_keys

_KEY = re.compile(r"(?<![\w.@+-])([A-Za-z_][\w-]*)(?=[\"']?\s*:(?:[\s,}\]\"']|$))")
_KIND = re.compile(r"(?<!\w)kind[\"']?\s*:\s*[\"']?(\w+)")
_PUNCTUATION = frozenset("-{}[],:|>&*#\"'$!?%")


def mask_source_line(line: str) -> str:
    """The source line with everything but keys and punctuation masked letter by letter."""
    shown = [match for match in _KEY.finditer(line) if match[1] in all_keys()]
    shown += [match for match in _KIND.finditer(line) if KINDS.named(match[1]) is not None]
    kept = {at for match in shown for at in range(*match.span(1))}
    return "".join(
        letter if at in kept or letter in _PUNCTUATION or letter.isspace() else "•"
        for at, letter in enumerate(line)
    )
