"""Gives a YAML file one layout; comments and values stay the same.

ruamel.yaml's round trip does the work: two spaces a level, double quotes for single ones, blocks
for multi-line brackets, and keys in the order of exports. Keys stay in place where a comment or
blank line between them would lose its meaning. The result is verified: a file whose values or
comments would change, or whose layout is not stable, is not formatted.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import orjson

from reconciler.errors import Problem
from reconciler.kinds.base import Body, Kind, Life
from reconciler.kinds.registry import KINDS
from reconciler.manifests.declaration_keys import (
    CAMPAIGN,
    ITEMS,
    KIND,
    LEVELS,
    LIFECYCLE,
    NESTED_KINDS,
    RENAMED_FROM,
    RESET,
    Placement,
    file_keys,
)
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.nodes import as_json
from reconciler.manifests.yaml.parser import parse_error_type, parse_events
from reconciler.manifests.yaml.reader import read_documents

_Node: TypeAlias = Any
"""A node of ruamel.yaml's round trip: a dict or list with its comments and style."""

_INDENT, _DASH_INDENT, _DASH_OFFSET = 2, 4, 2
_NEVER_WRAPPED_COLUMNS = 1_000_000
_MOST_PASSES = 4
_ENDS = ("MappingEndEvent", "SequenceEndEvent")
_COMMENT = re.compile(r"#[^\n]*")
_STAYS_SINGLE_QUOTED = re.compile(r'["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]')


@dataclass(frozen=True, slots=True)
class NotFormatted:
    """Why a file is not formatted; `problems` prevented reading it."""

    why: str
    problems: tuple[Problem, ...] = ()


def format_file(data: bytes, file: str) -> bytes | NotFormatted:
    """The formatted file, or why it is not formatted."""
    limits = FileLimits()
    documents, problems = read_documents(data, file, limits)
    if problems:
        return NotFormatted("it has problems", tuple(problems))
    if all(not document.root for document in documents):
        return data
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        if _has_comment_in_brackets(text):
            return NotFormatted("a comment is inside multi-line brackets: move it out of them")
        result = _stable_layout(text)
        why = "its layout is not stable"
        if result is not None:
            again, problems = read_documents(result, file, limits)
            why = ""
            if problems or _values(documents) != _values(again):
                why = "formatting would change a value"
            elif _comment_counts(text) != _comment_counts(result.decode()):
                why = "formatting would lose a comment"
    except (parse_error_type(), ValueError, LookupError, TypeError, AttributeError) as error:
        return NotFormatted(f"the formatter does not support it ({type(error).__name__})")
    return NotFormatted(why) if why or result is None else result


def _values(documents: Iterable[Any]) -> list[bytes]:
    return [orjson.dumps(as_json(doc.root), option=orjson.OPT_SORT_KEYS) for doc in documents]


def _comments(text: str) -> list[tuple[int, str]]:
    """The comments with their lines: text after # outside of values."""
    found: list[tuple[int, str]] = []
    at = line = 0
    for event in parse_events(text.encode()):
        marks: Any = event
        if getattr(event, "value", None) is not None:
            found.extend(_comments_between(text[at : marks.start_mark.index], line))
            at, line = marks.end_mark.index, marks.end_mark.line
    found.extend(_comments_between(text[at:], line))
    return found


def _comment_counts(text: str) -> Counter[str]:
    return Counter(comment for _, comment in _comments(text))


def _comments_between(text: str, line: int) -> Iterator[tuple[int, str]]:
    for match in _COMMENT.finditer(text):
        yield line + text.count("\n", 0, match.start()), match[0].strip()


def _has_comment_in_brackets(text: str) -> bool:
    """Whether a comment is inside multi-line brackets, or next to their end."""
    lines = {line for line, _ in _comments(text)}
    opened: list[int | None] = []
    for event in parse_events(text.encode()):
        marks: Any = event
        if hasattr(event, "flow_style"):
            opened.append(marks.start_mark.line if marks.flow_style else None)
        elif type(event).__name__ in _ENDS:
            began, ended = opened.pop(), marks.end_mark.line
            if began is not None and ended > began and lines & set(range(began, ended + 1)):
                return True
    return False


def _stable_layout(text: str) -> bytes | None:
    for _ in range(_MOST_PASSES):
        result = _laid_out(text)
        if result == text:
            return result.encode()
        text = result
    return None


def _laid_out(text: str) -> str:
    ruamel = import_module("ruamel.yaml")
    yaml = ruamel.YAML()
    yaml.preserve_quotes = True
    yaml.width = _NEVER_WRAPPED_COLUMNS
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    documents = list(yaml.load_all(text))
    if any(isinstance(document, list) for document in documents):
        yaml.indent(mapping=_INDENT, sequence=_INDENT, offset=0)
    else:
        yaml.indent(mapping=_INDENT, sequence=_DASH_INDENT, offset=_DASH_OFFSET)
    for document in documents:
        if isinstance(document, dict) and isinstance(document.get(KIND), str):
            _order_document(document)
        _restyle(document, ruamel.scalarstring)
    out = io.StringIO()
    yaml.dump_all(documents, out)
    return _with_comments_in_line(out.getvalue())


# Styles


