"""Counts, lists and values as words in a sentence, and text that is safe to print.

Every message and view uses these functions. They know nothing of resources or plans.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pydantic import JsonValue
    from pydantic_core import CoreSchema

_NAMES_SHOWN = 5
_VALUE_CHARACTERS = 60
_VOWEL_SOUNDS = ("a", "e", "i", "o", "sms")
"""How nouns begin that take `an`; `user` takes `a`, and `sms` is spelled out."""
_JOINERS = frozenset({"\u200c", "\u200d"})
"""Part of letters and emoji; they move nothing."""
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class StructuredText(str):
    """A text with typed parts. In JSON it is a string, and pydantic makes it again from that."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 campaign`, `61 agents`, `12,000 statuses`; give `plural` where adding an s is wrong."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def verb(number: int, singular: str, plural: str) -> str:
    """The form of a verb that agrees with a count: `verb(2, "is", "are")` is `are`."""
    return singular if number == 1 else plural


def with_article(noun: str) -> str:
    """`a status`, `an approval`, `an sms channel`."""
    return f"{'an' if noun.startswith(_VOWEL_SOUNDS) else 'a'} {noun}"


def joined(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def some(names: Iterable[str], limit: int = _NAMES_SHOWN) -> str:
    """`a, b and c`, or `a, b and 3 more` where there are more than `limit` and one."""
    return joined(_cut(list(names), limit))


def first_of(names: Iterable[str], limit: int | None, separator: str = ", ") -> str:
    """`a, b, c`, or `a, b and 3 more` where there are more than `limit` and one.

    Without a limit all are listed. A separator other than a comma is repeated before `and`.
    """
    listed = list(names)
    shown = _cut(listed, limit)
    if len(shown) == len(listed):
        return separator.join(shown)
    last = " and " if separator == ", " else f"{separator}and "
    return f"{separator.join(shown[:-1])}{last}{shown[-1]}"


def _cut(names: list[str], limit: int | None) -> list[str]:
    """The names, or the first of them and `N more`; N is never 1, since the name is as short."""
    if limit is None or len(names) <= limit + 1:
        return names
    return [*names[:limit], f"{len(names) - limit:,} more"]


def short_value(value: JsonValue) -> str:
    """A value in a sentence, cut at 60 characters; `nothing` for None, `empty` for no text."""
    text = "nothing" if value is None else _value_in_words(value)
    if len(text) <= _VALUE_CHARACTERS:
        return text
    return f"{text[: _VALUE_CHARACTERS - 1]}…"


def _value_in_words(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_value_in_words, value)) or "empty"
    if isinstance(value, dict):
        entries = (f"{name} {_value_in_words(entry)}" for name, entry in value.items())
        return ", ".join(entries) or "empty"
    return "nothing" if value is None else str(value) or "empty"


def visible(text: str) -> str:
    """The text on one line. What a terminal would act on is escaped: control characters, escape
    sequences, bidi overrides. Anybody who can write a file or a name can put them there."""
    if text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if character in _SHORT:
        return _SHORT[character]
    if unicodedata.category(character) not in _CATEGORIES:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def duration(seconds: int) -> str:
    """`38 hours`, `1 hour and 30 minutes`, `less than a minute`."""
    hours, minutes = divmod(seconds // 60, 60)
    parts = [counted(hours, "hour")] if hours else []
    if minutes:
        parts.append(counted(minutes, "minute"))
    return joined(parts) or "less than a minute"


def day_text(day: date) -> str:
    """`Thu 2026-12-03`, in every language setting."""
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def moment_text(moment: datetime, zone: str) -> str:
    """`Thu 2026-12-03 09:00, America/Montevideo`, the time there."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date())} {local:%H:%M}, {zone}"
