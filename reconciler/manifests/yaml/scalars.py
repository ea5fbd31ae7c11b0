"""The value of a plain YAML scalar, by the core schema of YAML 1.2.

`true`, `null`, `0o17` and `1.5e3` are values; `NO`, `10:30`, `1_000` and dates are text. Numbers
that cannot be stored (infinities, not-a-number, integers past 64 bits) stay text, marked
`Unstorable`, so that the reader can report their places.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_MAYBE_WORD = frozenset("~nNtTfF")
_MAYBE_NUMBER = frozenset("0123456789-+.")

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_LONGEST_INTEGER_DIGITS = 4000  # Python refuses to convert more


class Unstorable(str):
    """The text of a number that cannot be stored."""

    __slots__ = ()


class PlainScalars(dict[str, Scalar]):
    """The plain scalars of a file by their text, each resolved once.

    `unstorable` is True after a number that cannot be stored.
    """

    __slots__ = ("unstorable",)

    def __init__(self) -> None:
        super().__init__()
        self.unstorable = False

    def __missing__(self, text: str) -> Scalar:
        value: Scalar = text
        first = text[:1]
        if not first or first in _MAYBE_WORD:
            value = _WORDS.get(text, text)
        elif first in _MAYBE_NUMBER:
            value = number(text)
            if value.__class__ is Unstorable:
                self.unstorable = True
        self[text] = value
        return value


def number(text: str) -> int | float | str:
    """The number that `text` spells; else `text`."""
    value: int | float
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _OCTAL.fullmatch(text):
        return _integer(text[2:], 8, text)
    if _HEXADECIMAL.fullmatch(text):
        return _integer(text[2:], 16, text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        return value if isfinite(value) else Unstorable(text)
    return Unstorable(text) if _NOT_FINITE.fullmatch(text) else text


def _integer(digits: str, base: int, text: str = "") -> int | Unstorable:
    if len(digits) <= _LONGEST_INTEGER_DIGITS:
        value = int(digits, base)
        if _SMALLEST <= value <= _LARGEST:
            return value
    return Unstorable(text or digits)


class WrongTag(ValueError):
    """Raised for a text that does not match its tag."""


def tagged(tag: str, text: str) -> Scalar:
    """The value of `text` with a core-schema tag (`str`, `int`, …), given by its short name."""
    if tag == "str":
        return text
    value = _WORDS[text] if text in _WORDS else number(text)
    if isinstance(value, Unstorable):
        return value
    if tag == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value).__name__ != {"null": "NoneType"}.get(tag, tag):
        raise WrongTag(tag)
    return value
