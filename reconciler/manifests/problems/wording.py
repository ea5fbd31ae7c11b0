"""Words that the problems of manifests share."""

from __future__ import annotations

import re

_ADVICE = re.compile(r": (?=(?:write|add|take|leave) )")

_VOWEL_SOUNDS = ("a", "e", "i", "o", "sms")
"""How nouns here begin that sound so; `user` does not, and `sms` is spelled out."""


def advice(said: str) -> tuple[str, str]:
    """What a refusal says is wrong, and the edit it ends with, if it ends with one."""
    message, *edits = _ADVICE.split(said, maxsplit=1)
    return message, "".join(edits)


def with_article(noun: str) -> str:
    """`a status`, `an approval`, `an sms channel`."""
    return f"{'an' if noun.startswith(_VOWEL_SOUNDS) else 'a'} {noun}"
