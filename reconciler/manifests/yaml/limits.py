"""How much a YAML file may hold, and the list of what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from reconciler.errors import Problem
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.diagnostics import excerpt, lines_of
from reconciler.manifests.yaml.nodes import MARK_BITS


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much one file may hold; past any of these it is refused.

    `steps` are those of the parser: one for a scalar (keys included), two for a collection.
    `expanded` is how many nodes all aliases of a document stand for together.
    """

    size_bytes: int = 15 * 1024 * 1024
    depth: int = 64
    steps: int = 3_000_000
    expanded: int = 100_000
    problems: int = 200

    def __post_init__(self) -> None:
        if self.size_bytes >= 1 << MARK_BITS:
            raise ValueError(f"size_bytes must be below {1 << MARK_BITS}: marks hold no more")


class StopReading(Exception):
    """The rest of the file is not read."""


class FileProblems:
    """The problems of one file, each with its source line."""

    def __init__(self, file: str, limits: FileLimits) -> None:
        self.file = file
        self.text = ""  # of the whole file, once it is known to be text
        self.limits = limits
        self.problems: list[Problem] = []
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The source lines, split when the first problem wants one."""
        if self._lines is None:
            self._lines = lines_of(self.text)
        return self._lines

    def add(self, place: tuple[int, int], message: str, hint: str = "") -> None:
        """Note a problem at a line and column counted from 0."""
        line, column = place[0] + 1, place[1] + 1
        shown = excerpt(self.lines, line)
        self.problems.append(Source(self.file, line, column).problem(message, hint, shown))
        if len(self.problems) >= self.limits.problems:
            self.halt(f"the file has {self.limits.problems} problems or more: the rest is not read")

    def stop(self, place: tuple[int, int], message: str, hint: str = "") -> NoReturn:
        """Note a problem at a place, and read no further."""
        self.add(place, message, hint)
        raise StopReading

    def halt(self, message: str, hint: str = "") -> NoReturn:
        """Note a problem of the file as a whole, and read no further."""
        self.problems.append(Source.of_file(self.file).problem(message, hint))
        raise StopReading
