"""Which deletes let a customer be contacted again, for the first line and for the guard."""

from __future__ import annotations

from reconciler.manifests.desired import Desired
from reconciler.planning.effects.compute import effects_of
from reconciler.planning.effects.summary import with_effects
from tests.planning.plan_worlds import (
    NOW,
    campaign,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)

EVERYWHERE = "blacklist/+59829001234"
IN_SALES = "campaigns/Sales/blacklist/+59829001234"
SALES = wanted("campaigns/Sales")


def _unblocked(want: Desired, there: list[str], applied: list[str]) -> int:
    live = snapshot([*campaign("Sales"), *map(live_resource, there)])
    books = ledger(*map(owned, ["campaigns/Sales", *applied]))
    made = planned(want, live, books)
    return with_effects(made, effects_of(made.changes, live, now=NOW)).impact.unblocked


def test_a_customer_who_stays_blocked_everywhere_is_not_counted() -> None:
    both = [EVERYWHERE, IN_SALES]
    assert _unblocked(desired(SALES, wanted(EVERYWHERE)), both, both) == 0
    assert _unblocked(desired(SALES), both, [IN_SALES]) == 0
    assert _unblocked(desired(SALES, wanted(EVERYWHERE)), [IN_SALES], [IN_SALES]) == 0


def test_a_customer_whose_last_block_goes_is_counted_once() -> None:
    assert _unblocked(desired(SALES), [IN_SALES], [IN_SALES]) == 1
    both = [EVERYWHERE, IN_SALES]
    assert _unblocked(desired(SALES), both, both) == 1


def test_a_forgotten_entry_unblocks_nobody() -> None:
    assert _unblocked(desired(SALES), [IN_SALES], [EVERYWHERE, IN_SALES]) == 1


def test_a_deleted_campaigns_entries_are_not_counted() -> None:
    assert _unblocked(desired(), [IN_SALES], [IN_SALES]) == 0
