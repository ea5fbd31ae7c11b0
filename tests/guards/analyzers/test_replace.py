"""replace: a rename that is a create and a delete."""

from __future__ import annotations

from tests.guards.guard_builders import delete, found, only, replacing, review, update, usage

CODE = "replace"
OLD, NEW = "quality_models/Courtesy", "quality_models/Manners"


def test_an_unmanaged_referrer_blocks() -> None:
    used = usage(OLD, referrers=["campaigns/Sales"])
    finding = only(CODE, review(*replacing(OLD, NEW, used=used)))

    assert finding.blocks
    assert finding.address == NEW
    assert "a quality model cannot be renamed" in str(finding.message)
    assert "'Courtesy' is still in use: used by 1 campaign" in str(finding.message)


def test_a_referrer_the_plan_repoints_does_not() -> None:
    used = usage(OLD, referrers=["campaigns/Sales"])
    repointed = update(
        "campaigns/Sales", {"quality_models": ["Courtesy"]}, {"quality_models": ["Manners"]}
    )

    assert only(CODE, review(*replacing(OLD, NEW, used=used), repointed)).severity == "warn"


def test_agents_in_the_old_one_block() -> None:
    used = usage("statuses/Lunch", agents=4)
    finding = only(CODE, review(*replacing("statuses/Lunch", "statuses/Meal", used=used)))

    assert finding.blocks
    assert finding.evidence.headline == "agents_now"


def test_recent_use_alone_warns() -> None:
    used = usage("templates/Bye", recent=12)

    assert not only(CODE, review(*replacing("templates/Bye", "templates/End", used=used))).blocks


def test_use_that_could_not_be_read_blocks() -> None:
    assert only(CODE, review(*replacing(OLD, NEW))).blocks


def test_a_plain_delete_is_not_a_replace() -> None:
    assert found(CODE, review(delete(OLD))) == []
