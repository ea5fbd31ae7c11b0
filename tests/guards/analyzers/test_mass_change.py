"""mass-change: much at once, in one list or over all campaigns."""

from __future__ import annotations

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

    assert only(CODE, review(delete("statuses/S0"), delete("statuses/S1"), on=on)).blocks


def test_one_alone_warns() -> None:
    on = [live("statuses/S0"), live("statuses/S1")]

    assert only(CODE, review(delete("statuses/S0"), on=on)).severity == "warn"


def test_platform_defaults_do_not_count() -> None:
    on = [
        live("statuses/S0"),
        live("statuses/S1"),
        *[live(f"statuses/{n}") for n in ("Break", "WrapUp")],
    ]
    finding = only(CODE, review(delete("statuses/S0"), delete("statuses/S1"), on=on))

    assert "2 of 2 entries here" in str(finding.message)


def test_one_from_each_of_many_campaigns_counts_together() -> None:
    on = [live(f"campaigns/C{c}/statuses/S{s}") for c in range(20) for s in range(10)]
    one = review(*[delete(f"campaigns/C{number}/statuses/S0") for number in range(20)], on=on)
    finding = only(CODE, one)

    assert finding.address == "campaigns/-/statuses"


def test_a_level_of_a_tree_is_a_list_of_its_own() -> None:
    on = [live(f"dispositions/Sale/L{number}") for number in range(4)]
    on += [live(f"dispositions/Other{number}") for number in range(50)]
    one = review(delete("dispositions/Sale/L0"), delete("dispositions/Sale/L1"), on=on)

    assert only(CODE, one).address == "dispositions/Sale"


def test_a_renamed_level_is_compared_with_its_live_entries() -> None:
    on = [live("dispositions/Sale"), *[live(f"dispositions/Sale/L{n}") for n in range(40)]]
    one = review(
        rename("dispositions/Sale", "dispositions/Sold"),
        delete("dispositions/Sold/L0"),
        delete("dispositions/Sold/L1"),
        on=on,
    )

    assert found(CODE, one) == []


def test_cascaded_levels_count_in_the_whole_tree() -> None:
    below = [delete(f"dispositions/Sale/L{n}", cascaded=True) for n in range(30)]
    finding = only(CODE, review(delete("dispositions/Sale"), *below))

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
    changes = [
        update(f"{where}/{channel_type}", {"enabled": True}, {})
        for channel_type in ("webchat", "instagram")
    ]
    on = [
        live(f"{where}/{channel_type}", enabled=True)
        for channel_type in ("webchat", "instagram", "messenger")
    ]
    on.append(live(f"{where}/email"))
    finding = only(CODE, review(*changes, on=on))

    assert "2 of 3 entries here would go (66 %): 2 disabled" in str(finding.message)


def test_a_replace_counts_once() -> None:
    pairs = [change for n in range(2) for change in replacing(f"statuses/S{n}", f"statuses/T{n}")]
    on = [live(f"statuses/S{n}") for n in range(4)]
    finding = only(CODE, review(*pairs, on=on))

    assert finding.evidence.counts == {"affected": 2, "replaces": 2}


def test_the_thresholds_are_those_of_the_plan() -> None:
    on = [live(f"statuses/S{number}") for number in range(200)]
    lax = {**SETTINGS, "mass-change.count": 21}

    assert (
        found(CODE, review(*[delete(f"statuses/S{n}") for n in range(20)], on=on, settings=lax))
        == []
    )


def test_an_approval_names_the_collection() -> None:
    one = review(delete("statuses/S0"), delete("statuses/S1"))
    planned = approved(one, approve(CODE, "statuses"))

    assert not again(one, planned, CODE).blocks
