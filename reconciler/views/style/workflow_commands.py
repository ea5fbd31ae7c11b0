"""Lines that a GitHub Actions runner reads from the log of a step.

A runner shows at most ten errors and ten warnings of a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.text import counted
from reconciler.views.style.repository import FilePosition

_SHOWN = 10
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message that GitHub shows at a line of a file; without a position, on the run's page."""

    level: Literal["error", "warning"]
    title: str
    text: str
    position: FilePosition | None


def annotation_lines(annotations: Sequence[Annotation]) -> Iterator[str]:
    """The errors, then the warnings. The last one that GitHub shows has the count of the rest."""
    for level in ("error", "warning"):
        of_level = [each for each in annotations if each.level == level]
        shown = of_level[:_SHOWN]
        more = len(of_level) - len(shown)
        for number, annotation in enumerate(shown, 1):
            rest = f"\n{counted(more, f'more {level}')} not shown here." if more else ""
            yield _line(annotation, rest if number == len(shown) else "")


def _line(annotation: Annotation, rest: str) -> str:
    properties: dict[str, str] = {}
    if annotation.position is not None:
        properties["file"] = annotation.position.file
        properties["line"] = str(annotation.position.line)
        properties["col"] = str(annotation.position.column)
    properties["title"] = annotation.title
    named = ",".join(f"{name}={_encoded(value, _PROPERTY)}" for name, value in properties.items())
    return f"::{annotation.level} {named}::{_encoded(annotation.text + rest, _DATA)}"


def not_commands(lines: Iterable[str], token: str) -> Iterator[str]:
    """Lines in which the runner looks for no commands, until `token`, which no line can predict."""
    yield f"::stop-commands::{token}"
    yield from lines
    yield f"::{token}::"


def _encoded(text: str, codes: dict[str, str]) -> str:
    return "".join(codes.get(character, character) for character in text)
