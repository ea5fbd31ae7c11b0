"""Builds the values of a file from the parser's events; `reader` calls it.

One tight loop for each collection type; rare cases are in their own methods. YAML beyond plain data
(constructing tags, merge keys, keys that are not text) is a problem, and the value is then the most
likely intention.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NoReturn

from reconciler.manifests.yaml.diagnostics import quoted_value
from reconciler.manifests.yaml.limits import FileProblems
from reconciler.manifests.yaml.misreadings import (
    check_anchor,
    check_question_marks,
    check_version,
    question_marks,
)
from reconciler.manifests.yaml.nodes import (
    MARK_BITS,
    Document,
    Mapping,
    Position,
    Sequence,
    YamlValue,
)
from reconciler.manifests.yaml.parser import Event, Mark, event_types
from reconciler.manifests.yaml.scalars import PlainScalars, Unstorable, WrongTag, tagged
from reconciler.message import NO_MESSAGE, Message, Personal

_BITS: Final = MARK_BITS
_BOTH: Final = 2 * MARK_BITS
_COLUMN: Final = (1 << MARK_BITS) - 1
_CORE_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(("str", "int", "float", "bool", "null"))


class _Open:
    """Marks an anchored collection that is not complete yet."""


_Anchored = YamlValue | _Open


class Builder:
    """Builds `documents` from the events of one file, and reports problems."""

    def __init__(self, events: Iterator[Event], report: FileProblems) -> None:
        types = event_types()
        self._scalar = types.ScalarEvent
        self._alias = types.AliasEvent
        self._mapping_start = types.MappingStartEvent
        self._mapping_end = types.MappingEndEvent
        self._sequence_end = types.SequenceEndEvent
        self._stream_end = types.StreamEndEvent
        self._read = islice(events, report.limits.steps).__next__
        self._report = report
        self._limits = report.limits
        self._plain = PlainScalars()
        self._keys: dict[str, str] = {}  # keys that are text with or without quotes
        self._anchors: dict[str, _Anchored] = {}
        self._measured: dict[int, tuple[YamlValue, int, int]] = {}
        self._expanded = 0
        self._after_question = question_marks(report.text)
        self.documents: list[Document] = []

    def build(self) -> None:
        """Read the file to its end. Raises what the parser raises, or StopReading."""
        try:
            self._build()
        except StopIteration:
            message = Message.of(
                "the file is too large: over {steps} keys, values and brackets",
                steps=self._limits.steps,
            )
            self._report.halt(message, Message.of("split it into several files"))

    def _build(self) -> None:
        read = self._read
        read()  # the start of the stream
        index = 0
        while (begin := read()).__class__ is not self._stream_end:
            check_version(begin, self._report)
            self._anchors, self._measured, self._expanded = {}, {}, 0
            event = read()
            if not self._is_nothing(event):
                mark = event.start_mark
                start = mark.line << _BITS | mark.column
                root = self._node(event, 1)
                position = Position.of_mark(start)
                self.documents.append(Document(self._report.file, index, root, position))
                if self._plain.unstorable:
                    self._find_unstorable(root, start)
                if self._after_question:
                    check_question_marks(root, self._after_question, self._report)
            read()  # the end of the document
            index += 1

    def _is_nothing(self, event: Event) -> bool:
        return (
            event.__class__ is self._scalar
            and not (event.value or event.style)
            and event.ctag is None
            and event.anchor is None
        )

    def _mapping(self, start: Event, depth: int) -> Mapping:
        if depth > self._limits.depth:
            self._too_deep(start.start_mark)
        read, scalar, ends = self._read, self._scalar, self._mapping_end
        plain, known = self._plain, self._keys.get
        result = Mapping()
        marks: dict[str, int] = {}
        result.marks = marks
        mark = start.start_mark
        result.start = mark.line << _BITS | mark.column
        while True:
            event = read()
            kind = event.__class__
            key = None
            if kind is scalar:
                if event.ctag is None and event.anchor is None:
                    key = known(event.value)
            elif kind is ends:
                return result
            if key is None:
                key = self._key(event, depth)
            mark = event.start_mark
            place = mark.line << _BITS | mark.column

            event = read()
            value: YamlValue
            if event.__class__ is scalar and event.ctag is None and event.anchor is None:
                value = event.value if event.style else plain[event.value]
            else:
                value = self._node(event, depth + 1)

            if key is None:
                continue
            if key in marks:
                self._duplicate(key, place, marks[key])
                continue
            result[key] = value
            mark = event.start_mark
            marks[key] = place << _BOTH | mark.line << _BITS | mark.column

    def _sequence(self, start: Event, depth: int) -> Sequence:
        if depth > self._limits.depth:
            self._too_deep(start.start_mark)
        read, scalar, ends, plain = self._read, self._scalar, self._sequence_end, self._plain
        result = Sequence()
        result.marks = marks = []
        mark = start.start_mark
        result.start = mark.line << _BITS | mark.column
        while True:
            event = read()
            kind = event.__class__
            if kind is ends:
                return result
            if kind is scalar and event.ctag is None and event.anchor is None:
                result.append(event.value if event.style else plain[event.value])
            else:
                result.append(self._node(event, depth + 1))
            mark = event.start_mark
            marks.append(mark.line << _BITS | mark.column)

    def _node(self, event: Event, depth: int) -> YamlValue:
        kind = event.__class__
        if kind is self._alias:
            return self._aliased(event, depth)
        if event.anchor is not None:
            check_anchor(event, "&", self._report)
            self._anchors[event.anchor] = _Open()
        value: YamlValue
        if kind is self._scalar:
            value = self._scalar_value(event)
        elif kind is self._mapping_start:
            if event.ctag is not None:
                self._check_collection_tag(event, "map")
            value = self._mapping(event, depth)
        else:
            if event.ctag is not None:
                self._check_collection_tag(event, "seq")
            value = self._sequence(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    # Rare cases

    def _key(self, event: Event, depth: int) -> str | None:
        """The text of a key seen for the first time; None for a key without usable text."""
        value: YamlValue
        text = ""
        if event.__class__ is not self._scalar:
            value = self._node(event, depth + 1)
        elif event.ctag is not None or event.anchor is not None:
            value, text = self._node(event, depth + 1), event.value
        else:
            text = event.value
            value = self._plain[text]
            if value.__class__ is str and text != "<<":
                self._keys[text] = text
            if event.style:
                return text
            if text == "<<":
                message = Message.of("`<<` merges nothing: YAML 1.2 has no merge keys")
                hint = Message.of("write the fields in full, or repeat a whole value: `key: *name`")
                self._report.add(_place(event), message, hint)
                return None
        if isinstance(value, str) and not isinstance(value, Unstorable):
            return value
        self._not_text(event, value, text)
        return text or None

    def _not_text(self, event: Event, value: YamlValue, text: str) -> None:
        place = _place(event)
        if isinstance(value, Mapping | Sequence):
            what = "a mapping" if isinstance(value, Mapping) else "a list"
            line, column = place
            template = "{{" in self._report.lines[line]
            if self._report.lines[line][column - 1 : column + 1] == "{{":
                place = line, column - 1
            hint = (
                Message.of("quote a value that holds `{{{{ … }}}}`")
                if template
                else Message.of("write a name instead")
            )
        elif value is None:
            what, hint = (
                "null",
                Message.of('quote it: "{text}"', text=Personal(text))
                if text
                else Message.of("write a name before the colon"),
            )
        else:
            what = "a boolean" if isinstance(value, bool) else "a number"
            hint = (
                Message.of('quote it: "{text}"', text=Personal(text))
                if text
                else Message.of("write a name instead")
            )
        shown = (
            Message.of(", and {text} is {what}", text=quoted_value(text), what=what)
            if text
            else Message.of(", and this is {what}", what=what)
        )
        self._report.add(place, Message.of("a key must be text{shown}", shown=shown), hint)

    def _duplicate(self, key: str, place: int, first: int) -> None:
        line = (first >> _BOTH + _BITS) + 1
        message = Message.of(
            "{key} occurs twice: the first is on line {line}", key=quoted_value(key), line=str(line)
        )
        self._report.add((place >> _BITS, place & _COLUMN), message, Message.of("keep one of them"))

    def _aliased(self, event: Event, depth: int) -> YamlValue:
        name = event.anchor or ""
        check_anchor(event, "*", self._report)
        if name not in self._anchors:
            message = Message.of("no value above is named `&{name}`", name=Personal(name))
            hint = Message.of(
                'name a value above with `&{name}`, or quote the text: "*{name}"',
                name=Personal(name),
            )
            self._report.add(_place(event), message, hint)
            return None
        value = self._anchors[name]
        if isinstance(value, _Open):
            self._report.add(
                _place(event), Message.of("`*{name}` would contain itself", name=Personal(name))
            )
            return None
        nodes, height = self._measure(value)
        if depth + height - 1 > self._limits.depth:
            self._too_deep(event.start_mark)
        self._expanded += nodes
        if self._expanded > self._limits.expanded:
            message = Message.of(
                "the aliases of this document expand to over {expanded} values",
                expanded=self._limits.expanded,
            )
            self._report.stop(_place(event), message, Message.of("use fewer aliases of aliases"))
        return value

    def _measure(self, value: YamlValue) -> tuple[int, int]:
        """The number of nodes in `value` with aliases expanded, and their depth."""
        if not isinstance(value, Mapping | Sequence):
            return 1, 0
        known = self._measured.get(id(value))
        if known is None:
            nodes, height = 1, 0
            for child in value.values() if isinstance(value, Mapping) else value:
                more, below = self._measure(child)
                nodes += more
                height = max(height, below)
            known = self._measured[id(value)] = (value, nodes, height + 1)
        return known[1], known[2]

    def _scalar_value(self, event: Event) -> YamlValue:
        text = event.value
        if event.ctag is None:
            return text if event.style else self._plain[text]
        tag = str(event.ctag)
        name = tag.removeprefix(_CORE_TAG)
        if name in _SCALAR_TAGS and name != tag:
            try:
                value = tagged(name, text)
            except WrongTag:
                message = Message.of(
                    "{text} does not match its tag `!!{name}`", text=quoted_value(text), name=name
                )
                self._report.add(_place(event), message, Message.of("leave the tag out"))
                return text
            self._plain.unstorable |= isinstance(value, Unstorable)
            return value
        if tag != "!":
            self._unknown_tag(event, tag)
        return text

    def _check_collection_tag(self, event: Event, expected: str) -> None:
        tag = str(event.ctag)
        if tag not in ("!", _CORE_TAG + expected):
            self._unknown_tag(event, tag)

    def _unknown_tag(self, event: Event, tag: str) -> None:
        shown = "!!" + tag.removeprefix(_CORE_TAG) if tag.startswith(_CORE_TAG) else tag
        message = Message.of(
            "the tag {shown} is not allowed: manifests are plain data", shown=quoted_value(shown)
        )
        hint = Message.of("leave the tag out, or quote a value that begins with `!`")
        self._report.add(_place(event), message, hint)

    def _too_deep(self, mark: Mark) -> NoReturn:
        message = Message.of("nested more than {depth} levels deep", depth=self._limits.depth)
        self._report.stop((mark.line, mark.column), message)

    def _find_unstorable(self, root: YamlValue, start: int) -> None:
        """Report the numbers that cannot be stored; called only when there are some."""
        seen: set[int] = set()
        rest: list[tuple[YamlValue, int]] = [(root, start)]
        while rest:
            node, mark = rest.pop()
            if isinstance(node, Unstorable):
                self._report.add(
                    (mark >> _BITS & _COLUMN, mark & _COLUMN),
                    Message.of(
                        "{node} is not a number that can be stored", node=quoted_value(node)
                    ),
                    Message.of('quote it if it is text: "{node}"', node=Personal(node))
                    if len(node) < 30
                    else NO_MESSAGE,
                )
            elif isinstance(node, Mapping | Sequence) and id(node) not in seen:
                seen.add(id(node))
                if isinstance(node, Mapping):
                    rest.extend((node[key], both) for key, both in node.marks.items())
                else:
                    rest.extend(zip(node, node.marks, strict=True))


def _place(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line, mark.column
