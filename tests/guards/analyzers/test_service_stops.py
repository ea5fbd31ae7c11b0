"""service-stops: a channel in use does not stop unseen. NOW is a Monday, 12:00 in Montevideo."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from reconciler.guards.context import Review
from reconciler.kinds.base import Fields
from reconciler.live.platform import LiveResource, RecentUse, Usage
from reconciler.planning.effects.compute import effects_of
from tests.guards.guard_builders import (
    NOW,
    SETTINGS,
    again,
    approve,
    approved,
    found,
    live,
    only,
    review,
    update,
)

CODE = "service-stops"
SALES = "campaigns/Sales"
CHAT = "campaigns/Sales/channels/webchat"
PHONE = "campaigns/Sales/channels/telephony"
MEMBERS = "campaigns/Sales/members"
LINE: Fields = {"enabled": True, "connector": "tel", "numbers": ["+59829001000"]}
ANA: JsonValue = [{"user": "ana"}]
LAST = "2026-11-22T14:59:00Z"


def estate(**campaign: JsonValue) -> list[LiveResource]:
    """An open campaign with webchat, a line and one member."""
    return [
        live(SALES, **campaign),
        live(CHAT, enabled=True, connector="web"),
        live(PHONE, **LINE),
        live(MEMBERS, members=ANA),
    ]


def used(address: str, *, recent: int = 0, opened: int = 0, last: str = LAST) -> Usage:
    uses = (RecentUse("Sales", recent, last),) if recent else ()
    found = live(address).address
    return Usage(found, recent=uses, recent_interactions=recent, open_interactions=opened)


def numbers_emptied(usage: Usage | None, **campaign: JsonValue) -> Review:
    change = update(PHONE, LINE, {**LINE, "numbers": []}, used=usage)
    return review(change, on=estate(**campaign))


def test_a_line_that_is_open_and_was_used_lately_blocks() -> None:
    finding = only(CODE, numbers_emptied(used(PHONE, recent=157)))

    assert (finding.blocks, finding.address) == (True, PHONE)
    assert str(finding.message) == (
        "this channel stops: it would have no number, so customers could not reach it; "
        "157 interactions in 30 days, the last at Sun 2026-11-22 14:59, UTC; "
        "the campaign is open now"
    )
    assert finding.evidence.counts == {"recent_interactions": 157}


@pytest.mark.parametrize(
    ("usage", "campaign"),
    [(used(PHONE), {}), (used(PHONE, recent=157), {"schedule": {"sun": ["09:00-19:00"]}})],
)
def test_a_line_that_is_closed_or_was_not_used_warns(usage: Usage, campaign: Fields) -> None:
    assert only(CODE, numbers_emptied(usage, **campaign)).severity == "warn"


def test_interactions_that_are_open_block_also_when_the_campaign_is_closed() -> None:
    closed = numbers_emptied(used(PHONE, opened=2), schedule={"sun": ["09:00-19:00"]})

    assert only(CODE, closed).blocks


def test_a_use_that_could_not_be_read_blocks() -> None:
    finding = only(CODE, numbers_emptied(None))

    assert finding.blocks
    assert "its use could not be read" in str(finding.message)


def test_use_before_the_recent_days_does_not_block() -> None:
    change = update(PHONE, LINE, {**LINE, "numbers": []}, used=used(PHONE, recent=9))
    settings = {**SETTINGS, "service-stops.recent_days": 1}

    assert only(CODE, review(change, on=estate(), settings=settings)).severity == "warn"


def test_members_who_may_not_receive_stop_every_channel_in_one_finding() -> None:
    deaf: JsonValue = [
        {
            "user": "ana",
            "channels": {
                name: {"receive": False, "create": True} for name in ("webchat", "telephony")
            },
        }
    ]
    change = update(MEMBERS, {"members": ANA}, {"members": deaf})
    on = estate()
    usage = {
        "campaigns/sales/channels/webchat": used(CHAT, recent=1),
        "campaigns/sales/channels/telephony": used(PHONE, recent=2),
    }
    one = review(change, on=on)
    effects = effects_of([change], one.live, now=NOW, usage=usage)
    finding = only(CODE, Review(one.plan, one.live, one.ledger, effects, NOW))

    assert (finding.blocks, finding.address) == (True, MEMBERS)
    assert "would stop: no member could receive, so customers could not" in str(finding.message)
    assert finding.evidence.counts == {"recent_interactions": 3}
    assert sorted(finding.evidence.referrers) == [PHONE, CHAT]


def test_a_channel_that_stops_with_its_campaign_is_not_repeated() -> None:
    change = update(SALES, {}, {"enabled": False})

    assert found(CODE, review(change, on=estate())) == []


def test_a_channel_that_was_not_usable_stops_nothing() -> None:
    change = update(PHONE, {**LINE, "numbers": []}, {})

    assert found(CODE, review(change, on=[live(SALES), live(PHONE)])) == []


def test_an_approval_does_not_cover_interactions_that_open_later() -> None:
    planned = approved(numbers_emptied(used(PHONE, recent=157)), approve(CODE, PHONE))

    assert not again(numbers_emptied(used(PHONE, recent=160)), planned, CODE).blocks
    assert again(numbers_emptied(used(PHONE, recent=157, opened=1)), planned, CODE).blocks
