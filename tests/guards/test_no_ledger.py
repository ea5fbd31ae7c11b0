"""no-ledger: a fresh runner must not overwrite what it does not know."""

from __future__ import annotations

from guard_builders import NEW_LEDGER, again, approve, approved, found, only, owned, review, update

CODE = "no-ledger"
CHANGED = update("statuses/Lunch", {}, {"icon": "soup"}, adopts=True)


def test_adoptions_that_change_something_are_blocked_as_one_finding_at_the_platform() -> None:
    other = update("statuses/Tea", {}, {"icon": "cup", "color": "#000000"}, adopts=True)
    finding = only(CODE, review(CHANGED, other, ledger=NEW_LEDGER))

    assert finding.blocks
    assert finding.address == review(CHANGED).plan.platform_id
    assert "2 resources already on the platform would be changed (3 fields)" in finding.message
    assert "RECONCILER_STATE" in finding.safer


def test_plain_adoptions_pass() -> None:
    plain = update("statuses/Lunch", {}, {}, adopts=True)

    assert found(CODE, review(plain, ledger=NEW_LEDGER)) == []


def test_a_ledger_with_a_past_passes() -> None:
    assert found(CODE, review(CHANGED, ledger=owned())) == []


def test_one_more_resource_than_was_approved_blocks_again() -> None:
    planned = approved(
        review(CHANGED, ledger=NEW_LEDGER), approve(CODE, review(CHANGED).plan.platform_id)
    )
    other = update("statuses/Tea", {}, {"icon": "cup"}, adopts=True)

    assert not again(review(CHANGED, ledger=NEW_LEDGER), planned, CODE).blocks
    assert again(review(CHANGED, other, ledger=NEW_LEDGER), planned, CODE).blocks
