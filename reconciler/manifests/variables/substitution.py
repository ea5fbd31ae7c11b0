"""Replaces `${{ … }}` in each scalar of a parsed manifest, from the environment's variables.

Jinja2, sandboxed, sees only the variables; an undefined name is an error. A scalar that is one
expression gets the type of its value. `{{ … }}` and `{% … %}` are plain text: they are the
platform's placeholders.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Problem
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.nodes import (
    MARK_BITS,
    Document,
    Mapping,
    Position,
    Sequence,
    YamlValue,
)
from reconciler.message import NO_MESSAGE, Message, Personal
from reconciler.text import with_article

if TYPE_CHECKING:
    from reconciler.manifests.variables.expressions import ExpressionError, Expressions

OPENING = "${{"
OPENING_BYTES = OPENING.encode()

_VALUE_MARK = (1 << 2 * MARK_BITS) - 1
_LARGEST = 2**63 - 1
_DEPTH = 64


@dataclass(frozen=True, slots=True)
class _Report:
    """The problems of one file."""

    file: str
    problems: list[Problem]

    def add(self, mark: int, message: Message, hint: Message = NO_MESSAGE) -> None:
        place = Position.of_mark(mark)
        source = Source(self.file, place.line, place.column)
        self.problems.append(source.problem(message, hint))


class Variables:
    """The variables of one environment; each text is expanded once."""

    def __init__(self, values: MappingType[str, object], environment: str) -> None:
        self._values = values
        self._environment = environment
        self._known: dict[str, object] = {}
        self._counted = 0
        self.exhausted = False
        """Whether the limit for all expressions was exceeded; the rest is then not read."""
        self._expressions: Expressions | None = None

    def expand(self, document: Document, problems: list[Problem]) -> Document:
        """The document with every expression replaced; unchanged values are shared."""
        root = document.root
        start = root.start if isinstance(root, Mapping | Sequence) else 0
        expanded = self._node(root, start, _Report(document.file, problems))
        return Document(document.file, document.index, expanded, document.position)

    def _node(self, node: YamlValue, mark: int, report: _Report) -> YamlValue:
        if isinstance(node, str):
            return self._text(node, mark, report) if OPENING in node else node
        if isinstance(node, Mapping):
            values: dict[str, YamlValue] = {}
            for key, value in node.items():
                both = node.marks[key]
                if OPENING in key:
                    report.add(both >> 2 * MARK_BITS, Message.of("a key cannot be a variable"))
                values[key] = self._node(value, both & _VALUE_MARK, report)
            same = all(values[key] is value for key, value in node.items())
            return node if same else node.like(values)
        if isinstance(node, Sequence):
            items = [self._node(v, m, report) for v, m in zip(node, node.marks, strict=True)]
            same = all(new is old for new, old in zip(items, node, strict=True))
            return node if same else node.like(items)
        return node

    def _text(self, text: str, mark: int, report: _Report) -> YamlValue:
        from reconciler.manifests.variables.expressions import ExpressionError
        from reconciler.manifests.variables.limits import MOST_IN_ALL, value_size

        if self.exhausted:
            return text
        value = self._value(text)
        if isinstance(value, ExpressionError):
            report.add(mark, value.message, self._hint(value))
            return text
        self._counted += value_size(value)
        self.exhausted = self._counted > MOST_IN_ALL
        if self.exhausted:
            message = Message.of(
                "the expressions up to here give over {limit} characters", limit=MOST_IN_ALL
            )
            hint = Message.of("the rest is not read: use fewer or shorter ones")
            report.add(mark, message, hint)
            return text
        try:
            return as_yaml_value(value, mark, _DEPTH)
        except ValueError as error:
            message = Message.of(
                "`{text}` gives {error}", text=Personal(text[:60]), error=str(error)
            )
            report.add(mark, message)
            return text

    def _value(self, text: str) -> object:
        """The value of a text, or its ExpressionError; computed once."""
        from reconciler.manifests.variables.expressions import ExpressionError, Expressions

        if text not in self._known:
            if self._expressions is None:
                self._expressions = Expressions(self._values)
            try:
                self._known[text] = self._expressions.value(text)
            except ExpressionError as error:
                self._known[text] = error
                self.exhausted = self._expressions.exhausted
        return self._known[text]

    def _hint(self, error: ExpressionError) -> Message:
        if not error.undefined:
            return error.hint
        what = f"the variables of {self._environment} are"
        near = did_you_mean(error.undefined, sorted(self._values), what=what, show=Personal)
        return near or Message.of("add it to environments/{name}.yaml", name=self._environment)


def as_yaml_value(value: object, mark: int, depth: int) -> YamlValue:
    """A variable's value as manifests store it; all of it is at the place of the expression.

    Raises ValueError for values that YAML cannot express.
    """
    if not depth:
        raise ValueError("a value that is nested too deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        return _storable(value)
    if isinstance(value, dict):
        mapping = Mapping()
        mapping.start = mark
        mapping.marks = {}
        for key, inner in value.items():
            if not isinstance(key, str):
                raise ValueError("a key that is not text")  # noqa: TRY004 - a value, not a bug
            mapping[key] = as_yaml_value(inner, mark, depth - 1)
            mapping.marks[key] = mark << 2 * MARK_BITS | mark
        return mapping
    if isinstance(value, list | tuple):
        sequence = Sequence(as_yaml_value(inner, mark, depth - 1) for inner in value)
        sequence.start = mark
        sequence.marks = [mark] * len(sequence)
        return sequence
    raise ValueError(f"{with_article(type(value).__name__)}, which is not a plain value")


def _storable(number: float) -> int | float:
    """The number. Raises ValueError if YAML cannot express it."""
    if isinstance(number, int) and abs(number) > _LARGEST:
        raise ValueError("a number that cannot be stored")
    if isinstance(number, float) and not math.isfinite(number):
        raise ValueError("a number that cannot be stored")
    return number
