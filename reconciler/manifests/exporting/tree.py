"""The levels of a tree as entries inside entries, and lists of which only a part is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import JsonValue

from reconciler.kinds.address import Address, decode, identity
from reconciler.kinds.base import Fields


class _Addressed(Protocol):
    @property
    def address(self) -> Address: ...


T = TypeVar("T", bound=_Addressed)


@dataclass(slots=True)
class Level(Generic[T]):
    """One level; `resource` is None where it is only the way to what is below it."""

    name: str
    resource: T | None = None
    below: dict[str, Level[T]] = field(default_factory=dict)


def tree_levels(resources: Iterable[T], depth: int) -> list[Level[T]]:
    """The uppermost levels of a tree whose names begin after `depth` parts of each address."""
    root: Level[T] = Level("")
    for one in resources:
        level = root
        for segment in one.address.split("/")[depth:]:
            level = level.below.setdefault(identity(segment), Level(decode(segment)))
        level.resource = one
    return list(root.below.values())


def nested_levels(
    level: Level[T],
    key: str,
    entry: Callable[[Level[T]], Fields],
    is_whole: Callable[[Level[T]], bool],
) -> Fields:
    """A level as `entry` writes it, what is below it under `key`.

    Only the list of a level that `is_whole` is claimed to be complete.
    """
    result = entry(level)
    if level.below:
        below = level.below.values()
        inner: list[JsonValue] = [
            name_or_entry(nested_levels(one, key, entry, is_whole)) for one in below
        ]
        result[key] = inner if is_whole(level) else {"add": inner}
    return result


def name_or_entry(entry: Fields) -> JsonValue:
    """An entry that has nothing but its name as that name."""
    if len(entry) == 1:
        (only,) = entry.values()
        if isinstance(only, str):
            return only
    return entry
