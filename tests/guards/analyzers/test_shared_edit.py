"""shared-edit: an edit of a shared resource names the campaigns that it reaches."""

from __future__ import annotations

from reconciler.kinds.base import Fields
from reconciler.live.platform import LiveResource, RecentUse, Usage
from tests.guards.guard_builders import create, found, live, only, review, update

CODE = "shared-edit"
SIGNATURE = "templates/Signature"
SALES = "campaigns/Sales"
EMAIL = "campaigns/Sales/channels/email"
TEXT: Fields = {"type": "html", "content": "<p>Acme</p>"}
EDITED: Fields = {"type": "html", "content": "<p>Acme Ltd</p>"}


def estate() -> list[LiveResource]:
    return [
        live(SALES),
        live(EMAIL, enabled=True, connector="mail", signature="Signature"),
        live(SIGNATURE, **TEXT),
    ]


def used(address: str, **campaigns: int) -> Usage:
    uses = tuple(RecentUse(name, count, "") for name, count in campaigns.items())
    return Usage(live(address).address, recent=uses, recent_interactions=sum(campaigns.values()))


def test_an_edit_warns_with_its_reach() -> None:
    change = update(SIGNATURE, TEXT, EDITED, used=used(SIGNATURE, Sales=300, Support=7))
    finding = only(CODE, review(change, on=estate()))

    assert finding.severity == "warn"
    assert str(finding.message) == (
        "this template changes; it reaches 2 campaigns (Sales and Support), 307 interactions in "
        "30 days; 1 channel sends it as signature"
    )
    assert finding.evidence.counts == {"campaigns": 2, "recent_interactions": 307}


def test_an_edit_that_empties_what_is_in_use_blocks_and_of_the_unused_is_silent() -> None:
    empty: Fields = {**TEXT, "content": " "}
    change = update(SIGNATURE, TEXT, empty, used=used(SIGNATURE))

    assert only(CODE, review(change, on=estate())).blocks
    assert found(CODE, review(change, on=[live(SIGNATURE, **TEXT)])) == []


def test_a_use_that_could_not_be_read_is_said() -> None:
    finding = only(CODE, review(update(SIGNATURE, TEXT, EDITED), on=[live(SIGNATURE, **TEXT)]))

    assert "its use could not be read" in str(finding.message)


def test_looks_are_silent() -> None:
    change = update("statuses/Lunch", {}, {"icon": "pizza"}, used=used("statuses/Lunch", Sales=9))

    assert found(CODE, review(change, on=[live("statuses/Lunch"), live(SALES)])) == []


def test_a_disabled_disposition_blocks_when_it_is_in_use() -> None:
    sale = "dispositions/Sale"
    in_use = update(sale, {}, {"enabled": False}, used=used(sale, Sales=9))
    unused = update(sale, {}, {"enabled": False}, used=used(sale))
    finding = only(CODE, review(in_use, on=[live(sale), live(SALES)]))

    assert finding.blocks
    assert "it reaches 1 campaign (Sales), 9 interactions in 30 days" in str(finding.message)
    assert found(CODE, review(unused, on=[live(sale), live(SALES)])) == []


def test_a_campaigns_own_name_that_takes_the_place_of_one_in_use_warns() -> None:
    own = create("campaigns/Sales/templates/Signature", **TEXT)
    finding = only(CODE, review(own, on=estate()))

    assert (finding.severity, finding.address) == ("warn", own.address)
    assert "'Signature' would mean this template instead of the one of all" in str(finding.message)
    assert "email sends it as signature" in str(finding.message)
    assert finding.evidence.referrers == (EMAIL,)
