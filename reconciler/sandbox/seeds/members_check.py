"""What the members of a seed must look like before anything is made of them.

What they mean is looked at when they are planted; here it is only whether they are there.
"""

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
"""The lists there are, and what each of their entries has as a text."""

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
    """What was given is no seed; the message says where."""


def check_members(seed: Mapping[str, object]) -> None:
    """Raises BadSeed for the first member that is not as it must be."""
    for name in ("platform", "profiles", "tokens"):
        _object(seed.get(name, {}), name)
    for name, rights in _object(seed.get("profiles", {}), "profiles").items():
        for section, granted in _object(rights, f"profiles.{name}").items():
            if not isinstance(granted, list):
                raise BadSeed(f"the seed's profiles.{name}.{section} is no list of rights")
    for name, needed in _NEEDED.items():
        entries = seed.get(name, [])
        if not isinstance(entries, list | tuple):
            raise BadSeed(f"the seed's {name} are no list")
        for position, entry in enumerate(entries):
            _check_entry(_object(entry, f"{name}[{position}]"), needed, f"{name}[{position}]")


def _object(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BadSeed(f"the seed's {place} is no object")
    return value


def _check_entry(entry: Mapping[str, object], needed: tuple[str, ...], place: str) -> None:
    for name in needed:
        if not isinstance(entry.get(name), str):
            raise BadSeed(f'the seed\'s {place} needs "{name}", a text')
    for name in _NUMBERS:
        if name in entry and not isinstance(entry[name], int | float):
            raise BadSeed(f"the seed's {place}.{name} is no number")
