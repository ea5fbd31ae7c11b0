"""Writes plain values as YAML that looks hand-written.

Short maps and lists go on one line, the rest in blocks. Text is quoted if any YAML version, 1.1
included, could read it as another type. The reader reads every text back exactly. ruamel.yaml's
dumper does more, but takes two milliseconds for each resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

Document: TypeAlias = Mapping[str, JsonValue]

_WIDTH_COLUMNS = 90
_LONGEST_COLUMNS = 100
_STEP = "  "

_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_INSIDE = _LETTER + "0-9_./'()&+@!;%=*\u00a1\u00bf\u00ba\u00aa\u2013\u2014\u2019\u2026-"
_BEFORE_PLAIN = f"[{_LETTER}\u00a1\u00bf]"
# libyaml ends a plain text in brackets at any `?`.
_PLAIN_IN_FLOW = re.compile(f"{_BEFORE_PLAIN}(?: ?[{_INSIDE}])*")
_PLAIN_IN_BLOCK = re.compile(f"{_BEFORE_PLAIN}(?: ?[,?{_INSIDE}])*")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))

# Characters that are invisible, break lines, change the writing direction or are not allowed in
# YAML; not the joiners of emoji and Persian.
_ODD = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ufeff\ufff0-\uffff\U000e0000-\U000e007f"
)
_ESCAPED = re.compile(f'["\\\\\t\n{_ODD}]')
_NOT_LITERAL = re.compile(f"[{_ODD}]|[ \t](?:\n|\\Z)")
_NOT_FOLDED = re.compile(f"[{_ODD}\t\n]|^ |  | $")
_SHORT_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    "\0": "\\0",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


class Unquoted(str):
    """Text that is known to read back as text without quotes, such as a date."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Style:
    """What never goes on one line, even if it fits.

    A mapping with one of the `tall` keys is a block. Lists under `listed` keys at the root are
    blocks. A list of mappings is a block, except under the `inline` keys.
    """

    tall: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    inline: frozenset[str] = frozenset()


_ORDINARY = Style()


def to_yaml(documents: Iterable[Document], style: Style = _ORDINARY) -> bytes:
    """The bytes of a file with these documents."""
    writer = _Writer(style)
    for index, document in enumerate(documents):
        if index:
            writer.lines.append("---")
        writer.document(document)
    writer.lines.append("")
    return "\n".join(writer.lines).encode()


def scalar_text(text: str) -> str:
    """A text of one line as a manifest writes it, also between brackets: in quotes if needed."""
    return _Scalars(_PLAIN_IN_FLOW)[text]


def is_literal(text: str) -> bool:
    """Whether a multi-line text reads back exactly from a literal block, and is safe in one.

    Text with blanks at line ends is not safe: editors remove them.
    """
    first = text[:1]
    return first not in ("", "\n", " ", "\t") and "\n" in text and not _NOT_LITERAL.search(text)


def _is_folded(text: str) -> bool:
    """Whether a long line reads back exactly when it is folded at its blanks."""
    return " " in text and not _NOT_FOLDED.search(text)


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


class _Scalars(dict[str, str]):
    """Texts in their written form, each computed once."""

    __slots__ = ("_plain",)

    def __init__(self, plain: re.Pattern[str]) -> None:
        super().__init__()
        self._plain = plain

    def __missing__(self, text: str) -> str:
        plain = self._plain.fullmatch(text) is not None and text.lower() not in _WORDS
        result = self[text] = text if plain else _quoted(text)
        return result


