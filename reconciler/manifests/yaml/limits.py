"""Limits of a YAML file, and the collector of its problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from reconciler.errors import Problem
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.diagnostics import excerpt, lines_of
from reconciler.manifests.yaml.nodes import MARK_BITS
from reconciler.message import NO_MESSAGE, Message


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Limits of one file; a file over any of them is refused.

    `steps` are parser steps: one for a scalar (keys included), two for a collection. `expanded` is
    the number of nodes that all aliases of a document expand to.
    """

    size_bytes: int = 15 * 1024 * 1024
    depth: int = 64
    steps: int = 3_000_000
    expanded: int = 100_000
    problems: int = 200

    def __post_init__(self) -> None:
        if self.size_bytes >= 1 << MARK_BITS:
            raise ValueError(f"size_bytes must be below {1 << MARK_BITS}: marks would overflow")


class StopReading(Exception):
    """Raised to leave the rest of the file unread."""


class FileProblems:
    """The problems of one file, each with its source line."""

    def __init__(self, file: str, limits: FileLimits) -> None:
        self.file = file
        self.text = ""  # the whole file, once decoded
        self.limits = limits
        self.problems: list[Problem] = []
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The source lines, split when the first problem needs one."""
        if self._lines is None:
            self._lines = lines_of(self.text)
        return self._lines

    def add(self, place: tuple[int, int], message: Message, hint: Message = NO_MESSAGE) -> None:
        """Add a problem at a line and column counted from 0."""
        line, column = place[0] + 1, place[1] + 1
        shown = excerpt(self.lines, line)
        self.problems.append(Source(self.file, line, column).problem(message, hint, shown))
        if len(self.problems) >= self.limits.problems:
            self.halt(
                Message.of(
                    "the file has {problems} problems or more: the rest is not read",
                    problems=self.limits.problems,
                )
            )

    def stop(
        self, place: tuple[int, int], message: Message, hint: Message = NO_MESSAGE
    ) -> NoReturn:
        """Add a problem at a place, and stop reading."""
        self.add(place, message, hint)
        raise StopReading

    def halt(self, message: Message, hint: Message = NO_MESSAGE) -> NoReturn:
        """Add a problem of the whole file, and stop reading."""
        self.problems.append(Source.of_file(self.file).problem(message, hint))
        raise StopReading
