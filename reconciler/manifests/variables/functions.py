"""The operators, filters, tests and methods of expressions: a closed list.

Each works as in Jinja2. A function whose result can be larger than its input computes the size
first. What is not listed (`center`, `format`, `ljust`, `%` on text, …) does not exist.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reconciler.manifests.variables.limits import check_list_size, check_size
from reconciler.message import Message, Personal

Function: TypeAlias = Callable[..., object]
"""Takes the value first, then the arguments. Raises what Python raises: TypeError, ValueError."""

_LARGEST_INTEGER = 2**63 - 1
_LARGEST_EXPONENT = 63
_MOST_PLACES = 15
_LONGEST_NUMBER = 400
_MOST_TRIMMED = 100
_LONGEST_SHOWN = 40
_WORD_START = re.compile(r"([-\s({\[<]+)")


class Missing:
    """A variable or an item that does not exist. Only `default` and `is defined` accept it."""

    def __init__(self, why: Message, variable: str = "") -> None:
        self.why = why
        self.variable = variable


class MissingValueUsed(LookupError):
    """A missing value was used; `variable` names it if it is a variable."""

    def __init__(self, missing: Missing) -> None:
        self.why = missing.why
        self.variable = missing.variable
        super().__init__(str(missing.why))


def present(value: object) -> Any:
    """The value. Raises MissingValueUsed for a missing one."""
    if isinstance(value, Missing):
        raise MissingValueUsed(value)
    return value


def item_or_missing(holder: object, key: object) -> object:
    """The item of a mapping, list or text; Missing without one."""
    if isinstance(present(holder), dict | list | tuple | str):
        try:
            return holder[key]  # type: ignore[index]
        except (LookupError, TypeError):
            pass
    return Missing(Message.of("it has no '{key}'", key=Personal(str(key)[:_LONGEST_SHOWN])))


def text_of(value: object) -> str:
    """The value as text."""
    return value if isinstance(value, str) else str(value)


def concatenated(*values: object) -> str:
    """The values as one text, as `~` joins them."""
    texts = [text_of(value) for value in values]
    check_size(sum(map(len, texts)))
    return "".join(texts)


# Numbers


def _number(value: Any) -> Any:
    """The result, if it is storable or not a number."""
    too_large = isinstance(value, int) and abs(value) > _LARGEST_INTEGER
    if too_large or isinstance(value, complex):
        raise ArithmeticError("the number cannot be stored")
    return value


def _times(left: Any, right: Any) -> Any:
    for sequence, count in ((left, right), (right, left)):
        if isinstance(sequence, str):
            check_size(len(sequence) * max(count, 0))
        elif isinstance(sequence, list | tuple):
            check_list_size(len(sequence) * max(count, 0))
    return _number(left * right)


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise TypeError("`%` is for numbers; join texts with `~`")
    return _number(left % right)


def _power(base: Any, exponent: Any) -> Any:
    both = isinstance(base, int) and isinstance(exponent, int)
    if both and abs(base) > 1 and exponent > _LARGEST_EXPONENT:
        raise ArithmeticError("the number cannot be stored")
    return _number(base**exponent)


def _rounded(value: Any, precision: int = 0, method: str = "common") -> object:
    if abs(precision) > _MOST_PLACES:
        raise ValueError(f"`round` takes at most {_MOST_PLACES} places")
    if method == "common":
        return round(value, precision)
    if method not in ("ceil", "floor"):
        raise ValueError("`round` takes common, ceil or floor")
    factor = 10.0**precision
    return float((math.ceil if method == "ceil" else math.floor)(value * factor) / factor)


def _integer(value: Any, default: Any = 0, base: int = 10) -> Any:
    try:
        return _number(int(_short(value), base) if isinstance(value, str) else int(value))
    except (TypeError, ValueError):
        try:
            return _number(int(float(_short(value))))
        except (TypeError, ValueError, OverflowError):
            return default


def _float(value: Any, default: Any = 0.0) -> Any:
    try:
        return float(_short(value))
    except (TypeError, ValueError):
        return default


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        raise ValueError("too long for a number")
    return value


# Texts


def _replaced(value: object, old: object, new: object, count: int | None = None) -> str:
    text, before, after = text_of(value), text_of(old), text_of(new)
    found = text.count(before)
    if count is not None and count >= 0:
        found = min(count, found)
    check_size(len(text) + found * (len(after) - len(before)))
    return text.replace(before, after, found)


def _joined(items: Any, separator: Any = "") -> str:
    texts, between = [text_of(item) for item in items], text_of(separator)
    check_size(sum(map(len, texts)) + len(between) * max(len(texts) - 1, 0))
    return between.join(texts)


def _trimmed(text: Any, characters: str | None = None) -> str:
    if characters is not None and len(characters) > _MOST_TRIMMED:
        raise ValueError(f"`trim` takes at most {_MOST_TRIMMED} characters")
    return text_of(text).strip(characters)


def _titled(text: Any) -> str:
    parts = _WORD_START.split(text_of(text))
    return "".join(part[0].upper() + part[1:].lower() for part in parts if part)


# Lists


def _first(items: Any) -> object:
    return next(iter(items), Missing(Message.of("the list has no first item")))


def _last(items: Any) -> object:
    return next(reversed(items), Missing(Message.of("the list has no last item")))


def _reversed(items: Any) -> object:
    return items[::-1] if isinstance(items, str) else list(reversed(items))


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _sorted(items: Any, reverse: bool = False, case_sensitive: bool = False) -> list[Any]:
    return sorted(items, key=None if case_sensitive else _folded, reverse=reverse)


def _unique(items: Any, case_sensitive: bool = False) -> list[Any]:
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(item if case_sensitive else _folded(item), item)
    return list(found.values())


def _smallest(items: Any, case_sensitive: bool = False) -> object:
    nothing = Missing(Message.of("the list has no smallest item"))
    return min(items, key=None if case_sensitive else _folded, default=nothing)


def _largest(items: Any, case_sensitive: bool = False) -> object:
    nothing = Missing(Message.of("the list has no largest item"))
    return max(items, key=None if case_sensitive else _folded, default=nothing)


def _default(value: Any, otherwise: Any = "", boolean: bool = False) -> object:
    is_given = not isinstance(value, Missing) and (value or not boolean)
    return value if is_given else otherwise


def _is_a(*types: type) -> Function:
    return lambda value: isinstance(value, types)


OPERATORS: Mapping[str, Function] = {
    "Add": lambda left, right: _number(left + right),
    "Sub": lambda left, right: _number(left - right),
    "Mul": _times,
    "Div": operator.truediv,
    "FloorDiv": lambda left, right: _number(left // right),
    "Mod": _modulo,
    "Pow": _power,
    "Neg": operator.neg,
    "Pos": operator.pos,
}

COMPARISONS: Mapping[str, Function] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}

FILTERS: Mapping[str, Function] = {
    "abs": abs,
    "capitalize": lambda text: text_of(text).capitalize(),
    "count": len,
    "d": _default,
    "default": _default,
    "first": _first,
    "float": _float,
    "int": _integer,
    "join": _joined,
    "last": _last,
    "length": len,
    "list": list,
    "lower": lambda text: text_of(text).lower(),
    "max": _largest,
    "min": _smallest,
    "replace": _replaced,
    "reverse": _reversed,
    "round": _rounded,
    "sort": _sorted,
    "string": text_of,
    "sum": lambda items: _number(sum(items)),
    "title": _titled,
    "trim": _trimmed,
    "unique": _unique,
    "upper": lambda text: text_of(text).upper(),
}

TESTS: Mapping[str, Function] = {
    "boolean": _is_a(bool),
    "defined": lambda value: not isinstance(value, Missing),
    "divisibleby": lambda value, by: value % by == 0,
    "even": lambda value: value % 2 == 0,
    "false": lambda value: value is False,
    "float": _is_a(float),
    "in": lambda value, items: value in items,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "mapping": _is_a(dict),
    "none": lambda value: value is None,
    "number": _is_a(int, float),
    "odd": lambda value: value % 2 == 1,
    "sequence": _is_a(str, list, tuple, dict),
    "string": _is_a(str),
    "true": lambda value: value is True,
    "undefined": lambda value: isinstance(value, Missing),
}

TAKE_MISSING = frozenset({FILTERS["default"], TESTS["defined"], TESTS["undefined"]})

METHODS: Mapping[type, Mapping[str, Function]] = {
    str: {
        "capitalize": lambda text: text.capitalize(),
        "endswith": lambda text, end: text.endswith(end),
        "join": lambda separator, items: _joined(items, separator),
        "lower": lambda text: text.lower(),
        "removeprefix": lambda text, prefix: text.removeprefix(prefix),
        "removesuffix": lambda text, suffix: text.removesuffix(suffix),
        "replace": _replaced,
        "split": lambda text, separator=None: text.split(separator),
        "startswith": lambda text, start: text.startswith(start),
        "strip": _trimmed,
        "title": lambda text: text.title(),
        "upper": lambda text: text.upper(),
    },
    dict: {
        "get": lambda mapping, key, otherwise=None: mapping.get(key, otherwise),
        "items": lambda mapping: list(mapping.items()),
        "keys": list,
        "values": lambda mapping: list(mapping.values()),
    },
}
