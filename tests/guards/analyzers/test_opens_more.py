"""opens-more: campaigns do not open unseen. NOW is a Monday, 15:00 UTC."""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.kinds.base import Fields
from tests.guards.guard_builders import create, delete, found, live, only, review, update

CODE = "opens-more"
DAY = "holidays/Christmas"
SALES = "campaigns/Sales"
CHRISTMAS: Fields = {"date": "2026-12-25", "campaigns": "all"}
WEEK: JsonValue = {"mon": ["09:00-19:00"]}


def test_a_holiday_that_goes_opens_its_campaigns() -> None:
    on = [live(DAY, **CHRISTMAS), live(SALES), live("campaigns/Night", schedule="never")]
    finding = only(CODE, review(delete(DAY, before=CHRISTMAS), on=on))

    assert (finding.severity, finding.address) == ("warn", DAY)
    assert str(finding.message) == (
        "without this holiday, Fri 2026-12-25 opens 1 campaign for 24 hours (Sales), with the "
        "people on duty"
    )
    assert finding.evidence.referrers == (SALES,)


def test_a_holiday_in_the_past_or_beside_another_one_opens_nothing() -> None:
    past: Fields = {**CHRISTMAS, "date": "2026-11-02"}
    on = [live(DAY, **CHRISTMAS), live("holidays/Xmas", **CHRISTMAS), live(SALES)]

    assert found(CODE, review(delete(DAY, before=CHRISTMAS), on=on)) == []
    on = [live(DAY, **past), live(SALES)]
    assert found(CODE, review(delete(DAY, before=past), on=on)) == []


def test_longer_hours_warn_and_a_new_campaign_does_not() -> None:
    longer = update(SALES, {"schedule": WEEK}, {"schedule": {"mon": ["08:00-19:00"]}})
    finding = only(CODE, review(longer))

    assert str(finding.message) == (
        "this campaign opens more than before: in 28 days it gains 4 hours "
        "(first Mon 2026-11-30 08:00, UTC)"
    )
    assert found(CODE, review(create(SALES))) == []
    assert found(CODE, review(update(SALES, {"enabled": False}, {}))) == []


def test_hours_that_are_also_lost_are_left_to_scope_widens() -> None:
    moved = update(SALES, {"schedule": WEEK}, {"schedule": {"tue": ["08:00-19:00"]}})

    assert found(CODE, review(moved)) == []
