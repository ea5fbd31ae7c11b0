"""What a holiday closes or opens on its next date. NOW is Tuesday 2026-11-24, 15:00 UTC."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from reconciler.live.platform import LiveResource
from reconciler.planning.change import Change
from reconciler.planning.effects.effects import DayEffect, HolidayEffect
from tests.planning.effects.test_effects import create, delete, edit, effects
from tests.planning.plan_worlds import campaign, live_resource

DAY = "holidays/Strike"
WEEK: JsonValue = {"thu": ["09:00-19:00"]}


def holiday(day: str, *, campaigns: JsonValue = "all", recurring: bool = False) -> LiveResource:
    return live_resource(DAY, date=day, campaigns=campaigns, recurring=recurring)


def only(live: list[LiveResource], *changes: Change) -> HolidayEffect:
    (found,) = effects(live, *changes).holidays
    return found


def shown(days: tuple[DayEffect, ...]) -> list[tuple[str, str, int]]:
    return [(day.campaign, day.day.isoformat(), day.seconds // 3600) for day in days]


def test_a_holiday_closes_the_campaigns_that_are_open_that_day() -> None:
    live = [*campaign("Sales", schedule=WEEK), *campaign("Line"), *campaign("Off", enabled=False)]
    found = only(live, create(holiday("2026-12-03")))

    assert shown(found.closes) == [("Line", "2026-12-03", 24), ("Sales", "2026-12-03", 10)]
    assert found.opens == ()


def test_only_the_rest_of_today_counts() -> None:
    assert shown(only(campaign("Line"), create(holiday("2026-11-24"))).closes) == [
        ("Line", "2026-11-24", 9)
    ]


@pytest.mark.parametrize(
    ("day", "date"), [("2020-12-25", "2026-12-25"), ("2020-02-29", "2028-02-29")]
)
def test_a_recurring_holiday_is_judged_on_its_next_date(day: str, date: str) -> None:
    found = only(campaign("Line"), create(holiday(day, recurring=True)))

    assert shown(found.closes) == [("Line", date, 24)]


def test_a_past_date_and_a_date_that_is_closed_anyway_have_no_effect() -> None:
    live = [*campaign("Sales", schedule=WEEK)]
    other = live_resource("holidays/Other", date="2026-12-03", campaigns="all")

    assert not effects(live, create(holiday("2026-11-19"))).holidays
    assert not effects(live, create(holiday("2026-12-04"))).holidays
    assert not effects([*live, other], create(holiday("2026-12-03"))).holidays
    gone = holiday("2026-12-03")
    assert not effects([*live, other, gone], delete(gone)).holidays


def test_a_holiday_that_moves_closes_one_day_and_opens_another() -> None:
    there = holiday("2026-12-03")
    found = only([*campaign("Line"), there], edit(there, date="2026-12-10"))

    assert shown(found.closes) == [("Line", "2026-12-10", 24)]
    assert shown(found.opens) == [("Line", "2026-12-03", 24)]


def test_a_holiday_that_is_narrowed_opens_the_others() -> None:
    there = holiday("2026-12-03")
    live = [*campaign("Line"), *campaign("Sales"), there]
    found = only(live, edit(there, campaigns=["Sales"]))

    assert (shown(found.closes), shown(found.opens)) == ([], [("Line", "2026-12-03", 24)])


def test_a_holiday_with_another_name_and_the_same_date_has_no_effect() -> None:
    there = holiday("2026-12-03")
    other = live_resource("holidays/Paro", date="2026-12-03", campaigns="all")

    assert not effects([*campaign("Line"), there], delete(there), create(other)).holidays


def test_campaigns_that_the_plan_creates_or_deletes_are_left_out() -> None:
    line, sales = campaign("Line"), campaign("Sales")
    changes = (create(holiday("2026-12-03")), delete(line[0]), create(sales[0]))

    assert not effects(line, *changes).holidays
