"""Colours and symbols. With colour off, `Paint` returns the text unchanged.

Text is escaped before it is painted, so the only escape sequences in an output are from here.
"""

from __future__ import annotations

from dataclasses import dataclass

ADDED = "+"
REMOVED = "\N{MINUS SIGN}"
CHANGED = "~"
REPLACED = "±"
TRACKED = "="
RELEASED = "○"

_RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Paint:
    """Styles named by what a text means, not by a colour."""

    colour: bool

    def strong(self, text: str) -> str:
        """Text to read first: verdicts and titles."""
        return self._with("1", text)

    def faint(self, text: str) -> str:
        """Text that a reader can skip: sources, hints, unchanged values."""
        return self._with("2", text)

    def bad(self, text: str) -> str:
        """What stops, fails, is lost or closes."""
        return self._with("31", text)

    def good(self, text: str) -> str:
        """What is new, opens or succeeded."""
        return self._with("32", text)

    def caution(self, text: str) -> str:
        """What changes or needs a second look."""
        return self._with("33", text)

    def _with(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}{_RESET}" if self.colour and text else text


PLAIN = Paint(colour=False)
