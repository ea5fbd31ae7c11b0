"""Customers for tests, and the search for them in the output of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

PHONES = ("+59829004321", "+59899187654", "+34611222999")
EMAILS = ("z.quimper@mailbox.example", "yolanda_xu@postfach.example")
NAMES = ("Zacarias Quimper", "Yolanda Xuárez", "Xiomarva Ñuflozky")

_DIGEST = re.compile(r"[0-9a-f]{32,}")
_LETTERS = 5
_DIGITS = 7


def _fragments() -> Iterator[str]:
    """The identifying parts of customers, short enough to be found in truncated text."""
    for phone in PHONES:
        digits = phone.removeprefix("+")
        yield from _windows(digits, _DIGITS)
    for email in EMAILS:
        for word in email.removesuffix(".example").replace("@", ".").split("."):
            yield from _windows(word, _LETTERS)
    for name in NAMES:
        for word in name.split():
            yield from _windows(word, _LETTERS)


def _windows(text: str, width: int) -> Iterator[str]:
    for start in range(max(len(text) - width, 0) + 1):
        yield text[start : start + width].casefold()


_FRAGMENTS = frozenset(fragment for fragment in _fragments() if len(fragment) >= _LETTERS)


def found_in(printed: str) -> list[str]:
    """The parts of customers that occur in an output."""
    printed = _DIGEST.sub("", printed.casefold())
    return sorted(fragment for fragment in _FRAGMENTS if fragment in printed)
