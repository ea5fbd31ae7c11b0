"""delete-in-use: what is deleted must not be referred to, used or worked in."""

from __future__ import annotations

from dataclasses import replace

from reconciler.guards.evaluate import evaluate
from reconciler.kinds.address import Address
from reconciler.live.platform import RecentUse
from reconciler.planning.change import ChangeKey
from reconciler.planning.plan import Consequence, LostReference
from tests.guards.guard_builders import (
    NOW,
    SETTINGS,
    again,
    approve,
    approved,
    create,
    delete,
    found,
    live,
    only,
    rename,
    replacing,
    review,
    update,
    usage,
)

CODE = "delete-in-use"
LUNCH = "statuses/Lunch"


def test_deleting_a_status_agents_are_in_is_blocked() -> None:
    finding = only(CODE, review(delete(LUNCH, used=usage(LUNCH, agents=61))))

    assert finding.blocks
    assert "61 agents are in it now" in str(finding.message)
    assert finding.evidence.counts == {"agents_now": 61}
    assert finding.evidence.headline == "agents_now"
    assert finding.approval == LUNCH


def test_one_agent_is_singular() -> None:
    assert "1 agent is in it now" in str(
        only(CODE, review(delete(LUNCH, used=usage(LUNCH, agents=1)))).message
    )


def test_what_nothing_uses_may_be_deleted() -> None:
    assert found(CODE, review(delete(LUNCH, used=usage(LUNCH)))) == []


def test_referrers_are_counted_by_what_they_are() -> None:
    used = usage(
        "quality_models/Courtesy", referrers=["campaigns/Sales", "campaigns/Support"], recent=7
    )
    finding = only(CODE, review(delete("quality_models/Courtesy", used=used)))

    assert "used by 2 campaigns and 7 recent interactions used it" in str(finding.message)
    assert finding.evidence.referrers == ("campaigns/Sales", "campaigns/Support")
    assert finding.evidence.headline == "recent_interactions"
    assert "change the resources that refer to it" in str(finding.safer)


def test_a_referrer_the_plan_repoints_does_not_count() -> None:
    used = usage("quality_models/Courtesy", referrers=["campaigns/Sales"])
    repointed = update(
        "campaigns/Sales", {"quality_models": ["Courtesy"]}, {"quality_models": ["Manners"]}
    )

    assert found(CODE, review(delete("quality_models/Courtesy", used=used), repointed)) == []


def test_a_referrer_the_plan_changes_elsewhere_still_counts() -> None:
    used = usage("quality_models/Courtesy", referrers=["campaigns/Sales"])
    changed = update(
        "campaigns/Sales",
        {"quality_models": ["Courtesy"], "enabled": False},
        {"quality_models": ["Courtesy"], "enabled": True},
    )

    finding = only(CODE, review(delete("quality_models/Courtesy", used=used), changed))

    assert finding.evidence.referrers == ("campaigns/Sales",)


def test_a_referrer_the_plan_deletes_does_not_count() -> None:
    used = usage("quality_models/Courtesy", referrers=["campaigns/Sales"])
    gone = delete("campaigns/Sales")

    assert found(CODE, review(delete("quality_models/Courtesy", used=used), gone)) == []


def test_a_nearer_one_the_plan_creates_takes_over_the_reference() -> None:
    used = usage("templates/Bye", referrers=["campaigns/Sales/channels/email"])
    nearer = create("campaigns/Sales/templates/Bye")

    assert found(CODE, review(delete("templates/Bye", used=used), nearer)) == []
    assert found(CODE, review(delete("templates/Bye", used=used)))


def test_a_nearer_one_counts_for_a_channel_that_changes_too() -> None:
    used = usage("templates/Bye", referrers=["campaigns/Sales/channels/email"])
    channel = update(
        "campaigns/Sales/channels/email",
        {"signature": "Bye"},
        {"signature": "Bye", "max_queue": 5},
    )
    nearer = create("campaigns/Sales/templates/Bye")

    assert found(CODE, review(delete("templates/Bye", used=used), channel, nearer)) == []


def test_usage_that_could_not_be_read_is_not_taken_for_none() -> None:
    finding = only(CODE, review(delete(LUNCH)))

    assert finding.blocks
    assert "could not be read" in str(finding.message)


def test_a_resource_that_no_longer_exists_needs_no_usage() -> None:
    assert found(CODE, review(delete(LUNCH), on=[])) == []


def test_usage_of_a_level_below_a_renamed_one_is_asked_by_its_old_name() -> None:
    changes = (rename("dispositions/Sale", "dispositions/Sold"), delete("dispositions/Sold/Done"))

    assert found(CODE, review(*changes, on=[live("dispositions/Sale/Done")]))


