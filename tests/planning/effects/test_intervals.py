"""Open intervals equal the answer of a calendar at every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.kinds.values.schedule import Calendar, Schedule
from reconciler.planning.effects.intervals import Span, Window, is_in, open_spans, without

_MINUTE = 60
_ZONES = ("Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "Europe/Madrid", "UTC")


@pytest.mark.parametrize("zone", _ZONES)
@pytest.mark.parametrize("day", ["2026-03-27", "2026-10-03", "2026-10-24", "2026-02-14"])
def test_intervals_equal_a_calendar_at_every_minute(zone: str, day: str) -> None:
    start = datetime.fromisoformat(day).replace(hour=7, minute=13, tzinfo=UTC)
    schedule = Schedule.parse(
        {"sat": ["00:00-01:30", "02:15-24:00"], "sun": ["00:00-02:30", "03:00-03:30"]}
    )
    calendar = Calendar(enabled=True, zone=zone, schedule=schedule)
    window = Window(int(start.timestamp()), int((start + timedelta(days=4)).timestamp()))
    spans = open_spans(schedule, zone, frozenset(), window)
    for second in range(window.start, window.end, _MINUTE):
        moment = datetime.fromtimestamp(second, UTC)
        assert is_in(second, spans) == calendar.open_at(moment), moment


def _spans(points: list[int]) -> tuple[Span, ...]:
    ordered = sorted(set(points))
    return tuple(zip(ordered[::2], ordered[1::2], strict=False))


_SPANS = st.lists(st.integers(0, 60), max_size=12).map(_spans)


@settings(max_examples=200)
@given(_SPANS, _SPANS)
def test_without_keeps_exactly_the_moments_that_are_in_no_removed_span(
    spans: tuple[Span, ...], removed: tuple[Span, ...]
) -> None:
    kept = without(spans, removed)
    assert all(start < end for start, end in kept)
    for moment in range(61):
        assert is_in(moment, kept) == (is_in(moment, spans) and not is_in(moment, removed))
