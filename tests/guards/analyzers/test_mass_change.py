"""mass-change: much at once, in one list or over all campaigns."""

from __future__ import annotations

import pytest

from tests.guards.guard_builders import (
    SETTINGS,
    again,
    approve,
    approved,
    delete,
    found,
    live,
    members,
    only,
    rename,
    replacing,
    review,
    update,
)

CODE = "mass-change"


def test_as_many_as_the_count_block_however_few_percent_they_are() -> None:
    on = [live(f"statuses/S{number}") for number in range(200)]
    one = review(*[delete(f"statuses/S{number}") for number in range(20)], on=on)
    finding = only(CODE, one)

    assert finding.blocks
    assert finding.address == "statuses"
    assert str(finding.message) == "20 of 200 entries here would go (10 %): 20 deleted"
    assert finding.evidence.counts == {"affected": 20, "deletes": 20}


def test_fewer_than_both_thresholds_pass() -> None:
    on = [live(f"statuses/S{number}") for number in range(200)]

    assert found(CODE, review(*[delete(f"statuses/S{n}") for n in range(19)], on=on)) == []


def test_a_large_share_of_a_small_list_blocks() -> None:
    on = [live(f"statuses/S{number}") for number in range(5)]

    assert only(CODE, review(*[delete(f"statuses/S{n}") for n in range(3)], on=on)).blocks


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_than_three_are_not_a_mass_change(count: int) -> None:
    on = [live(f"statuses/S{number}") for number in range(3)]

    assert found(CODE, review(*[delete(f"statuses/S{n}") for n in range(count)], on=on)) == []


def test_an_emptied_list_is_reported_once() -> None:
    one = review(*[delete(f"statuses/S{number}") for number in range(4)])

    assert only("empty-desired", one).blocks
    assert found(CODE, one) == []


def test_what_goes_with_one_resource_is_reported_once() -> None:
    below = [delete(f"dispositions/Sale/L{n}", cascaded=True, unowned=True) for n in range(30)]
    on = [live(f"dispositions/{name}") for name in ("Sale", "Refund")]
    on += [live(f"dispositions/Sale/L{n}") for n in range(30)]
    one = review(delete("dispositions/Sale"), *below, on=on)

    assert only("delete-cascade", one).blocks
    assert found(CODE, one) == []


def test_a_mass_change_beside_what_another_guard_reports_is_still_reported() -> None:
    below = [delete(f"dispositions/Sale/L{n}", cascaded=True, unowned=True) for n in range(30)]
    on = [live(f"dispositions/{name}") for name in ("Sale", "Refund", "Loan")]
    on += [live(f"dispositions/Sale/L{n}") for n in range(30)]
    one = review(delete("dispositions/Sale"), delete("dispositions/Refund"), *below, on=on)

    assert only(CODE, one).evidence.counts["affected"] == 32


def test_platform_defaults_do_not_count() -> None:
    on = [
        *[live(f"statuses/S{number}") for number in range(4)],
        *[live(f"statuses/{n}") for n in ("Break", "WrapUp")],
    ]
    finding = only(CODE, review(*[delete(f"statuses/S{n}") for n in range(3)], on=on))

    assert "3 of 4 entries here" in str(finding.message)


def test_one_from_each_of_many_campaigns_counts_together() -> None:
    on = [live(f"campaigns/C{c}/statuses/S{s}") for c in range(20) for s in range(10)]
    one = review(*[delete(f"campaigns/C{number}/statuses/S0") for number in range(20)], on=on)
    finding = only(CODE, one)

    assert finding.address == "campaigns/-/statuses"


def test_a_level_of_a_tree_is_a_list_of_its_own() -> None:
    on = [live(f"dispositions/Sale/L{number}") for number in range(4)]
    on += [live(f"dispositions/Other{number}") for number in range(50)]
    one = review(*[delete(f"dispositions/Sale/L{n}") for n in range(3)], on=on)

    assert only(CODE, one).address == "dispositions/Sale"


def test_a_renamed_level_is_compared_with_its_live_entries() -> None:
    on = [live("dispositions/Sale"), *[live(f"dispositions/Sale/L{n}") for n in range(40)]]
    one = review(
        rename("dispositions/Sale", "dispositions/Sold"),
        *[delete(f"dispositions/Sold/L{n}") for n in range(3)],
        on=on,
    )

    assert found(CODE, one) == []


def test_cascaded_levels_count_in_the_whole_tree() -> None:
    below = [delete(f"dispositions/Sale/L{n}", cascaded=True) for n in range(30)]
    on = [live(f"dispositions/{name}") for name in ("Sale", "Refund")]
    on += [live(f"dispositions/Sale/L{n}") for n in range(30)]
    finding = only(CODE, review(delete("dispositions/Sale"), *below, on=on))

    assert finding.address == "dispositions"
    assert finding.evidence.counts["affected"] == 31


def test_what_goes_with_a_campaign_does_not_count() -> None:
    below = [delete(f"campaigns/A/statuses/S{n}", cascaded=True) for n in range(30)]
    on = [live(f"campaigns/{name}") for name in "ABCDE"]

    assert found(CODE, review(delete("campaigns/A"), *below, on=on)) == []


def test_members_count_within_their_list() -> None:
    where = "campaigns/Sales/members"
    users = [f"u{number}" for number in range(10)]
    finding = only(CODE, review(update(where, members(*users), members(*users[:6]))))

    assert finding.address == where
    assert finding.blocks
    assert "4 of 10 entries here would go (40 %): 4 removed" in str(finding.message)


def test_disabling_channels_counts_against_those_that_are_enabled() -> None:
    where = "campaigns/Sales/channels"
    types = ("webchat", "instagram", "messenger")
    changes = [update(f"{where}/{one}", {"enabled": True}, {}) for one in types]
    on = [live(f"{where}/{one}", enabled=True) for one in types]
    on.append(live(f"{where}/email"))
    finding = only(CODE, review(*changes, on=on))

    assert "3 of 3 entries here would go (100 %): 3 disabled" in str(finding.message)


def test_a_replace_counts_once() -> None:
    pairs = [change for n in range(3) for change in replacing(f"statuses/S{n}", f"statuses/T{n}")]
    on = [live(f"statuses/S{n}") for n in range(4)]
    finding = only(CODE, review(*pairs, on=on))

    assert finding.evidence.counts == {"affected": 3, "replaces": 3}


def test_the_thresholds_are_those_of_the_plan() -> None:
    on = [live(f"statuses/S{number}") for number in range(200)]
    lax = {**SETTINGS, "mass-change.count": 21}

    assert (
        found(CODE, review(*[delete(f"statuses/S{n}") for n in range(20)], on=on, settings=lax))
        == []
    )


def test_an_approval_names_the_collection() -> None:
    on = [live(f"statuses/S{number}") for number in range(4)]
    one = review(*[delete(f"statuses/S{n}") for n in range(3)], on=on)
    planned = approved(one, approve(CODE, "statuses"))

    assert not again(one, planned, CODE).blocks
