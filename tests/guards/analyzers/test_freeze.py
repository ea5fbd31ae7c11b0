"""freeze: inside a window nothing begins, and what has begun goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from reconciler.guards.context import Review
from reconciler.guards.evaluate import evaluate
from reconciler.kinds.values.schedule import Schedule
from reconciler.manifests.freeze import DatedWindow, Freeze
from reconciler.manifests.settings import Environment
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.planfile.safeguards import safeguards_of
from tests.guards.guard_builders import again, approve, approved, create, found, only, plan
from tests.guards.guard_builders import review as usual_review

CODE = "freeze"
ZONE = "America/Montevideo"
FREEZE = Freeze(
    ZONE,
    Schedule.parse({"fri": ["18:00-24:00"], "sat": ["00:00-24:00"]}),
    (DatedWindow.parse("2026-12-20", "2026-12-27", "Christmas season"),),
)
THURSDAY = datetime(2026, 11, 26, 12, 0, tzinfo=ZoneInfo(ZONE))
FRIDAY_NIGHT = datetime(2026, 11, 27, 22, 0, tzinfo=ZoneInfo(ZONE))
CHRISTMAS = datetime(2026, 12, 25, 12, 0, tzinfo=ZoneInfo(ZONE))


def planning(now: datetime, *changes: Change, freeze: Freeze | None = FREEZE) -> Review:
    one = usual_review(*(changes or (create("statuses/Lunch"),)), now=now)
    return replace(one, freezes=() if freeze is None else (freeze,))


def starting(now: datetime, *, freeze: Freeze | None = FREEZE) -> Review:
    return replace(planning(now, freeze=freeze), is_starting=True)


def test_an_apply_does_not_begin_inside_a_window() -> None:
    finding = only(CODE, starting(CHRISTMAS))
    assert finding.blocks
    assert finding.address == finding.approval == "prod"
    assert "Christmas season" in str(finding.message)
    assert "until Monday 28 December 2026, 00:00 America/Montevideo" in str(finding.message)


def test_outside_every_window_it_does() -> None:
    assert found(CODE, starting(THURSDAY)) == []


def test_an_environment_without_a_freeze_is_never_frozen() -> None:
    assert found(CODE, starting(CHRISTMAS, freeze=None)) == []


def test_a_plan_made_inside_a_window_may_wait_for_its_end() -> None:
    """It says when that is; it is not blocked, or it could never be applied after it."""
    made = planning(FRIDAY_NIGHT)
    finding = only(CODE, made)
    assert finding.severity == "warn"
    assert "until Sunday 29 November 2026, 00:00" in str(finding.message)
    findings, _ = evaluate(made, [])
    assert not replace(made.plan, findings=findings).refusals()


def test_an_approval_given_with_the_plan_lets_it_begin() -> None:
    planned = approved(planning(FRIDAY_NIGHT), approve(CODE, "prod"))
    later = starting(FRIDAY_NIGHT + timedelta(hours=1))
    assert not again(later, planned, CODE).blocks


def test_an_approval_is_for_one_window_and_not_for_the_next() -> None:
    planned = approved(planning(FRIDAY_NIGHT), approve(CODE, "prod"))
    finding = again(starting(CHRISTMAS), planned, CODE)
    assert finding.blocks
    assert "freeze from 2026-12-20" in str(finding.message)


def test_an_apply_inside_a_window_that_the_plan_was_made_before_is_blocked() -> None:
    planned = approved(planning(THURSDAY))
    assert again(starting(FRIDAY_NIGHT), planned, CODE).blocks


def test_a_plan_without_writes_is_not_frozen() -> None:
    tracked = Change(create("statuses/Lunch").address, "Status", Action.FORGET, Reason.RELEASED)
    assert plan(tracked).writes == ()
    assert found(CODE, replace(planning(CHRISTMAS, tracked), is_starting=True)) == []


def test_a_freeze_without_an_end_in_sight_says_so() -> None:
    finding = only(CODE, starting(CHRISTMAS, freeze=Freeze(ZONE, Schedule.parse("always"))))
    assert "for more than a year" in str(finding.message)
    assert "end the freeze" in str(finding.safer)


# ---- a freeze of the files and one that was last applied -----------------------------------------

LATER = Freeze(
    "Europe/Madrid",
    Schedule.parse("never"),
    (DatedWindow.parse("2026-12-27", "2026-12-30", "Stocktaking"),),
)


def both(now: datetime, *freezes: Freeze) -> Review:
    return replace(starting(now), freezes=freezes)


def test_it_is_open_again_when_no_freeze_is_left() -> None:
    finding = only(CODE, both(CHRISTMAS, FREEZE, LATER))
    assert "until Wednesday 30 December 2026, 20:00 America/Montevideo" in str(finding.message)
    assert "Christmas season" in str(finding.message)


def test_one_approval_covers_the_windows_of_both_and_no_third() -> None:
    in_both = datetime(2026, 12, 27, 12, 0, tzinfo=ZoneInfo(ZONE))
    planned = approved(
        replace(both(in_both, FREEZE, LATER), is_starting=False), approve(CODE, "prod")
    )
    assert not again(both(in_both, FREEZE, LATER), planned, CODE).blocks
    third = Freeze(ZONE, Schedule.parse({"sun": ["00:00-24:00"]}))
    assert again(both(in_both, FREEZE, LATER, third), planned, CODE).blocks


def test_a_freeze_that_only_one_of_them_ends_has_no_end() -> None:
    endless = Freeze(ZONE, Schedule.parse("always"))
    assert "for more than a year" in str(only(CODE, both(CHRISTMAS, FREEZE, endless)).message)


def test_a_plan_that_only_changes_the_freeze_is_frozen() -> None:
    tracked = Change(create("statuses/Lunch").address, "Status", Action.FORGET, Reason.RELEASED)
    one = replace(planning(CHRISTMAS, tracked), is_starting=True)
    recorded = safeguards_of(Environment("prod", "http://x", "acme-prod", freeze=FREEZE), Path())
    weakens = replace(one, ledger=replace(one.ledger, safeguards=(recorded,)))
    assert only(CODE, weakens).blocks
    keeps = replace(weakens, plan=replace(weakens.plan, safeguards=recorded))
    assert found(CODE, keeps) == []


def test_the_approval_that_covers_it_is_printed() -> None:
    for one in (planning(FRIDAY_NIGHT), starting(FRIDAY_NIGHT)):
        safer = str(only(CODE, one).safer)
        assert "--approve freeze:prod --reason" in safer
        assert '- {guard: freeze, address: "prod", reason: "…", by: "…"' in safer
