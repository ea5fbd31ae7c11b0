"""Finds the lines that git writes around the two sides of a merge conflict.

A file with such lines is refused, because neither side was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.message import Message

MESSAGE = Message.of("a merge conflict is unresolved")
HINT = Message.of("keep one side and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`")

_ANY = ("<<<<<<<", "|||||||", ">>>>>>>")
# Strings: `re` compiles them for the first possible conflict, so start-up does not pay.
_MARKER = r"(?m)^(?:<{7}|\|{7}|>{7})(?=[ \t\r\n]|\Z)"
_WHOLE = r"(?ms)^<{7}(?=[ \t\r\n]).*?^={7}(?=[ \t\r\n]).*?^>{7}(?=[ \t\r\n]|\Z)"


def markers(text: str) -> Iterator[int]:
    """The offsets of the lines that begin a conflict in YAML.

    If only other markers are left, the offset of the first one.
    """
    if not any(marker in text for marker in _ANY):
        return
    found = [match.start() for match in re.finditer(_MARKER, text)]
    begins = [offset for offset in found if text[offset] == "<"]
    yield from begins or found[:1]


def whole_conflict(text: str) -> int | None:
    """The offset of the first whole conflict in free text, where a single marker may be
    intended."""
    if _ANY[0] not in text:
        return None
    found = re.search(_WHOLE, text)
    return found.start() if found else None
