"""Checks the JSON shape of a seed. The loader checks its content."""

from __future__ import annotations

from collections.abc import Mapping

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "users": ("name",),
    "connectors": ("name",),
    "forms": ("name",),
    "resources": ("address",),
    "interactions": ("campaign",),
    "agents": ("user", "status"),
    "audit": ("address", "by"),
}
"""The lists of a seed, and the string members that each entry needs."""

_NUMBERS = (
    "count",
    "newest_hours_ago",
    "oldest_hours_ago",
    "updated_hours_ago",
    "created_hours_ago",
    "since_minutes_ago",
    "hours_ago",
)


class BadSeed(ValueError):
    """A malformed seed; the message contains the position."""


def check_shape(seed: Mapping[str, object]) -> None:
    """Raise BadSeed for the first member with a wrong type."""
    for name in ("platform", "profiles", "tokens"):
        _object(seed.get(name, {}), name)
    for name, rights in _object(seed.get("profiles", {}), "profiles").items():
        for section, granted in _object(rights, f"profiles.{name}").items():
            if not isinstance(granted, list):
                raise BadSeed(f"the seed's profiles.{name}.{section} must be a list of rights")
    for name, needed in _NEEDED.items():
        entries = seed.get(name, [])
        if not isinstance(entries, list | tuple):
            raise BadSeed(f"the seed's {name} must be a list")
        for position, entry in enumerate(entries):
            _check_entry(_object(entry, f"{name}[{position}]"), needed, f"{name}[{position}]")


def _object(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BadSeed(f"the seed's {place} must be an object")
    return value


def _check_entry(entry: Mapping[str, object], needed: tuple[str, ...], place: str) -> None:
    for name in needed:
        if not isinstance(entry.get(name), str):
            raise BadSeed(f'the seed\'s {place} needs "{name}", a string')
    for name in _NUMBERS:
        if name in entry and not isinstance(entry[name], int | float):
            raise BadSeed(f"the seed's {place}.{name} must be a number")
