"""Values of fields as a person writes them: `yes`, `none`, names without quotes."""

from __future__ import annotations

import re

from pydantic import JsonValue

from reconciler.text import visible
from reconciler.views.style.table import cut

_NONE = "none"
_UNQUOTED = re.compile(r"[^\W\d][^\"'{}\[\],:#]*|[#+][\w-]+|•+|\d\d:\d\d.*|\d{4}-\d\d-\d\d")
_RESERVED = frozenset({"yes", "no", "none", "empty", "true", "false", "null"})
_LONG_CHARACTERS = 72


def inline(value: JsonValue) -> str:
    """The whole value on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return _NONE
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return ", ".join(inline(item) for item in value) or "empty"
    if isinstance(value, dict):
        inner = ", ".join(f"{visible(key)}: {inline(item)}" for key, item in value.items())
        return f"{{{inner}}}" if inner else "empty"
    return str(value)


def _text(text: str) -> str:
    shown = visible(text)
    if _UNQUOTED.fullmatch(shown) and shown == shown.strip() and shown.lower() not in _RESERVED:
        return shown
    return '"' + shown.replace('"', '\\"') + '"'


def short(value: JsonValue) -> str:
    """The value on one line, cut if it is long."""
    return cut(inline(value), _LONG_CHARACTERS)


def is_long(value: JsonValue) -> bool:
    """Whether the value reads better as several lines."""
    return isinstance(value, str) and ("\n" in value or len(value) > _LONG_CHARACTERS)
