"""Which usage is fetched for a plan, and what becomes of it."""

from __future__ import annotations

from reconciler.guards.evaluate import evaluate
from reconciler.guards.usage import addresses_needing_usage, with_usage
from reconciler.kinds.base import Fields
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.digests import has_valid_digests
from reconciler.planning.effects.effects import Effects
from tests.guards.guard_builders import (
    NOW,
    create,
    delete,
    members,
    plan,
    rename,
    replacing,
    review,
    update,
    usage,
)

NO_EFFECTS = Effects(NOW, NOW)
_WIRED: Fields = {"enabled": True, "connector": "tel", "numbers": ["+59829001000"]}


def test_usage_is_needed_for_deletes_and_disables() -> None:
    one = plan(
        delete("statuses/Lunch"),
        delete("dispositions/Sale/Done", cascaded=True),
        update("campaigns/A", {}, {"enabled": False}),
        update("campaigns/B", {}, {"schedule": "never"}),
        update("campaigns/C", {}, {"time_zone": "Asia/Tokyo"}),
        update("campaigns/A/channels/webchat", {"enabled": True}, {}),
        update("campaigns/A/members", members("ana", "eva"), members("eva")),
        update("campaigns/B/channels/telephony", _WIRED, {**_WIRED, "numbers": []}),
        update("campaigns/C/channels/telephony", _WIRED, {**_WIRED, "connector": "other"}),
        *replacing("templates/Old", "templates/New"),
    )

    assert addresses_needing_usage(one, NO_EFFECTS) == (
        "statuses/Lunch",
        "dispositions/Sale/Done",
        "campaigns/A",
        "campaigns/B",
        "campaigns/C",
        "campaigns/A/channels/webchat",
        "campaigns/A/members",
        "campaigns/B/channels/telephony",
        "campaigns/C/channels/telephony",
        "templates/Old",
    )


def test_no_usage_is_needed_for_creates_and_plain_changes() -> None:
    forgotten = Change(delete("statuses/S").address, "Status", Action.FORGET, Reason.KEPT)
    one = plan(
        create("statuses/New"),
        update("statuses/Lunch", {}, {"icon": "soup"}),
        update("campaigns/A", {"enabled": False}, {}),
        update("campaigns/A/members", members("ana"), members("ana", "eva")),
        update("campaigns/A/channels/telephony", {**_WIRED, "numbers": []}, _WIRED),
        forgotten,
    )

    assert addresses_needing_usage(one, NO_EFFECTS) == ()
    assert with_usage(one, {}) is one


def test_in_a_deleted_campaign_only_statuses_need_usage() -> None:
    one = plan(
        delete("campaigns/A"),
        delete("campaigns/A/statuses/S", cascaded=True),
        delete("campaigns/A/contacts/ana@example.com", cascaded=True),
        delete("campaigns/A/members", cascaded=True, before=members("ana")),
    )

    assert addresses_needing_usage(one, NO_EFFECTS) == ("campaigns/A", "campaigns/A/statuses/S")


def test_usage_below_a_rename_is_asked_by_the_live_name() -> None:
    one = plan(
        rename("dispositions/Sale", "dispositions/Sold"),
        rename("dispositions/Sold/Bad", "dispositions/Sold/Poor"),
        delete("dispositions/Sold/Poor/One"),
    )
    assert addresses_needing_usage(one, NO_EFFECTS) == ("dispositions/Sale/Bad/One",)

    used = usage("dispositions/Sale/Bad/One", recent=4)
    carried = with_usage(one, {"dispositions/sale/bad/one": used})

    assert carried.changes[-1].usage == used


def test_usage_is_carried_by_both_halves_of_a_replace() -> None:
    used = usage("templates/Old", recent=1)
    carried = with_usage(
        plan(*replacing("templates/Old", "templates/New")), {"templates/old": used}
    )

    assert [change.usage for change in carried.changes] == [used, used]
    assert has_valid_digests(carried)


def test_old_usage_is_never_taken_for_todays() -> None:
    stale = plan(delete("statuses/Lunch", used=usage("statuses/Lunch")))

    carried = with_usage(stale, {})

    assert carried.changes[0].usage is None
    findings, _ = evaluate(review(*carried.changes), [])
    assert any("could not be read" in str(finding.message) for finding in findings)
