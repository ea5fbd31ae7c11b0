"""Lists of names whose order means nothing, in the one order they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.values.customers import Number
from reconciler.kinds.values.names import Name


def sorted_set(names: list[str]) -> list[str]:
    """Sorted, and refused (ValueError) when one stands twice, by case too."""
    seen: set[str] = set()
    for name in names:
        if identity(name) in seen:
            raise ValueError(f"'{name}' stands twice")
        seen.add(identity(name))
    return sorted(names, key=identity)


def names_in(value: JsonValue | None) -> Iterator[str]:
    """The strings of a list, and nothing for anything else."""
    if isinstance(value, list):
        yield from (name for name in value if isinstance(name, str))


def without_name(value: JsonValue, name: str) -> JsonValue:
    """What the platform leaves of a field that refers to `name` once nothing has that name: the
    list without it, or null."""
    if not isinstance(value, list):
        return None
    return [one for one in value if not isinstance(one, str) or identity(one) != identity(name)]


NameSet = Annotated[list[Name], AfterValidator(sorted_set)]
NumberSet = Annotated[list[Number], AfterValidator(sorted_set)]
