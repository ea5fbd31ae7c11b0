"""Refuses text that libyaml reads differently from YAML 1.2.

libyaml reads `{?foo: bar}` as `{foo: bar}` and `&an:chor x` as the text `:chor x`, and accepts a
document that asks for YAML 1.1. Nobody who writes these intends the result.
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.manifests.yaml.diagnostics import BAD_ANCHOR, lines_of, quoted_value
from reconciler.manifests.yaml.limits import FileProblems
from reconciler.manifests.yaml.nodes import MARK_BITS, Mapping, Sequence, YamlValue
from reconciler.manifests.yaml.parser import Event
from reconciler.message import Message, Personal

_VERSION = (1, 2)
_COLUMN: Final = (1 << MARK_BITS) - 1
_END_OF_NAME = re.compile(r"[\s,\[\]{}]")
# A string: `re` compiles it for the first question mark, so start-up does not pay.
_QUESTION = r"(?:^|(?<=[\s,\[{:]))\?(?=[^\s,\[\]{}])"
_IN_QUOTES = Message.of("put the value in quotes")


def check_version(begin: Event, report: FileProblems) -> None:
    """Report a document that asks for another version than YAML 1.2."""
    if begin.version not in (None, _VERSION):
        mark = begin.start_mark
        asked = ".".join(map(str, begin.version or ()))
        message = Message.of(
            "this document asks for YAML {asked}; manifests use YAML 1.2", asked=asked
        )
        report.add((mark.line, mark.column), message, Message.of("leave the %YAML line out"))


def check_anchor(event: Event, sign: str, report: FileProblems) -> None:
    """Stop at an anchor (`&`) or alias (`*`) whose name is longer than libyaml reads.

    A tag may come before the name, and the name may be on a later line.
    """
    written = f"{sign}{event.anchor}"
    line, column = event.start_mark.line, event.start_mark.column
    while (at := report.lines[line].find(written, column)) < 0:
        line, column = line + 1, 0
    rest = _END_OF_NAME.split(report.lines[line][at + len(written) :], maxsplit=1)[0]
    if rest:
        message = Message.of(
            "{bad_anchor}: {rest}", bad_anchor=BAD_ANCHOR, rest=quoted_value(written + rest)
        )
        report.stop((line, at), message, _IN_QUOTES)


def question_marks(text: str) -> frozenset[int]:
    """The marks right after each `?` that libyaml may read as a key indicator."""
    if "?" not in text:
        return frozenset()
    found = set[int]()
    for line, part in enumerate(lines_of(text)):
        found.update(line << MARK_BITS | match.end() for match in re.finditer(_QUESTION, part))
    return frozenset(found)


def check_question_marks(
    root: YamlValue, after_question: frozenset[int], report: FileProblems
) -> None:
    """Report the keys that lost the `?` they were written with."""
    seen: set[int] = set()
    rest: list[YamlValue] = [root]
    while rest:
        node = rest.pop()
        if id(node) in seen or not isinstance(node, Mapping | Sequence):
            continue
        seen.add(id(node))
        if isinstance(node, Sequence):
            rest.extend(node)
            continue
        rest.extend(node.values())
        for key, both in node.marks.items():
            place = both >> 2 * MARK_BITS
            if place in after_question:
                message = Message.of(
                    "inside `[…]` and `{{…}}`, text that begins with `?` must be quoted"
                )
                hint = (
                    Message.of('write "?{key}"', key=Personal(key)) if len(key) < 30 else _IN_QUOTES
                )
                report.add((place >> MARK_BITS, (place & _COLUMN) - 1), message, hint)
