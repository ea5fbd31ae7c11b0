"""Lists of names whose order has no meaning, kept sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.values.customers import Number
from reconciler.kinds.values.names import Name
from reconciler.kinds.values.refusal import refusal
from reconciler.message import Message, Personal


def sorted_set(names: list[str]) -> list[str]:
    """The names sorted. Raises ValueError for duplicates, also in another case."""
    refuse_duplicates(names)
    return sorted(names, key=identity)


def refuse_duplicates(names: Iterable[str], noun: str = "") -> None:
    """Raise ValueError for a name that occurs twice; case makes no difference."""
    seen: set[str] = set()
    for name in names:
        if identity(name) in seen:
            message = Message.of("{noun}'{name}' occurs twice", noun=noun, name=Personal(name))
            raise refusal("duplicate", message, culprit=name)
        seen.add(identity(name))


def names_in(value: JsonValue | None) -> Iterator[str]:
    """The strings of a list; nothing for other values."""
    if isinstance(value, list):
        yield from (name for name in value if isinstance(name, str))


def without_name(value: JsonValue, name: str) -> JsonValue:
    """The field's value after the platform removes its reference to `name`: the list without it, or
    null."""
    if not isinstance(value, list):
        return None
    return [item for item in value if not isinstance(item, str) or identity(item) != identity(name)]


NameSet = Annotated[list[Name], AfterValidator(sorted_set)]
NumberSet = Annotated[list[Number], AfterValidator(sorted_set)]
