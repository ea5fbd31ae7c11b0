"""unknown-live: unknown is not empty."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.message import Message
from reconciler.planning.plan import Unknown
from tests.guards.guard_builders import (
    create,
    delete,
    found,
    live,
    only,
    owned,
    review,
    snapshot,
    update,
)

CODE = "unknown-live"
OWN = (Unknown("campaigns/-/statuses", Message.plain("403")),)


def test_a_collection_with_something_owned_in_it_blocks() -> None:
    finding = only(CODE, review(unknowns=OWN, ledger=owned("campaigns/A/statuses/S")))

    assert finding.blocks
    assert finding.address == finding.approval == "campaigns/-/statuses"
    assert "403" in str(finding.message)
    assert "this project manages 1 resource" in str(finding.message)


def test_a_collection_with_nothing_owned_in_it_warns() -> None:
    finding = only(CODE, review(unknowns=OWN, ledger=owned("statuses/S")))

    assert finding.severity == "warn"
    assert "nothing in it is created, changed or deleted" in str(finding.message)


def test_deleting_a_campaign_with_an_unreadable_list_blocks() -> None:
    finding = only(CODE, review(delete("campaigns/Sales"), unknowns=OWN))

    assert finding.blocks
    assert finding.evidence.referrers == ("campaigns/Sales",)
    assert "deletes 1 campaign, and its statuses would be deleted unseen" in str(finding.message)
    assert "nothing in it is" not in str(finding.message)
    assert "`enabled: false`" in str(finding.safer)


def test_deleting_a_campaign_does_not_concern_a_global_list() -> None:
    unread = (Unknown("statuses", Message.plain("403")),)
    finding = only(CODE, review(delete("campaigns/Sales"), unknowns=unread))

    assert finding.severity == "warn"


def test_names_that_cannot_be_checked_warn() -> None:
    assert "names of users are not checked" in str(
        only(CODE, review(unknowns=(Unknown("users", Message.plain("403")),))).message
    )


_UNREAD = replace(
    snapshot(),
    unknown={"quality_models": Message.plain("403"), "campaigns/-/templates": Message.plain("403")},
)
_MODELS = (Unknown("quality_models", Message.plain("403")),)
_EMAIL = "campaigns/Sales/channels/email"


def test_a_new_reference_to_an_unreadable_list_blocks() -> None:
    new = create("campaigns/New", quality_models=["Q"])
    *_, finding = found(CODE, review(new, on=_UNREAD, unknowns=_MODELS))

    assert finding.blocks
    assert finding.address == finding.approval == "campaigns/New"
    assert finding.evidence.referrers == ("quality_models/Q",)
    assert "it would refer to the quality model 'Q'" in str(finding.message)


def test_existing_created_and_applied_references_pass() -> None:
    old: Fields = {"quality_models": ["Q"]}
    kept = update("campaigns/A", old, {**old, "enabled": False})
    new, made = create("campaigns/New", quality_models=["Q"]), create("quality_models/Q")
    ours = owned("quality_models/Q")

    assert len(found(CODE, review(kept, on=_UNREAD, unknowns=_MODELS))) == 1
    assert len(found(CODE, review(new, made, on=_UNREAD, unknowns=_MODELS))) == 1
    assert len(found(CODE, review(new, on=_UNREAD, unknowns=_MODELS, ledger=ours))) == 1


def test_a_reference_that_exists_in_one_of_two_places_passes() -> None:
    signed = update(_EMAIL, {}, {"signature": "Regards"})
    shared = live("templates/Regards")
    unread = (Unknown("campaigns/-/templates", Message.plain("403")),)
    knowing = replace(_UNREAD, resources={identity(shared.address): shared})

    assert found(CODE, review(signed, on=_UNREAD, unknowns=unread))[-1].address == _EMAIL
    assert len(found(CODE, review(signed, on=knowing, unknowns=unread))) == 1


def test_a_completely_read_platform_passes() -> None:
    assert found(CODE, review(ledger=owned("statuses/S"))) == []


_BROKEN = Unknown(
    "campaigns/Sales", Message.plain("the platform sends a value that cannot be read"), wanted=2
)


def test_a_resource_that_cannot_be_read_warns_and_blocks_where_something_in_it_is_owned() -> None:
    warned = only(CODE, review(unknowns=(_BROKEN,), ledger=owned("campaigns/Sales2")))
    assert warned.severity == "warn"
    assert "it is left unchanged, and so is everything that depends on it" in str(warned.message)
    assert "correct the value on the platform" in str(warned.safer)

    for address in ("campaigns/SALES", "campaigns/Sales/statuses/S"):
        finding = only(CODE, review(unknowns=(_BROKEN,), ledger=owned(address)))
        assert finding.blocks
        assert finding.address == finding.approval == "campaigns/Sales"
        assert finding.evidence.counts == {"owned": 1}


def test_a_delete_that_is_left_out_blocks_and_is_named() -> None:
    kept = replace(_BROKEN, collection="campaigns/Sales/channels/sms", kept=("campaigns/Sales",))
    finding = only(CODE, review(unknowns=(kept,), ledger=owned("statuses/S")))

    assert finding.blocks
    assert finding.evidence.referrers == ("campaigns/Sales",)
    assert "1 delete left out" in str(finding.message)
