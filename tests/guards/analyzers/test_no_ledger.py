"""no-ledger: a fresh runner must not overwrite what it does not know."""

from __future__ import annotations

from dataclasses import replace

from reconciler.live.platform import Snapshot
from tests.guards.guard_builders import (
    NEW_LEDGER,
    again,
    approve,
    approved,
    create,
    found,
    live,
    only,
    owned,
    review,
    snapshot,
    update,
)

CODE = "no-ledger"
CHANGED = update("statuses/Lunch", {}, {"icon": "soup"}, adopts=True)


def test_adoptions_that_change_something_are_blocked_as_one_finding_at_the_platform() -> None:
    other = update("statuses/Tea", {}, {"icon": "cup", "color": "#000000"}, adopts=True)
    finding = only(CODE, review(CHANGED, other, ledger=NEW_LEDGER))

    assert finding.blocks
    assert finding.address == review(CHANGED).plan.platform_id
    assert "2 resources already on the platform would be changed (3 fields)" in str(finding.message)
    assert "RECONCILER_STATE" in str(finding.safer)


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


def _written_by(user: str) -> Snapshot:
    """Lunch, which a user wrote last; `robot` is whose token it is."""
    return snapshot(replace(live("statuses/Lunch"), updated_by=user))


PLAIN = update("statuses/Lunch", {}, {}, adopts=True)


def test_what_this_token_s_user_wrote_last_shows_that_a_state_was_lost() -> None:
    finding = only(CODE, review(PLAIN, ledger=NEW_LEDGER, on=_written_by("robot")))

    assert finding.severity == "warn", "nothing is written"
    assert "'robot', was the last to write 1 resource that git declares" in str(finding.message)
    assert "restore the store from a backup" in str(finding.safer)
    assert finding.evidence.referrers == ("statuses/Lunch",)


def test_a_lost_state_stops_every_plan_that_writes() -> None:
    one = review(PLAIN, create("statuses/Tea"), ledger=NEW_LEDGER, on=_written_by("robot"))

    assert only(CODE, one).blocks
    other = review(PLAIN, create("statuses/Tea"), ledger=NEW_LEDGER, on=_written_by("maria"))
    assert found(CODE, other) == []


def test_an_unknown_author_is_not_evidence() -> None:
    nobody = _written_by("")
    unnamed = replace(nobody, info=replace(nobody.info, user=""))

    assert found(CODE, review(PLAIN, ledger=NEW_LEDGER, on=unnamed)) == []
