"""Finds the lines that git writes around the two sides of a merge conflict.

A file that still holds them is refused: neither side was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MESSAGE = "a merge conflict is unresolved"
HINT = "keep one side and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`"

_ANY = ("<<<<<<<", "|||||||", ">>>>>>>")
# Compiled by `re` when a text may hold a conflict: start-up does not pay for them.
_MARKER = r"(?m)^(?:<{7}|\|{7}|>{7})(?=[ \t\r\n]|\Z)"
_WHOLE = r"(?ms)^<{7}(?=[ \t\r\n]).*?^={7}(?=[ \t\r\n]).*?^>{7}(?=[ \t\r\n]|\Z)"


def markers(text: str) -> Iterator[int]:
    """The offsets of the lines that begin a conflict in YAML.

    Where only other markers are left, the offset of the first of them.
    """
    if not any(marker in text for marker in _ANY):
        return
    found = [one.start() for one in re.finditer(_MARKER, text)]
    begins = [offset for offset in found if text[offset] == "<"]
    yield from begins or found[:1]


def whole_conflict(text: str) -> int | None:
    """The offset of the first conflict in free text, where one marker alone may be meant."""
    if _ANY[0] not in text:
        return None
    found = re.search(_WHOLE, text)
    return found.start() if found else None
