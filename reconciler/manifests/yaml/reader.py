"""Reads the YAML of a manifest file into plain values that know where they stand.

Values are built straight from the parser's events, with the scalars of YAML 1.2. Bad input never
raises: what is wrong comes back as problems, and reading goes on as far as it can. What the
values mean is for others to say.
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
    excerpt,
    explain,
    first_unprintable,
    lines_of,
    place_of,
)
from reconciler.manifests.yaml.limits import Halt, Limits, Report
from reconciler.manifests.yaml.nodes import (
    Document,
    Mapping,
    Position,
    Sequence,
    YamlValue,
    position_of,
)
from reconciler.manifests.yaml.parser import C_PARSER, Broken, broken_type, parse

__all__ = [
    "C_PARSER",
    "Document",
    "Limits",
    "Mapping",
    "Position",
    "Sequence",
    "YamlValue",
    "excerpt",
    "lines_of",
    "position_of",
    "read_documents",
]

_DEFAULT_LIMITS = Limits()


def read_documents(
    data: bytes, file: str, limits: Limits = _DEFAULT_LIMITS
) -> tuple[list[Document], list[Problem]]:
    """The documents of a file, and what is wrong with it.

    A document with a problem is there all the same, as close to what was meant as can be, so that
    later checks have their say; YAML that cannot be parsed ends the file where it stands.
    """
    return _read(data, file, limits, c_parser=C_PARSER)


def _read(
    data: bytes, file: str, limits: Limits, *, c_parser: bool
) -> tuple[list[Document], list[Problem]]:
    report = Report(file, limits)
    documents: list[Document] = []
    try:
        data = _checked(data, report)
        builder = Builder(parse(data, c_parser=c_parser), report)
        documents = builder.documents
        builder.build()
    except Halt:
        pass
    except broken_type() as error:
        _report_broken(error, report)
    return documents, report.problems


def _checked(data: bytes, report: Report) -> bytes:
    """The bytes to parse, once it is sure that they are text and that lines can be counted."""
    limit = report.limits.size_bytes
    if len(data) > limit:
        report.halt(
            f"the file has {len(data):,} bytes, and {limit:,} is the limit",
            "split it into several files",
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        report.halt("the file is UTF-16 and not UTF-8", "save it as UTF-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = report.text = data.decode()
    except UnicodeDecodeError as error:
        report.text = data.decode(errors="replace")
        place = place_of(data[: error.start].decode(), error.start)
        report.stop(place, f"byte 0x{data[error.start]:02x} is not UTF-8", "save it as UTF-8")
    if not text.isascii():
        for character, what in INVISIBLE.items():
            if character in text:
                report.stop(
                    place_of(text, text.index(character)),
                    f"U+{ord(character):04X} is {what}",
                    f'remove it, or write "\\u{ord(character):04x}" in double quotes',
                )
    conflicts = list(merge_conflicts.markers(text))
    for offset in conflicts:
        report.add(place_of(text, offset), merge_conflicts.MESSAGE, merge_conflicts.HINT)
    if conflicts:
        raise Halt
    return data


def _report_broken(error: Exception, report: Report) -> None:
    if isinstance(getattr(error, "reason", None), str):  # a forbidden character, without a mark
        offset = first_unprintable(report.text)
        place, code = place_of(report.text, offset), ord(report.text[offset])
        message = f"U+{code:04X} is a control character, which YAML may not hold"
        hint = f'remove it, or write "\\u{code:04x}" in double quotes'
    else:
        told = explain(cast("Broken", error), report.lines)
        place, message, hint = (told.line, told.column), told.message, told.hint
    with suppress(Halt):
        report.add(place, message, hint)
