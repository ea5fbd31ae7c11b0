"""One layout for the files people write: comments stay, and so does every value.

Done by ruamel.yaml's round trip: two spaces a level, double quotes for single ones, what is in
brackets over several lines as a block, and keys in the order exports have, where no comment and no
blank line stands between them (it would be parted from what it is about). Nothing is trusted: a
file whose values or comments would come out changed, or that would not come to rest, is left alone.
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
    RENAMED_FROM,
    RESET,
    Placement,
    file_keys,
    nested_keys,
)
from reconciler.manifests.yaml.nodes import as_json
from reconciler.manifests.yaml.parser import parse_error_type, parse_events
from reconciler.manifests.yaml.reader import FileLimits, read_documents

_Node: TypeAlias = Any
"""A node of ruamel.yaml's round trip: a dict or a list that knows its comments and its style."""

_INDENT, _DASH_INDENT, _DASH_OFFSET = 2, 4, 2
_NEVER_WRAPPED_COLUMNS = 1_000_000
_MOST_PASSES = 4
_ENDS = ("MappingEndEvent", "SequenceEndEvent")
_COMMENT = re.compile(r"#[^\n]*")
_STAYS_SINGLE_QUOTED = re.compile(r'["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]')


@dataclass(frozen=True, slots=True)
class NotFormatted:
    """Why a file is not formatted; `problems` are those that kept it from being read."""

    why: str
    problems: tuple[Problem, ...] = ()


def format_file(data: bytes, file: str) -> bytes | NotFormatted:
    """The file in its layout, or why it is left as it is."""
    limits = FileLimits()
    documents, problems = read_documents(data, file, limits)
    if problems:
        return NotFormatted("it cannot be read as it is", tuple(problems))
    if all(not one.root for one in documents):
        return data
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        if _is_in_brackets(text):
            return NotFormatted(
                "a comment stands in brackets over several lines: take it out of them"
            )
        result = _come_to_rest(text)
        why = "its layout does not come to rest"
        if result is not None:
            again, problems = read_documents(result, file, limits)
            why = ""
            if problems or _values(documents) != _values(again):
                why = "a value would not come out as it is"
            elif _told(text) != _told(result.decode()):
                why = "a comment stands where it would be lost"
    except (parse_error_type(), ValueError, LookupError, TypeError, AttributeError) as error:
        return NotFormatted(f"it is beyond what can be laid out ({type(error).__name__})")
    return NotFormatted(why) if why or result is None else result


def _values(documents: Iterable[Any]) -> list[bytes]:
    return [orjson.dumps(as_json(one.root), option=orjson.OPT_SORT_KEYS) for one in documents]


def _comments(text: str) -> list[tuple[int, str]]:
    """The comments with their lines: what begins with # outside of every value."""
    found: list[tuple[int, str]] = []
    at = line = 0
    for event in parse_events(text.encode()):
        marks: Any = event
        if getattr(event, "value", None) is not None:
            found.extend(_comments_between(text[at : marks.start_mark.index], line))
            at, line = marks.end_mark.index, marks.end_mark.line
    found.extend(_comments_between(text[at:], line))
    return found


def _told(text: str) -> Counter[str]:
    return Counter(comment for _, comment in _comments(text))


def _comments_between(text: str, line: int) -> Iterator[tuple[int, str]]:
    for one in _COMMENT.finditer(text):
        yield line + text.count("\n", 0, one.start()), one[0].strip()


def _is_in_brackets(text: str) -> bool:
    """Whether a comment stands in brackets over several lines, or beside where they end."""
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


def _come_to_rest(text: str) -> bytes | None:
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
    if any(isinstance(one, list) for one in documents):
        yaml.indent(mapping=_INDENT, sequence=_INDENT, offset=0)
    else:
        yaml.indent(mapping=_INDENT, sequence=_DASH_INDENT, offset=_DASH_OFFSET)
    for one in documents:
        if isinstance(one, dict) and isinstance(one.get(KIND), str):
            _order_document(one)
        _restyle(one, ruamel.scalarstring)
    out = io.StringIO()
    yaml.dump_all(documents, out)
    return _with_comments_in_line(out.getvalue())


# Styles


def _with_comments_in_line(text: str) -> str:
    """Comments on lines of their own where the next line begins, unless they go with the one
    before: what they stand beside may have moved."""
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
                _column(one)
                for one in lines[number + 1 :]
                if one.strip() and not one.lstrip().startswith("#")
            ),
            _column(line),
        )
        if _column(line) not in (before, after):
            lines[number] = " " * after + line.lstrip()
    return "\n".join(lines)


def _lines_within(event: Any) -> range:
    """The lines of a scalar but its first."""
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
    kind = next((one for one in KINDS if one.name == document.get(KIND)), None)
    if kind is None:
        return
    _order_entry(document, kind)
    items = document.get(ITEMS)
    for entry in items if isinstance(items, list) else ():
        _order_entry(entry, kind, where=Placement.ITEM)
    if not nested_keys(kind):
        return
    for nested in KINDS.nested:
        value = document.get(nested.collection)
        if nested.life is Life.FIXED and isinstance(value, dict):
            for name, entry in value.items():
                _order_entry(entry, nested, nested.bodies.get(name), where=Placement.NESTED)
            continue
        if isinstance(value, dict):  # a part of the list
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
    fields = [one for name in body.model_fields for one in (name, files.get(name, name))]
    nested = sorted(
        (one for one in KINDS.nested if one.collection in nested_keys(kind)),
        key=lambda one: (not one.bodies.keys() - {""}, bool(one.identity), not one.is_tree),
    )
    named = [kind.identity, *([kind.qualifier.key] if kind.qualifier else ())]
    head = [*named, CAMPAIGN] if where is Placement.ITEM else [KIND, CAMPAIGN, *named]
    return [
        *head,
        RENAMED_FROM,
        RESET,
        *fields,
        LEVELS,
        *(one.collection for one in nested),
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
    """Every comment below a node, with the blank lines that go with it; what stands above the
    node itself is left out where it is the `outer` one, for it stays there."""
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
        for one in found:
            yield from _texts(one)
    elif found is not None and isinstance(getattr(found, "value", None), str):
        yield found.value


def _is_at_its_line(comment: str) -> bool:
    return comment.startswith("#") and comment.count("\n") <= 1
