"""Colour as a layer of its own: the same text, plain or with ANSI sequences around its parts.

What is painted has been made `visible` before, so the only escapes in an output are these.
"""

from __future__ import annotations

from dataclasses import dataclass

_RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Paint:
    """How parts of a text look, named by what they say rather than by a colour."""

    colour: bool

    def strong(self, text: str) -> str:
        """What must be read first."""
        return self._with("1", text)

    def faint(self, text: str) -> str:
        """What can be skipped: sources, hints, what stays as it is."""
        return self._with("2", text)

    def bad(self, text: str) -> str:
        """What stops, fails, is lost or closes."""
        return self._with("31", text)

    def good(self, text: str) -> str:
        """What is new, opens or succeeded."""
        return self._with("32", text)

    def caution(self, text: str) -> str:
        """What changes, and what deserves a second look."""
        return self._with("33", text)

    def _with(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}{_RESET}" if self.colour and text else text


PLAIN = Paint(colour=False)
ANSI = Paint(colour=True)
