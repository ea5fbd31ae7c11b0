"""Reads the YAML of a file into plain values that know their places.

Scalars follow YAML 1.2. Bad input never raises: problems are returned, and reading continues as far
as possible. Other modules interpret the values.
"""

from __future__ import annotations

import codecs
from contextlib import suppress
from typing import cast

from reconciler.errors import Problem
from reconciler.manifests.yaml import merge_conflicts
from reconciler.manifests.yaml.builder import Builder
from reconciler.manifests.yaml.diagnostics import (
    INVISIBLE,
    explain_parse_error,
    first_unprintable,
    line_and_column,
)
from reconciler.manifests.yaml.limits import FileLimits, FileProblems, StopReading
from reconciler.manifests.yaml.nodes import Document
from reconciler.manifests.yaml.parser import C_PARSER, ParseError, parse_error_type, parse_events
from reconciler.message import Message

_DEFAULT_LIMITS = FileLimits()


def read_documents(
    data: bytes, file: str, limits: FileLimits = _DEFAULT_LIMITS
) -> tuple[list[Document], list[Problem]]:
    """The documents of a file, and its problems.

    A document with a problem is included, with the most likely values, so that later checks can
    run. YAML that cannot be parsed ends the file at that point.
    """
    return _read(data, file, limits, c_parser=C_PARSER)


def _read(
    data: bytes, file: str, limits: FileLimits, *, c_parser: bool
) -> tuple[list[Document], list[Problem]]:
    report = FileProblems(file, limits)
    documents: list[Document] = []
    try:
        data = _checked(data, report)
        builder = Builder(parse_events(data, c_parser=c_parser), report)
        documents = builder.documents
        builder.build()
    except StopReading:
        pass
    except parse_error_type() as error:
        _report_broken(error, report)
    return documents, report.problems


def _checked(data: bytes, report: FileProblems) -> bytes:
    """The bytes to parse, after checks that they are text with countable lines."""
    limit = report.limits.size_bytes
    if len(data) > limit:
        message = Message.of(
            "the file has {data} bytes; the limit is {limit}", data=len(data), limit=limit
        )
        report.halt(message, Message.of("split it into several files"))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        report.halt(Message.of("the file is UTF-16, not UTF-8"), Message.of("save it as UTF-8"))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = report.text = data.decode()
    except UnicodeDecodeError as error:
        report.text = data.decode(errors="replace")
        place = line_and_column(data[: error.start].decode(), error.start)
        message = Message.of("byte 0x{start} is not UTF-8", start=f"{data[error.start]:02x}")
        report.stop(place, message, Message.of("save it as UTF-8"))
    if not text.isascii():
        for character, what in INVISIBLE.items():
            if character in text:
                message = Message.of(
                    "U+{character} is {what}", character=f"{ord(character):04X}", what=what
                )
                hint = Message.of(
                    'remove it, or write "\\u{character}" in double quotes',
                    character=f"{ord(character):04x}",
                )
                report.stop(line_and_column(text, text.index(character)), message, hint)
    conflicts = list(merge_conflicts.markers(text))
    for offset in conflicts:
        report.add(line_and_column(text, offset), merge_conflicts.MESSAGE, merge_conflicts.HINT)
    if conflicts:
        raise StopReading
    return data


def _report_broken(error: Exception, report: FileProblems) -> None:
    if isinstance(getattr(error, "reason", None), str):  # a forbidden character, without a mark
        offset = first_unprintable(report.text)
        place, code = line_and_column(report.text, offset), ord(report.text[offset])
        message = Message.of(
            "U+{code} is a control character, which YAML does not allow", code=f"{code:04X}"
        )
        hint = Message.of('remove it, or write "\\u{code}" in double quotes', code=f"{code:04x}")
    else:
        explanation = explain_parse_error(cast("ParseError", error), report.lines)
        place, message, hint = (
            (explanation.line, explanation.column),
            explanation.message,
            explanation.hint,
        )
    with suppress(StopReading):
        report.add(place, message, hint)