class _Writer:
    def __init__(self, style: Style) -> None:
        self._style = style
        self._in_flow = _Scalars(_PLAIN_IN_FLOW)
        self._in_block = _Scalars(_PLAIN_IN_BLOCK)
        self.lines: list[str] = []

    def document(self, value: Document) -> None:
        for key, inner in value.items():
            self._entry(self._in_flow[key] + ":", inner, "", self._at_root(key, inner))

    def _at_root(self, key: str, value: JsonValue) -> bool:
        """Whether the value of a document's key may go on its line."""
        if isinstance(value, dict):
            return not any(isinstance(inner, dict | list) for inner in value.values())
        return key not in self._style.listed

    def _entry(self, lead: str, value: JsonValue, indent: str, may_flow: bool) -> None:
        """Write a key or a dash and its value; `indent` is that of the key or the dash."""
        if isinstance(value, str) and is_literal(value):
            self._literal(lead, value, indent + _STEP)
            return
        if not isinstance(value, dict | list):
            line = f"{lead} {self._scalar(value, self._in_block)}"
            if len(line) > _LONGEST_COLUMNS and isinstance(value, str) and _is_folded(value):
                self._folded(lead, value, indent + _STEP)
            else:
                self.lines.append(line)
            return
        if may_flow or not value:
            key = lead.strip(" -:")
            flow = self._flow(value, key, _WIDTH_COLUMNS - len(lead) - 1)
            if flow is not None:
                self.lines.append(f"{lead} {flow}")
                return
        if isinstance(value, dict):
            if lead.endswith("-"):
                self._mapping(value, f"{lead} ", indent + _STEP)
            else:
                self.lines.append(lead)
                self._mapping(value, indent + _STEP, indent + _STEP)
        else:
            self.lines.append(lead)
            dash = f"{indent}{_STEP}-"
            for item in value:
                self._entry(dash, item, indent + _STEP, may_flow=True)

    def _mapping(self, value: dict[str, JsonValue], lead: str, indent: str) -> None:
        """Write a block mapping; `lead` goes before its first key, `indent` before the others."""
        for key, inner in value.items():
            self._entry(f"{lead}{self._in_flow[key]}:", inner, indent, may_flow=True)
            lead = indent

    def _literal(self, lead: str, text: str, indent: str) -> None:
        body = text.rstrip("\n")
        ending = len(text) - len(body)
        self.lines.append(f"{lead} |{'-' if not ending else '+' if ending > 1 else ''}")
        self.lines.extend(indent + line if line else "" for line in body.split("\n"))
        self.lines.extend("" for _ in range(ending - 1))

    def _folded(self, lead: str, text: str, indent: str) -> None:
        self.lines.append(f"{lead} >-")
        line = indent
        for word in text.split(" "):
            if line != indent and len(line) + len(word) >= _LONGEST_COLUMNS:
                self.lines.append(line.rstrip())
                line = indent
            line += word + " "
        self.lines.append(line.rstrip())

    def _flow(self, value: JsonValue, key: str, room: int) -> str | None:
        """A value on one line; None if it is better in a block, or needs more than `room`
        columns."""
        if isinstance(value, dict):
            result = self._flow_mapping(value, room)
        elif isinstance(value, list):
            result = self._flow_sequence(value, key, room)
        elif isinstance(value, str) and is_literal(value):
            return None
        else:
            result = self._scalar(value, self._in_flow)
        return result if result is not None and len(result) <= room else None

    def _flow_mapping(self, value: dict[str, JsonValue], room: int) -> str | None:
        if not self._style.tall.isdisjoint(value):
            return None
        parts: list[str] = []
        for key, inner in value.items():
            name = self._in_flow[key]
            room -= len(name) + 4
            part = self._flow(inner, key, room)
            if part is None:
                return None
            room -= len(part)
            parts.append(f"{name}: {part}")
        return f"{{{', '.join(parts)}}}"

    def _flow_sequence(self, value: Sequence[JsonValue], key: str, room: int) -> str | None:
        parts: list[str] = []
        for inner in value:
            if isinstance(inner, dict) and key not in self._style.inline:
                return None
            room -= 2
            part = self._flow(inner, "", room)
            if part is None:
                return None
            room -= len(part)
            parts.append(part)
        return f"[{', '.join(parts)}]"

    @staticmethod
    def _scalar(value: JsonValue, texts: _Scalars) -> str:
        if isinstance(value, str):
            return value if value.__class__ is Unquoted else texts[value]
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        return repr(value)
