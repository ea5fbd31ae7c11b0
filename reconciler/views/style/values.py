"""Values as people read them: yes and no, names without quotes where nothing is lost by it."""

from __future__ import annotations

import re

from pydantic import JsonValue

from reconciler.views.style.escaping import visible

NONE = "none"
_PLAIN = re.compile(r"[^\W\d][^\"'{}\[\],:#]*|[#+][\w-]+|•+|\d\d:\d\d.*|\d{4}-\d\d-\d\d")
_WORDS = frozenset({"yes", "no", "none", "empty", "true", "false", "null"})
_LONG_CHARACTERS = 72


def inline(value: JsonValue) -> str:
    """A value on one line, whole."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return NONE
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return ", ".join(inline(one) for one in value) or "empty"
    if isinstance(value, dict):
        inner = ", ".join(f"{visible(name)}: {inline(one)}" for name, one in value.items())
        return f"{{{inner}}}" if inner else "empty"
    return str(value)


def _text(text: str) -> str:
    shown = visible(text)
    if _PLAIN.fullmatch(shown) and shown == shown.strip() and shown.lower() not in _WORDS:
        return shown
    return '"' + shown.replace('"', '\\"') + '"'


def short(value: JsonValue) -> str:
    """A value on one line, cut where it is long."""
    text = inline(value)
    return text if len(text) <= _LONG_CHARACTERS else f"{text[: _LONG_CHARACTERS - 1]}…"


def is_long(value: JsonValue) -> bool:
    """Whether it is better shown as lines than inside one."""
    return isinstance(value, str) and ("\n" in value or len(value) > _LONG_CHARACTERS)
