"""Words that the problems of manifests share."""

from __future__ import annotations

_VOWEL_SOUNDS = ("a", "e", "i", "o", "sms")
"""How nouns here begin that sound so; `user` does not, and `sms` is spelled out."""


def with_article(noun: str) -> str:
    """`a status`, `an approval`, `an sms channel`."""
    return f"{'an' if noun.startswith(_VOWEL_SOUNDS) else 'a'} {noun}"