def _with_comments_in_line(text: str) -> str:
    """Indent comment lines like the next line, unless they are indented like the previous one,
    because keys next to them may have moved."""
    lines = text.split("\n")
    inside = {
        number
        for event in parse_events(text.encode())
        if getattr(event, "value", None) is not None
        for number in _lines_within(event)
    }
    before = 0
    for number, line in enumerate(lines):
        if number in inside or not line.strip():
            continue
        if not line.lstrip().startswith("#"):
            before = _column(line)
            continue
        after = next(
            (
                _column(following)
                for following in lines[number + 1 :]
                if following.strip() and not following.lstrip().startswith("#")
            ),
            _column(line),
        )
        if _column(line) not in (before, after):
            lines[number] = " " * after + line.lstrip()
    return "\n".join(lines)


def _lines_within(event: Any) -> range:
    """The lines of a scalar after its first."""
    return range(event.start_mark.line + 1, event.end_mark.line + (event.end_mark.column > 0))


def _column(line: str) -> int:
    return len(line) - len(line.lstrip())


def _restyle(node: _Node, scalars: Any) -> None:
    if not _holds_others(node):
        return
    if node.fa.flow_style() and _over_several_lines(node):
        node.fa.set_block_style()
    for key, value in _entries(node):
        if type(value) is scalars.SingleQuotedScalarString and not value.anchor.value:
            if not _STAYS_SINGLE_QUOTED.search(value):
                node[key] = scalars.DoubleQuotedScalarString(value)
        else:
            _restyle(value, scalars)


def _over_several_lines(node: _Node) -> bool:
    lines = {node.lc.line}
    for key, value in _entries(node):
        lines.add((node.lc.data or {}).get(key, (node.lc.line,))[0])
        if isinstance(value, dict | list) and _over_several_lines(value):
            return True
    return len(lines) > 1


def _holds_others(node: _Node) -> bool:
    return isinstance(node, dict | list)


def _entries(node: _Node) -> list[tuple[Any, _Node]]:
    return list(node.items()) if isinstance(node, dict) else list(enumerate(node))


# The order of keys


def _order_document(document: _Node) -> None:
    kind = KINDS.named(document[KIND])
    if kind is None:
        return
    _order_entry(document, kind)
    items = document.get(ITEMS)
    parts = items.values() if isinstance(items, dict) else (items,)
    for entry in (entry for part in parts if isinstance(part, list) for entry in part):
        _order_entry(entry, kind, where=Placement.ITEM)
    if not kind.holds_resources:
        return
    for nested in KINDS.nested:
        value = document.get(nested.collection)
        if nested.life is Life.FIXED and isinstance(value, dict):
            for name, entry in value.items():
                _order_entry(entry, nested, nested.bodies.get(name), where=Placement.NESTED)
            continue
        if isinstance(value, dict):  # part of a list
            value = value.get("add")
        for entry in value if isinstance(value, list) else ():
            if nested.life is not Life.ORDERED_LIST:
                _order_entry(entry, nested, where=Placement.NESTED)


def _order_entry(
    entry: _Node,
    kind: Kind,
    body: type[Body] | None = None,
    *,
    where: Placement = Placement.DOCUMENT,
) -> None:
    if not isinstance(entry, dict):
        return
    if body is None:
        body = kind.bodies.get(str(entry.get(kind.identity)), next(iter(kind.bodies.values())))
    _order(entry, _keys(kind, body, where))
    levels = entry.get(LEVELS) if kind.is_tree else None
    for level in levels if isinstance(levels, list) else ():
        _order_entry(level, kind, where=Placement.NESTED)


def _keys(kind: Kind, body: type[Body], where: Placement) -> Sequence[str]:
    files = {field: key for key, field in file_keys(body)}
    fields = [key for name in body.model_fields for key in (name, files.get(name, name))]
    nested = NESTED_KINDS if kind.holds_resources else ()
    named = [kind.identity, *([kind.qualifier.key] if kind.qualifier else ())]
    head = [*named, CAMPAIGN] if where is Placement.ITEM else [KIND, CAMPAIGN, *named]
    return [
        *head,
        RENAMED_FROM,
        RESET,
        *fields,
        LEVELS,
        *(each.collection for each in nested),
        ITEMS,
        LIFECYCLE,
    ]


def _order(node: _Node, keys: Sequence[str]) -> None:
    rank = {key: number for number, key in reversed(list(enumerate(keys)))}
    wanted = sorted(node, key=lambda key: rank.get(key, len(rank) + len(keys)))
    if wanted == list(node) or not all(map(_is_at_its_line, _comments_in(node, outer=True))):
        return
    for key in wanted:
        node.move_to_end(key)


def _comments_in(node: _Node, *, outer: bool = False) -> Iterator[str]:
    """Every comment below a node, with its blank lines. Comments above an `outer` node stay in
    place and are left out."""
    ca = getattr(node, "ca", None)
    if ca is not None:
        yield from _texts([*ca.items.values(), ca.end])
        if ca.comment:
            yield from _texts(ca.comment[:1] if outer else ca.comment)
    yield from _texts(getattr(node, "comment", None))
    if isinstance(node, dict | list):
        for _, value in _entries(node):
            yield from _comments_in(value)


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, list | tuple):
        for part in found:
            yield from _texts(part)
    elif found is not None and isinstance(getattr(found, "value", None), str):
        yield found.value


def _is_at_its_line(comment: str) -> bool:
    return comment.startswith("#") and comment.count("\n") <= 1
