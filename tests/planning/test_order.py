"""The order of a plan: what waits for what, and what cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.errors import ManifestError
from reconciler.kinds.base import Fields
from reconciler.manifests.source import Source
from tests.planning.plan_worlds import (
    campaign,
    carried_out,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)


def test_a_freed_number_is_taken_after_it_is_freed() -> None:
    number = "+59829001234"
    base = {"enabled": True, "connector": "phone"}
    live = snapshot(
        [
            *campaign("B"),
            *[one for one in campaign("A") if not one.address.endswith("telephony")],
            live_resource("campaigns/A/channels/telephony", numbers=[number], **base),  # type: ignore[arg-type]
        ]
    )
    want = desired(
        wanted("campaigns/B/channels/telephony", {"numbers": [number], **base}),
        wanted("campaigns/A/channels/telephony", {"numbers": []}),
    )
    made = planned(
        want, live, ledger(owned("campaigns/A/channels/telephony", {"numbers": [number]}))
    )
    assert [c.address for c in made.changes] == [
        "campaigns/A/channels/telephony",
        "campaigns/B/channels/telephony",
    ]


def test_changes_that_wait_for_each_other_are_an_error_at_the_first_of_them() -> None:
    ours, other = "campaigns/A/channels/telephony", "campaigns/B/channels/telephony"
    one, two = "+59829001234", "+59829005678"

    def channel(number: str) -> Fields:
        return {"enabled": True, "connector": "phone", "numbers": [number]}

    there = [*campaign("A"), *campaign("B")]
    there += [live_resource(ours, **channel(one)), live_resource(other, **channel(two))]
    want = desired(
        replace(wanted(ours, channel(two)), source=Source("b.yaml", 4)),
        replace(wanted(other, channel(one)), source=Source("a.yaml", 7, 3)),
    )
    with pytest.raises(ManifestError) as caught:
        planned(want, snapshot(there))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == ("a.yaml", 7, 3)
    assert "these changes depend on each other in a cycle: " in problem.message.unmasked()


def test_everything_of_a_new_campaign_waits_for_it() -> None:
    want = desired(
        wanted("campaigns/Sales/members", {"members": [{"user": "ana"}]}),
        wanted("campaigns/Sales/dispositions/Refund/Full"),
        wanted("campaigns/Sales/dispositions/Refund"),
        wanted("campaigns/Sales/channels/webchat", {"enabled": True}),
        wanted("campaigns/Sales"),
    )
    made = planned(want, snapshot([]))
    assert made.changes[0].key == "create campaigns/Sales"
    assert planned(want, *carried_out(made, snapshot([]), ledger())).is_empty


def test_a_plan_is_the_same_whatever_order_live_state_comes_in() -> None:
    ones = [live_resource(f"statuses/S{n}") for n in range(9)]
    books = ledger(*[owned(one.address) for one in ones])
    made = planned(desired(), snapshot(ones), books)
    again = planned(desired(), snapshot(reversed(ones)), books)
    assert made.content_digest == again.content_digest
