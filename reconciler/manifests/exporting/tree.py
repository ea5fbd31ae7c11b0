"""Nests the levels of a tree as entries, with lists that may be partial."""

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
    """One level; `resource` is None if it only leads to levels below it."""

    name: str
    resource: T | None = None
    below: dict[str, Level[T]] = field(default_factory=dict)


def tree_levels(resources: Iterable[T], depth: int) -> list[Level[T]]:
    """The top levels of a tree; their names begin after `depth` parts of each address."""
    root: Level[T] = Level("")
    for resource in resources:
        level = root
        for segment in resource.address.split("/")[depth:]:
            level = level.below.setdefault(identity(segment), Level(decode(segment)))
        level.resource = resource
    return list(root.below.values())


def nested_levels(
    level: Level[T],
    key: str,
    entry: Callable[[Level[T]], Fields],
    is_whole: Callable[[Level[T]], bool],
) -> Fields:
    """A level written by `entry`, with the levels below it under `key`.

    Only lists of levels that are `is_whole` are complete.
    """
    result = entry(level)
    if level.below:
        below = level.below.values()
        inner: list[JsonValue] = [
            name_or_entry(nested_levels(inner_level, key, entry, is_whole)) for inner_level in below
        ]
        result[key] = inner if is_whole(level) else {"add": inner}
    return result


def name_or_entry(entry: Fields) -> JsonValue:
    """The name alone, if the entry has nothing else; else the entry."""
    if len(entry) == 1:
        (only,) = entry.values()
        if isinstance(only, str):
            return only
    return entry
