"""A plan killed at every point, with one step per batch, and resumed: the approved plan completes.

The guards check the rest of the plan again. They must find the same as in the whole plan, and
nothing that is due to its half-applied state.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.applying.batches import RequestLimits
from reconciler.applying.report import RunReport
from reconciler.manifests.desired import Desired
from reconciler.planning.change import Action
from tests.applying.applier_world import KEY, Applying, Killed, Points, World, report_text
from tests.applying.run_accounts import account, expected_ledger
from tests.planning.plan_worlds import complete, desired, wanted
from tests.torture.tally import tell

EVERY = 1 if os.environ.get("TORTURE") == "all" else 5
"""`make torture` kills at every point, `make test` at every fifth; the choice changes daily."""
DAY = {"date": "2098-12-25", "campaigns": "all"}
MORE = tuple(f"statuses/More {number}" for number in range(14))


@dataclass(frozen=True)
class Case:
    """An estate, its usage, and its planned change."""

    before: Desired
    after: Desired
    used: tuple[dict[str, Any], ...] = ()
    gone: tuple[str, ...] = ()


def two_names_replaced() -> Case:
    """Statuses that agents were in last week get other names: a create and a delete each."""
    stays = [wanted("campaigns/Sales"), *[wanted(item) for item in MORE]]
    return Case(
        desired(*stays, wanted("statuses/Lunch", {"icon": "x"}), wanted("statuses/Nap")),
        desired(
            *stays,
            wanted("statuses/Midday", {"icon": "x"}, renamed_from="Lunch"),
            wanted("statuses/Siesta", renamed_from="Nap"),
        ),
        used=({"status": "statuses/Lunch"}, {"status": "statuses/Nap"}),
        gone=("statuses/lunch", "statuses/nap"),
    )


def names_replaced_and_nothing_else_managed() -> Case:
    """The same where the last half of the plan asks for nothing that stays."""
    return Case(
        desired(wanted("statuses/Lunch"), wanted("statuses/Nap")),
        desired(
            wanted("statuses/Midday", renamed_from="Lunch"),
            wanted("statuses/Siesta", renamed_from="Nap"),
        ),
        gone=("statuses/lunch", "statuses/nap"),
    )


def an_update_and_then_a_delete() -> Case:
    """Nothing is left unchanged, and the delete comes last."""
    return Case(
        desired(wanted("statuses/Lunch", {"icon": "x"}), wanted("templates/Bye", TEMPLATE)),
        desired(wanted("statuses/Lunch", {"icon": "y"})),
        gone=("templates/bye",),
    )


def a_fifth_of_a_list_deleted() -> Case:
    """Too few for mass-change in the whole list, but enough in a partly deleted list."""
    stays = [wanted(item) for item in MORE]
    goes = [wanted(f"statuses/Go {number}") for number in range(5)]
    return Case(desired(*stays, *goes), desired(*stays), gone=("statuses/go 4",))


def most_of_a_list_deleted() -> Case:
    """Two stay, so that nothing is emptied; the last delete sees a list as long as the plan's."""
    stays = [wanted(item) for item in MORE[:2]]
    goes = [wanted(f"statuses/Go {number}") for number in range(3)]
    return Case(desired(*stays, *goes), desired(*stays), gone=("statuses/go 2",))


def a_holiday_replaced_and_a_campaign_closed() -> Case:
    """Both are in the calendars that say who would close now."""
    return Case(
        desired(
            wanted("campaigns/Sales"),
            wanted("campaigns/Other"),
            wanted("holidays/Christmas", DAY),
        ),
        desired(
            wanted("campaigns/Sales", {"enabled": False}),
            wanted("campaigns/Other", {"schedule": "never"}),
            wanted("holidays/Xmas", DAY, renamed_from="Christmas"),
        ),
        gone=("holidays/christmas",),
    )


