"""The parser under the reader: the events of libyaml through ruamel.yaml's C extension.

`ruamel.yaml.YAML(typ="safe")` parses in pure Python even where the extension is installed, so
the extension's parser is driven by name. It is loaded with the first file, not with the module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

_EXTENSION = "_ruamel_yaml"

C_PARSER = find_spec(_EXTENSION) is not None
"""Whether files are parsed by libyaml. Without it all works, some fifteen times slower."""


class Mark(Protocol):
    """A place in the stream; line and column count from 0, columns in characters."""

    line: int
    column: int


class Event(Protocol):
    """Any event of a parser; a member is there only on the events that have a use for it.

    `ctag` is None without a tag, otherwise an object whose `str` is the tag in full.
    """

    start_mark: Mark
    anchor: str | None
    ctag: object | None
    value: str
    style: str | None
    version: tuple[int, int] | None


class EventTypes(Protocol):
    """The classes of events, which both parsers share."""

    ScalarEvent: type[Event]
    AliasEvent: type[Event]
    MappingStartEvent: type[Event]
    MappingEndEvent: type[Event]
    SequenceEndEvent: type[Event]
    StreamEndEvent: type[Event]


class ParseError(Protocol):
    """What a parser raises: with marks for broken syntax, without for forbidden characters."""

    context: str | None
    context_mark: Mark | None
    problem: str | None
    problem_mark: Mark | None


class _Parser(Protocol):
    def get_event(self) -> Event: ...


def event_types() -> EventTypes:
    """The classes to tell events apart by."""
    return cast("EventTypes", import_module("ruamel.yaml.events"))


def parse_error_type() -> type[Exception]:
    """The root of the parsers' exceptions; `ParseError` tells what those about syntax carry."""
    return cast("type[Exception]", import_module("ruamel.yaml.error").YAMLError)


def parse_events(data: bytes, *, c_parser: bool = C_PARSER) -> Iterator[Event]:
    """The events of UTF-8 `data`. Broken YAML raises from the iteration, where it is met."""
    if c_parser:
        make = cast("Callable[[bytes], _Parser]", import_module(_EXTENSION).CParser)
        return iter(make(data).get_event, cast("Event", None))
    return _parse_slowly(data.decode())


def _parse_slowly(text: str) -> Iterator[Event]:
    yaml = import_module("ruamel.yaml").YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except AssertionError as error:  # a version of YAML that this parser has never heard of
        broken = import_module("ruamel.yaml.parser").ParserError
        raise broken(problem="found incompatible YAML document") from error
