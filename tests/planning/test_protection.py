"""Protection in a plan, with and without `protect` in git."""

from __future__ import annotations

import pytest

from reconciler.manifests.desired import Lifecycle
from reconciler.planning.change import Action
from tests.planning.plan_worlds import (
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)


@pytest.mark.parametrize(
    ("was", "says", "will", "protection"),
    [
        (True, None, True, ""),
        (False, None, False, ""),
        (True, False, False, "lifted"),
        (False, True, True, "begins"),
    ],
)
def test_only_git_lifts_protection(
    was: bool, says: bool | None, will: bool, protection: str
) -> None:
    made = planned(
        desired(wanted("statuses/Lunch", {"icon": "spoon"}, lifecycle=Lifecycle(protect=says))),
        snapshot([live_resource("statuses/Lunch", icon="fork")]),
        ledger(owned("statuses/Lunch", {"icon": "fork"}, protect=was)),
    )
    (change,) = made.changes
    assert change.tracking is not None
    assert change.tracking.protect is will
    assert change.protection == protection


def test_protection_that_git_omits_stays() -> None:
    made = planned(
        desired(wanted("statuses/Lunch", {"icon": "fork"})),
        snapshot([live_resource("statuses/Lunch", icon="fork")]),
        ledger(owned("statuses/Lunch", {"icon": "fork"}, protect=True)),
    )
    assert made.is_empty


def test_the_replacement_of_a_protected_resource_is_protected() -> None:
    made = planned(
        desired(wanted("statuses/Meal", renamed_from="Lunch")),
        snapshot([live_resource("statuses/Lunch")]),
        ledger(owned("statuses/Lunch", protect=True)),
    )
    one = next(change for change in made.changes if change.action is Action.REPLACE)
    assert one.tracking is not None
    assert one.tracking.protect


def test_forgetting_a_protected_resource_lifts_its_protection() -> None:
    books = ledger(owned("statuses/Lunch", protect=True, on_remove="keep"))
    (kept,) = planned(desired(), snapshot([live_resource("statuses/Lunch")]), books).changes
    (gone,) = planned(desired(), snapshot([]), books).changes
    assert (kept.protection, gone.protection) == ("lifted", "")
