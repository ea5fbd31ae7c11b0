"""The values of a YAML file: plain values that know their places.

Mappings and lists are dicts and lists. They keep the place of each key and item as packed integers,
which are far smaller than objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, cast

from pydantic import JsonValue

from reconciler.manifests.source import Source

MARK_BITS = 24
"""A mark is `line << MARK_BITS | column`, both from 0; the size limit of files prevents overflow.
The mark of a key is `2 * MARK_BITS` above that of its value."""

_LOW = (1 << MARK_BITS) - 1
_MARK = (1 << 2 * MARK_BITS) - 1


class Mapping(dict[str, "YamlValue"]):
    """A YAML mapping. `marks` has the mark of each key, above the mark of its value."""

    __slots__ = ("marks", "start")

    marks: dict[str, int]
    start: int

    def like(self, values: dict[str, YamlValue]) -> Mapping:
        """Other values in the same places, for the substitution of variables."""
        other = Mapping(values)
        other.marks = self.marks
        other.start = self.start
        return other


class Sequence(list["YamlValue"]):
    """A YAML sequence. `marks` has one mark for each item."""

    __slots__ = ("marks", "start")

    marks: list[int]
    start: int

    def like(self, values: Iterable[YamlValue]) -> Sequence:
        """Other values in the same places, for the substitution of variables."""
        other = Sequence(values)
        other.marks = self.marks
        other.start = self.start
        return other


Path = tuple[str | int, ...]
"""Keys and positions from a value to a value inside it."""

YamlValue: TypeAlias = bool | int | float | str | Mapping | Sequence | None


def as_json(value: YamlValue) -> JsonValue:
    """The same value, typed as plain JSON."""
    return cast("JsonValue", value)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1, columns in characters."""

    line: int
    column: int

    @classmethod
    def of_mark(cls, mark: int) -> Position:
        """The place of a packed mark."""
        return cls((mark >> MARK_BITS) + 1, (mark & _LOW) + 1)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file.

    `file` is the posix path relative to the project folder. `index` counts every document of the
    file from 0, empty ones included. Values repeated by an alias are shared objects, so a document
    must not be changed in place.
    """

    file: str
    index: int
    root: YamlValue
    position: Position

    def source(self, path: Path = (), *, of_key: bool = False) -> Source:
        """The place of what `path` leads to; without a path, the start of the document."""
        place = position_of(self.root, path, of_key=of_key) if path else self.position
        return Source(self.file, place.line, place.column)


def position_of(
    document_root: YamlValue, path: Iterable[str | int], *, of_key: bool = False
) -> Position:
    """The place of the value at `path`, or of the deepest value on the way.

    An element that matches nothing is skipped, so the location of a validation error (with names of
    union members) works as a path. A scalar document is at 1:1; the parent knows the place of other
    scalars.
    """
    node = document_root
    mark = node.start if isinstance(node, Mapping | Sequence) else 0
    for element in path:
        if isinstance(node, Mapping):
            if isinstance(element, str) and element in node.marks and element in node:
                both = node.marks[element]
                mark = both >> 2 * MARK_BITS if of_key else both & _MARK
                node = node[element]
        elif isinstance(node, Sequence):
            if isinstance(element, int) and 0 <= element < min(len(node), len(node.marks)):
                mark = node.marks[element]
                node = node[element]
        else:
            break
    return Position.of_mark(mark)
