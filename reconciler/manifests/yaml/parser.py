"""The parser below the reader: libyaml's events through ruamel.yaml's C extension.

`ruamel.yaml.YAML(typ="safe")` parses in pure Python even with the extension installed, so this
module calls the extension's parser by name. It is imported with the first file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

_EXTENSION = "_ruamel_yaml"

C_PARSER = find_spec(_EXTENSION) is not None
"""Whether libyaml parses the files. Without it everything works, about fifteen times slower."""


class Mark(Protocol):
    """A place in the stream; line and column count from 0, columns in characters."""

    line: int
    column: int


class Event(Protocol):
    """Any event of a parser; an attribute exists only on the events that use it.

    `ctag` is None without a tag, else an object whose `str` is the full tag.
    """

    start_mark: Mark
    anchor: str | None
    ctag: object | None
    value: str
    style: str | None
    version: tuple[int, int] | None


class EventTypes(Protocol):
    """The classes of events, shared by both parsers."""

    ScalarEvent: type[Event]
    AliasEvent: type[Event]
    MappingStartEvent: type[Event]
    MappingEndEvent: type[Event]
    SequenceEndEvent: type[Event]
    StreamEndEvent: type[Event]


class ParseError(Protocol):
    """What a parser raises: with marks for broken syntax, without marks for forbidden
    characters."""

    context: str | None
    context_mark: Mark | None
    problem: str | None
    problem_mark: Mark | None


class _Parser(Protocol):
    def get_event(self) -> Event: ...


def event_types() -> EventTypes:
    """The classes of events, for comparison."""
    return cast("EventTypes", import_module("ruamel.yaml.events"))


def parse_error_type() -> type[Exception]:
    """The base class of the parsers' exceptions; syntax errors have the attributes of
    `ParseError`."""
    return cast("type[Exception]", import_module("ruamel.yaml.error").YAMLError)


def parse_events(data: bytes, *, c_parser: bool = C_PARSER) -> Iterator[Event]:
    """The events of UTF-8 `data`. Iteration raises at broken YAML."""
    if c_parser:
        make = cast("Callable[[bytes], _Parser]", import_module(_EXTENSION).CParser)
        return iter(make(data).get_event, cast("Event", None))
    return _parse_slowly(data.decode())


def _parse_slowly(text: str) -> Iterator[Event]:
    yaml = import_module("ruamel.yaml").YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except AssertionError as error:  # an unknown version of YAML
        broken = import_module("ruamel.yaml.parser").ParserError
        raise broken(problem="found incompatible YAML document") from error
