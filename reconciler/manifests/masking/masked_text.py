"""Masks source lines of files with customers, and quoted text in sentences of others."""

from __future__ import annotations

import re

from reconciler.kinds.registry import KINDS
from reconciler.manifests.masking.vocabulary import all_keys, quotable_words

MASK = "•••"

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"(?<!\w)(['`\"])(.+?)\1(?!\w)", re.DOTALL)
_KEY = re.compile(r"(?<![\w.@+-])([A-Za-z_][\w-]*)(?=[\"']?\s*:(?:[\s,}\]\"']|$))")
_KIND = re.compile(r"(?<!\w)kind[\"']?\s*:\s*[\"']?(\w+)")
_PUNCTUATION = frozenset("-{}[],:|>&*#\"'$!?%")


def mask_quotes(text: str) -> str:
    """The sentence with its quoted text masked, except words of the vocabulary."""

    def unquoted(found: re.Match[str]) -> str:
        sign = found[1]
        return found[0] if _is_quotable(found[2]) else f"{sign}{MASK}{sign}"

    return _QUOTED.sub(unquoted, text)


def _is_quotable(text: str) -> bool:
    if not text.isprintable():
        return False
    rest = _WORD.sub(lambda found: "" if found[0] in quotable_words() else found[0], text)
    return all(character in _PUNCTUATION or character in " .…" for character in rest)


def mask_source_line(line: str) -> str:
    """The source line with everything but keys and punctuation masked letter by letter."""
    shown = [match for match in _KEY.finditer(line) if match[1] in all_keys()]
    shown += [match for match in _KIND.finditer(line) if KINDS.named(match[1]) is not None]
    kept = {at for match in shown for at in range(*match.span(1))}
    return "".join(
        letter if at in kept or letter in _PUNCTUATION or letter.isspace() else "•"
        for at, letter in enumerate(line)
    )
