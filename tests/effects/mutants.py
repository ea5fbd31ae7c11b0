"""Wrong predictions, each with one defect that a person could make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from reconciler.planning.effects import campaign_hours, customers, intervals, names, services

Mutant = Callable[[], Any]


@contextmanager
def without_clock_changes() -> Iterator[None]:
    """A zone keeps the offset that it has now."""

    def constant(zone: str, start: int, end: int) -> tuple[Any, ...]:
        first = real(zone, start, end)[0]
        return (replace(first, end=end),)

    real = intervals._offsets
    with mock.patch.object(intervals, "_offsets", constant):
        yield


@contextmanager
def holidays_once() -> Iterator[None]:
    """A recurring holiday closes only its first date."""

    def once(closure: Any, window: Any) -> frozenset[int]:
        return real(replace(closure, recurring=False), window)

    real = campaign_hours.days_of
    with mock.patch.object(campaign_hours, "days_of", once):
        yield


@contextmanager
def closed_a_minute_late() -> Iterator[None]:
    """Lost time begins one minute too late."""

    def late(spans: Any, removed: Any) -> Any:
        return tuple((start + 60, end) for start, end in real(spans, removed) if start + 60 < end)

    real = campaign_hours.without
    with mock.patch.object(campaign_hours, "without", late):
        yield


@contextmanager
def members_who_only_receive() -> Iterator[None]:
    """A member who may receive also counts as one who may create."""
    with mock.patch.dict(services._RIGHTS, {"outbound": "receive"}):
        yield


@contextmanager
def numbers_optional() -> Iterator[None]:
    """A line without numbers can be reached."""

    def obstacles(self: Any, channel: Any, direction: Any) -> Any:
        return tuple(r for r in self._obstacles(channel, direction) if r != "no-number")

    with mock.patch.object(services.Services, "obstacles", obstacles):
        yield


@contextmanager
def own_entries_ignored() -> Iterator[None]:
    """A campaign's own blacklist entry does not keep a customer blocked."""

    def entries(world: Any, found: Any) -> Any:
        return {key: replace(one, campaigns={}) for key, one in real(world, found).items()}

    real = customers._entries
    with mock.patch.object(customers, "_entries", entries):
        yield


@contextmanager
def levels_alone() -> Iterator[None]:
    """A disabled level does not disable the levels below it."""

    def alone(key: str) -> Iterator[str]:
        yield key

    with mock.patch.object(names, "_chain", alone):
        yield


@contextmanager
def no_shadows() -> Iterator[None]:
    """A name always means the resource of all campaigns."""
    with mock.patch.object(names, "_shadow", lambda *_: None):
        yield


MUTANTS: dict[Mutant, int] = {
    without_clock_changes: 19,
    holidays_once: 4,
    closed_a_minute_late: 1,
    members_who_only_receive: 8,
    numbers_optional: 8,
    own_entries_ignored: 4,
    levels_alone: 1,
    no_shadows: 4,
}
"""The mutants, each with a seed whose trial notices it."""
