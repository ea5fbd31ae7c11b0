"""A member list's change: members added, removed and moved."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.text import visible
from reconciler.views.style.colour import ADDED, REMOVED, Paint

_Member = dict[str, JsonValue]


def member_lines(before: Fields | None, after: Fields | None, *, paint: Paint) -> list[str]:
    """Removed, added and moved members. Changed fields of a member are not part of it."""
    old, new = _members(before), _members(after)
    old_places = {_key(member): place for place, member in enumerate(old, start=1)}
    new_places = {_key(member): place for place, member in enumerate(new, start=1)}
    lines = [
        paint.bad(f"{REMOVED} {_name(member)}") for member in old if _key(member) not in new_places
    ]
    for place, member in enumerate(new, start=1):
        if _key(member) not in old_places:
            where = f" at {place}" if place < len(new) else ""
            lines.append(paint.good(f"{ADDED} {_name(member)}{_details(member)}{where}"))
    kept = [key for key in new_places if key in old_places]
    unmoved = _longest_rising([old_places[key] for key in kept])
    for key, member in zip(new_places, new, strict=True):
        if key in old_places and old_places[key] not in unmoved:
            move = f"moves from {old_places[key]} to {new_places[key]}"
            lines.append(paint.caution(f"{_name(member)} {move}"))
    return lines


def members_in_words(fields: Fields | None) -> list[str]:
    """The members in their order, with what is unusual about each."""
    return [f"{_name(member)}{_details(member)}" for member in _members(fields)]


def _members(fields: Fields | None) -> list[_Member]:
    members = fields.get("members") if fields else None
    if not isinstance(members, list):
        return []
    return [member for member in members if isinstance(member, dict) and "user" in member]


def _key(member: _Member) -> str:
    return identity(str(member["user"]))


def _name(member: _Member) -> str:
    return visible(str(member["user"]))


def _details(member: _Member) -> str:
    details = list(_unusual(member))
    return f" ({', '.join(details)})" if details else ""


def _unusual(member: _Member) -> Iterator[str]:
    if member.get("penalty"):
        yield f"penalty {member['penalty']}"
    channels = member.get("channels")
    for name, rights in channels.items() if isinstance(channels, dict) else ():
        if isinstance(rights, dict):
            refused = [visible(right) for right, given in rights.items() if given is False]
            yield f"{visible(name)}: does not {' or '.join(refused)}" if refused else visible(name)


def _longest_rising(places: Sequence[int]) -> frozenset[int]:
    """The longest rising subsequence: the members that keep their order while others move."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, place in enumerate(places):
        at = bisect_left(tails, place)
        previous.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(place)
            ends.append(index)
        else:
            tails[at], ends[at] = place, index
    found: list[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(places[index])
        index = previous[index]
    return frozenset(found)