def test_a_cascaded_level_in_use_is_reported() -> None:
    below = delete(
        "dispositions/Sale/Done", used=usage("dispositions/Sale/Done", recent=3), cascaded=True
    )

    finding = only(CODE, review(delete("dispositions/Sale", used=usage("x")), below))

    assert finding.address == "dispositions/Sale/Done"
    assert "`enabled: false`" in str(finding.safer)


def test_in_a_deleted_campaign_only_agents_in_its_statuses_are_reported() -> None:
    sales, coaching = "campaigns/Sales", "campaigns/Sales/statuses/Coaching"
    template = "campaigns/Sales/templates/Bye"
    finding = only(
        CODE,
        review(
            delete(sales, used=usage(sales, total=9)),
            delete(coaching, used=usage(coaching, agents=2, recent=5), cascaded=True),
            delete(template, cascaded=True),
        ),
    )

    assert finding.address == coaching
    assert finding.evidence.counts == {"agents_now": 2}


def test_the_delete_of_a_replace_is_left_to_that_guard() -> None:
    used = usage(LUNCH, agents=3)

    assert found(CODE, review(*replacing(LUNCH, "statuses/Meal", used=used))) == []


def test_recent_use_counts_within_the_days_that_are_set() -> None:
    old = RecentUse("Sales", 5, "2026-11-01T10:00:00Z")
    new = RecentUse("Support", 2, NOW.isoformat())
    used = usage("dispositions/Done", recent=7, recent_by=(old, new))

    finding = only(
        CODE,
        review(
            delete("dispositions/Done", used=used),
            settings={**SETTINGS, "delete-in-use.recent_days": 7},
        ),
    )

    assert finding.evidence.counts == {"recent_interactions": 2}


def test_an_approval_at_3_agents_blocks_again_at_61() -> None:
    planned = approved(review(delete(LUNCH, used=usage(LUNCH, agents=3))), approve(CODE, LUNCH))
    assert not [finding for finding in planned.findings if finding.code == CODE and finding.blocks]

    finding = again(review(delete(LUNCH, used=usage(LUNCH, agents=61))), planned, CODE)

    assert finding.blocks
    assert "agents now: approved at 3, now 61" in str(finding.message)


def test_an_approval_that_counts_up_to_61_holds_at_61() -> None:
    planned = approved(
        review(delete(LUNCH, used=usage(LUNCH, agents=3))), approve(CODE, LUNCH, up_to=61)
    )

    assert not again(review(delete(LUNCH, used=usage(LUNCH, agents=61))), planned, CODE).blocks
    assert again(review(delete(LUNCH, used=usage(LUNCH, agents=62))), planned, CODE).blocks


def test_a_new_referrer_blocks_again() -> None:
    address = "quality_models/Courtesy"
    planned = approved(
        review(delete(address, used=usage(address, referrers=["campaigns/Sales"]))),
        approve(CODE, address),
    )
    more = usage(address, referrers=["campaigns/Sales", "campaigns/Support"])

    finding = again(review(delete(address, used=more)), planned, CODE)

    assert finding.blocks
    assert "1 new referrer since it was approved" in str(finding.message)


def test_what_was_approved_unread_blocks_once_it_is_read_and_used() -> None:
    one = review(delete(LUNCH))
    planned = approved(one, approve(CODE, LUNCH))
    assert not again(one, planned, CODE).blocks

    assert again(review(delete(LUNCH, used=usage(LUNCH, agents=1))), planned, CODE).blocks


def test_a_finding_nobody_approved_blocks_at_apply() -> None:
    one = review(delete(LUNCH, used=usage(LUNCH, agents=3)))
    findings, _ = evaluate(one, [])

    assert again(one, replace(one.plan, findings=findings), CODE).blocks


def test_a_referrer_from_the_plans_consequences_counts() -> None:
    address = "templates/Bye"
    mail = Address("campaigns/Sales/channels/email")
    lost = LostReference("Bye", Address(address), None, (ChangeKey(f"delete {address}"),))
    looked_at = review(delete(address, used=usage(address)))
    foretold = Consequence(mail, "Channel", "signature", "Bye", None, (lost,))
    plan = replace(looked_at.plan, consequences=(foretold,))
    finding = only(CODE, replace(looked_at, plan=plan))
    assert finding.evidence.referrers == (mail,)
    assert "used by 1 channel" in str(finding.message)


def test_a_referrer_of_an_unknown_kind_counts() -> None:
    used = usage(LUNCH, referrers=["automations/Night", "campaigns/Sales"])
    finding = only(CODE, review(delete(LUNCH, used=used)))

    assert finding.blocks
    assert "1 campaign and 1 other resource" in str(finding.message)
