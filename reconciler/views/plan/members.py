"""A member list's change as moves: who comes, who goes, who stands somewhere else in the turn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.views.style.colour import Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import ADDED, REMOVED
from reconciler.views.style.values import inline

_Member = dict[str, JsonValue]


def member_lines(before: Fields | None, after: Fields | None, *, paint: Paint) -> list[str]:
    """Leavers, newcomers and moves. What else changes about a member is a field like any other."""
    old, new = _listed(before), _listed(after)
    were = {identity(str(one["user"])): place for place, one in enumerate(old, start=1)}
    will = {identity(str(one["user"])): place for place, one in enumerate(new, start=1)}
    lines = [
        paint.bad(f"{REMOVED} {_name(one)}")
        for one in old
        if identity(str(one["user"])) not in will
    ]
    for place, one in enumerate(new, start=1):
        if identity(str(one["user"])) not in were:
            where = f" at {place}" if place < len(new) else ""
            lines.append(paint.good(f"{ADDED} {_name(one)}{_about(one)}{where}"))
    kept = [key for key in will if key in were]
    still = _longest_rising([were[key] for key in kept])
    for key, one in zip(will, new, strict=True):
        if key in were and were[key] not in still:
            lines.append(paint.caution(f"{_name(one)} moves from {were[key]} to {will[key]}"))
    return lines


def is_member_path(path: str) -> bool:
    """Whether a difference's path is one that the moves already say."""
    return path in ("members", "members.order") or (
        path.startswith("members[") and path.endswith("]")
    )


def _listed(fields: Fields | None) -> list[_Member]:
    members = fields.get("members") if fields else None
    if not isinstance(members, list):
        return []
    return [one for one in members if isinstance(one, dict) and "user" in one]


def _name(member: _Member) -> str:
    return visible(str(member["user"]))


def _about(member: _Member) -> str:
    said = list(_unusual(member))
    return f" ({', '.join(said)})" if said else ""


def _unusual(member: _Member) -> Iterator[str]:
    if member.get("penalty"):
        yield f"penalty {member['penalty']}"
    channels = member.get("channels")
    for name, rights in channels.items() if isinstance(channels, dict) else ():
        if isinstance(rights, dict):
            refused = [right for right, given in rights.items() if given is False]
            if refused:
                yield f"{visible(name)}: does not {' or '.join(visible(one) for one in refused)}"
            else:
                yield f"{visible(name)}: {inline(rights)}" if not rights else f"{visible(name)}"


def _longest_rising(places: Sequence[int]) -> frozenset[int]:
    """The longest rising subsequence: who keeps the turn while the others move around them."""
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
