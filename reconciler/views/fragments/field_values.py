"""The value of a field in the reader's words: a date with its weekday, `closed`, plain names."""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.kinds.registry import KINDS
from reconciler.views.style.colour import ADDED, REMOVED
from reconciler.views.style.values import inline
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import day

_HOURS = {"always": "always open", "never": "always closed"}


def field_value(kind: str, path: str, value: JsonValue, view: View) -> str:
    """A field's value on one line, masked; cut if it is long and not detailed."""
    words = _in_words(kind, path, value)
    return words or view.value(kind, value)


def old_and_new(kind: str, path: str, before: JsonValue, after: JsonValue, view: View) -> str:
    """`old → new`. For lists of names that overlap: only the added and removed names."""
    old, new = (_names(view.masker.value(kind, value)) for value in (before, after))
    removed = [f"{REMOVED} {inline(name)}" for name in old if name not in new]
    added = [f"{ADDED} {inline(name)}" for name in new if name not in old]
    kept = len(old) - len(removed)
    if not kept or not (removed or added):
        return " → ".join(field_value(kind, path, value, view) for value in (before, after))
    return f"{', '.join([*removed, *added])} ({kept:,} unchanged)"


def _in_words(kind: str, path: str, value: JsonValue) -> str:
    known = KINDS.named(kind)
    if known is None or not known.sets_opening_hours:
        return ""
    if path == "date" and isinstance(value, str):
        return day(value)
    if path == "schedule" and isinstance(value, str):
        return _HOURS.get(value, "")
    return "closed" if path.startswith("schedule.") and value == [] else ""


def _names(value: JsonValue) -> list[str]:
    items = value if isinstance(value, list) else []
    names = [item for item in items if isinstance(item, str)]
    return names if len(names) == len(items) else []
