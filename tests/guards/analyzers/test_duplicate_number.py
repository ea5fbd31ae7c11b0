"""duplicate-number: a number serves one campaign a channel type."""

from __future__ import annotations

from tests.guards.guard_builders import create, delete, found, live, only, review, update

CODE = "duplicate-number"
ONE, TWO = "campaigns/A/channels/telephony", "campaigns/B/channels/telephony"
NUMBER = {"numbers": ["+59829001234"]}


def test_a_number_a_live_channel_has_is_blocked() -> None:
    finding = only(CODE, review(update(ONE, {}, NUMBER), on=[live(TWO, **NUMBER)]))

    assert finding.blocks
    assert finding.address == ONE
    assert finding.evidence.referrers == (TWO,)
    assert "+59829001234" in str(finding.message)


def test_a_number_two_channels_of_the_plan_take_is_blocked_at_both() -> None:
    one = review(update(ONE, {}, NUMBER), update(TWO, {}, NUMBER))

    assert [finding.address for finding in found(CODE, one)] == [ONE, TWO]


def test_a_number_that_the_other_channel_loses_passes() -> None:
    one = review(update(ONE, {}, NUMBER), update(TWO, NUMBER, {}))

    assert found(CODE, one) == []


def test_a_number_of_a_deleted_campaign_passes() -> None:
    gone = delete(TWO, cascaded=True)
    one = review(update(ONE, {}, NUMBER), delete("campaigns/B"), gone, on=[live(TWO, **NUMBER)])

    assert found(CODE, one) == []


def test_another_channel_type_may_have_it() -> None:
    on = [live("campaigns/B/channels/whatsapp", **NUMBER)]

    assert found(CODE, review(update(ONE, {}, NUMBER), on=on)) == []


def test_a_channel_that_keeps_its_number_passes() -> None:
    change = update(ONE, NUMBER, {**NUMBER, "record": True})

    assert found(CODE, review(change, create("statuses/S"))) == []