def a_level_deleted_below_a_rename() -> Case:
    """What is looked at again has its new name by then, for the guards too."""
    stays = [wanted("campaigns/Sales"), *[wanted(item) for item in MORE]]
    return Case(
        desired(
            *stays,
            wanted("dispositions/Sale"),
            wanted("dispositions/Sale/Done"),
            wanted("dispositions/Sale/Old"),
            wanted("dispositions/Sale/Older"),
        ),
        desired(
            *stays,
            wanted("dispositions/Sales", renamed_from="Sale"),
            wanted("dispositions/Sales/Completed", {"text_code": "C"}, renamed_from="Done"),
            lists=[complete("dispositions/Sales")],
        ),
        used=({"disposition": "dispositions/Sale/Old"}, {"disposition": "dispositions/Sale/Older"}),
        gone=("dispositions/sales/old", "dispositions/sales/older", "dispositions/sale"),
    )


TEMPLATE = {"type": "text", "content": "Bye!"}
CASES = (
    two_names_replaced,
    names_replaced_and_nothing_else_managed,
    an_update_and_then_a_delete,
    a_fifth_of_a_list_deleted,
    most_of_a_list_deleted,
    a_holiday_replaced_and_a_campaign_closed,
    a_level_deleted_below_a_rename,
)


ONE_STEP = RequestLimits(steps=1, reads=1000, body_bytes=64 * 1024 * 1024)
"""One step per batch, so there is a point between any two steps."""


class Cutting:
    """A case with its plan on disk; every kill uses a copy."""

    def __init__(self, folder: Path, case: Case) -> None:
        self.folder, self.case = folder, case
        world = World(self._made("base"), data=folder / "base" / "data")
        world.applied(case.before)
        for use in case.used:
            world.edited("POST", "interactions", {"campaign": "Sales", **use})
        self.plan, self.owned = world.plan(case.after), world.owned()
        self.start = len(world.audit())
        world.close()
        self.points = self.cut(0).seen

    def _made(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def cut(self, number: int) -> Points:
        """Apply, kill at this point (from 1; 0 for no kill), resume, and check the result."""
        here = self.folder / str(number)
        shutil.copytree(self.folder / "base", here)
        world, points = World(here, data=here / "data"), Points(number)
        world.limits = ONE_STEP
        points.strike = points.kill
        try:
            report = Applying(world, "dead", points=points).apply(self.plan)
        except Killed:
            world.time.passed += 61
            report = self._gone_on(world, ended="after finish_run" in points.seen)
        self._look(world, report, f"cut {points.seen[-1]}: {report_text(report)}")
        world.close()
        shutil.rmtree(here)
        return points

    def _gone_on(self, world: World, *, ended: bool) -> RunReport:
        if not ended:
            return Applying(world).apply(self.plan)
        run = world.store.runs(KEY)[0]
        return RunReport(run, world.store.steps(run.id), self.plan)

    def _look(self, world: World, report: RunReport, cut: str) -> None:
        assert report.exit_code == 0, cut
        live = world.snapshot()
        assert live.resources.keys().isdisjoint(self.case.gone), cut
        assert account(self.plan, report.steps, world.audit()[self.start :], live).clean, cut
        assert world.owned() == expected_ledger(self.owned, self.plan, report.steps), cut
        assert world.plan(self.case.after).is_empty, cut


@pytest.mark.parametrize("made", CASES)
def test_the_approved_plan_is_completed_after_a_kill_at_any_point(
    tmp_path: Path, made: Callable[[], Case]
) -> None:
    cutting = Cutting(tmp_path, made())
    assert any(change.action is Action.DELETE for change in cutting.plan.changes)
    today = datetime.now(UTC).toordinal() % EVERY
    struck = [n for n in range(1, len(cutting.points) + 1) if n % EVERY == today]
    for number in struck:
        assert cutting.cut(number).dead
    tell(kills=len(struck), scenarios=len(struck), struck=len(struck))
