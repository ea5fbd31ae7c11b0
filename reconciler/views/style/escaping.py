"""Escape what a terminal would act on: control characters, escape sequences, bidi overrides.

Names and texts come from files and from the platform, where any user with write access can put
such characters into them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import orjson

_JOINERS = frozenset({"\u200c", "\u200d"})
"""Part of letters and emoji; they move nothing."""
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JSON_UNSAFE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_JSON_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text on one line, with characters that have no glyph written as escapes."""
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


def json_bytes(document: Mapping[str, object]) -> bytes:
    """A document as indented UTF-8 JSON. Times are RFC 3339; unsafe characters are `\\uXXXX`."""
    text = orjson.dumps(document, option=_JSON_OPTIONS).decode()
    return _JSON_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
