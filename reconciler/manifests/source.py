"""A place in the manifests, and the problems reported at it."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import Problem
from reconciler.message import NO_MESSAGE, Message


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in the manifests: `file` relative to the project, counting from 1; line 0 is all of
    the file."""

    file: str
    line: int
    column: int = 1

    @classmethod
    def of_file(cls, file: str) -> Source:
        """The whole file."""
        return cls(file, 0, 0)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def problem(self, message: Message, hint: Message = NO_MESSAGE, excerpt: str = "") -> Problem:
        """A problem at this place."""
        return Problem(self.file, self.line, self.column, message, hint, excerpt)
