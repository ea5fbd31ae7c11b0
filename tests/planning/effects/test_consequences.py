"""What the platform does to referrers: in the plan, and in its undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ManifestError
from reconciler.kinds.base import Fields
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource, Lifecycle
from reconciler.planning.effects.consequences import field_after
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.plan_diff import compare_content
from reconciler.state.ledger import Ledger, LedgerEntry
from tests.planning.plan_worlds import (
    campaign,
    carried_out,
    complete,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)
from tests.planning.undo.undo_plans import fields_of, there_and_back, undone

TEXT: Fields = {"type": "text", "content": "x"}
SALES_MAIL, SUPPORT_MAIL = "campaigns/Sales/channels/email", "campaigns/Support/channels/email"
OWN, SHARED = "campaigns/Sales/templates/Sign", "templates/Sign"


def live_with(*resources: LiveResource) -> Snapshot:
    """Two campaigns, and these resources in place of what is there by default."""
    always = [*campaign("Sales"), *campaign("Support")]
    by_address = {one.address: one for one in (*always, *resources)}
    return snapshot(by_address.values())


def mail(address: str, signature: str | None = "Sign") -> LiveResource:
    return live_resource(address, connector="mail", signature=signature)


def template(address: str) -> LiveResource:
    return live_resource(address, type="text", content="x")


def owning(*addresses: str) -> Ledger:
    """A ledger that owns these templates and nothing else."""
    return ledger(*(owned(address, TEXT) for address in addresses))


def told(made: Plan) -> list[tuple[str, str, object, object]]:
    return [
        (consequence.address, consequence.field, consequence.before, consequence.after)
        for consequence in made.consequences
    ]


def test_a_deleted_template_clears_the_signature_of_each_channel_that_uses_it() -> None:
    live = live_with(mail(SALES_MAIL), mail(SUPPORT_MAIL), template(SHARED))
    made = planned(desired(), live, owning(SHARED))
    assert told(made) == [
        (SALES_MAIL, "signature", "Sign", None),
        (SUPPORT_MAIL, "signature", "Sign", None),
    ]
    (lost,) = made.consequences[0].references
    assert (lost.meant, lost.means, lost.changes) == (SHARED, None, (f"delete {SHARED}",))
    assert made.impact.campaigns == ("Sales", "Support")


def test_a_deleted_campaign_leaves_the_holidays_that_name_it() -> None:
    named = live_resource("holidays/Named", date="2027-01-06", campaigns=["Sales", "Support"])
    everybody = live_resource("holidays/All", date="2027-01-06", campaigns="all")
    live = live_with(named, everybody)
    made = planned(desired(), live, ledger(owned("campaigns/Sales"), owned("campaigns/Support")))
    assert told(made) == [("holidays/Named", "campaigns", ["Sales", "Support"], [])]
    causes = [(one.name, one.changes) for one in made.consequences[0].references]
    assert causes == [
        ("Sales", ("delete campaigns/Sales",)),
        ("Support", ("delete campaigns/Support",)),
    ]


def test_resources_deleted_with_their_campaign_change_no_referrer() -> None:
    live = live_with(mail(SALES_MAIL), template(OWN), mail(SUPPORT_MAIL), template(SHARED))
    made = planned(desired(), live, ledger(owned("campaigns/Sales")))
    assert told(made) == []


def test_a_campaigns_own_template_hides_a_global_one_that_is_deleted() -> None:
    live = live_with(mail(SALES_MAIL), template(OWN), template(SHARED))
    assert told(planned(desired(), live, owning(SHARED))) == []


def test_a_campaigns_own_template_that_is_deleted_uncovers_a_global_one() -> None:
    live = live_with(mail(SALES_MAIL), template(OWN), template(SHARED))
    made = planned(desired(), live, owning(OWN))
    assert told(made) == [(SALES_MAIL, "signature", "Sign", "Sign")]
    (lost,) = made.consequences[0].references
    assert (lost.meant, lost.means) == (OWN, SHARED)


def test_a_new_template_of_a_campaign_hides_the_global_one_its_channels_use() -> None:
    live = live_with(mail(SALES_MAIL), template(SHARED))
    made = planned(desired(wanted(SHARED, TEXT), wanted(OWN, TEXT)), live, owning(SHARED))
    assert told(made) == [(SALES_MAIL, "signature", "Sign", "Sign")]
    (lost,) = made.consequences[0].references
    assert (lost.meant, lost.means, lost.changes) == (SHARED, OWN, (f"create {OWN}",))


def test_a_name_that_is_deleted_in_both_places_is_cleared_when_both_are_gone() -> None:
    live = live_with(mail(SALES_MAIL), template(OWN), template(SHARED))
    made = planned(desired(), live, owning(OWN, SHARED))
    assert told(made) == [(SALES_MAIL, "signature", "Sign", None)]
    (lost,) = made.consequences[0].references
    assert lost.changes == (f"delete {OWN}", f"delete {SHARED}")


@pytest.mark.parametrize(("old", "new"), [(OWN, SHARED), (SHARED, OWN)])
def test_the_replacement_of_a_template_in_use_is_created_before_the_delete(
    old: str, new: str
) -> None:
    live = live_with(mail(SALES_MAIL), template(old))
    made = planned(desired(wanted(new, TEXT)), live, owning(old))
    delete = next(change for change in made.changes if change.address == old)
    assert delete.depends_on == (f"create {new}",)
    (lost,) = made.consequences[0].references
    assert (lost.meant, lost.means) == (old, new)


def test_a_field_that_the_plan_writes_is_not_a_consequence() -> None:
    live = live_with(mail(SALES_MAIL), mail(SUPPORT_MAIL), template(SHARED))
    want = desired(wanted(SALES_MAIL, {"signature": None}), wanted(SUPPORT_MAIL, {"max_queue": 3}))
    books = ledger(owned(SHARED, TEXT), owned("campaigns/Sales"), owned("campaigns/Support"))
    made = planned(
        desired(*want.resources.values(), wanted("campaigns/Sales"), wanted("campaigns/Support")),
        live,
        books,
    )
    assert told(made) == [(SUPPORT_MAIL, "signature", "Sign", None)]
    keys = [change.key for change in made.changes if change.writes]
    assert keys[-1] == f"delete {SHARED}"
    written = next(change for change in made.changes if change.address == SUPPORT_MAIL)
    assert [difference.path for difference in written.differences] == ["max_queue"]


def test_references_that_a_replace_does_not_change_are_consequences() -> None:
    live = live_with(mail(SALES_MAIL), mail(SUPPORT_MAIL), template(SHARED))
    want = desired(
        wanted("campaigns/Sales"),
        wanted(SALES_MAIL, {"signature": "New"}),
        wanted("templates/New", TEXT, renamed_from="Sign"),
    )
    made = planned(want, live, ledger(owned(SHARED, TEXT), owned("campaigns/Sales")))
    assert told(made) == [(SUPPORT_MAIL, "signature", "Sign", None)]


def test_a_replaced_holiday_loses_the_campaign_that_goes_only_once_it_is_made() -> None:
    live = live_with(
        live_resource("holidays/Old", date="2027-01-06", campaigns=["Sales", "Support"])
    )
    want = desired(
        wanted("campaigns/Sales"),
        wanted(
            "holidays/New",
            {"date": "2027-01-07", "campaigns": ["Sales"]},
            renamed_from="Old",
            lifecycle=Lifecycle(ignore=frozenset({"campaigns"})),
        ),
    )
    books = ledger(
        owned("holidays/Old", {"date": "2027-01-06", "campaigns": "all"}),
        owned("campaigns/Sales"),
        owned("campaigns/Support"),
    )
    made = planned(want, live, books)
    delete = next(change for change in made.changes if change.key == "delete campaigns/Support")
    assert "replace holidays/New" in delete.depends_on
    assert told(made) == [("holidays/New", "campaigns", ["Sales", "Support"], ["Sales"])]


def test_the_project_that_owns_a_referrer_is_named() -> None:
    live = live_with(mail(SUPPORT_MAIL), template(SHARED))
    books = ledger(owned(SHARED, TEXT), foreign={SUPPORT_MAIL.lower(): "billing"})
    assert [consequence.owner for consequence in planned(desired(), live, books).consequences] == [
        "billing"
    ]


def test_a_new_referrer_changes_the_content_digest_and_is_named_in_a_comparison() -> None:
    books = owning(SHARED)
    earlier = planned(desired(), live_with(mail(SALES_MAIL), template(SHARED)), books)
    both = live_with(mail(SALES_MAIL), mail(SUPPORT_MAIL), template(SHARED))
    later = planned(desired(), both, books)
    assert earlier.content_digest != later.content_digest
    assert [str(message) for message in compare_content(earlier, later).messages()] == [
        f"changed by the platform as a result: {SUPPORT_MAIL}"
    ]


# ---- undo --------------------------------------------------------------------------------


def test_an_undo_makes_the_template_again_and_then_points_both_signatures_to_it() -> None:
    live = live_with(mail(SALES_MAIL), mail(SUPPORT_MAIL), template(SHARED))
    made, back, after = there_and_back(desired(), live, owning(SHARED))
    assert told(made)
    assert [change.key for change in back.changes] == [
        f"create {SHARED}",
        f"update {SALES_MAIL}",
        f"update {SUPPORT_MAIL}",
    ]
    assert fields_of(after) == fields_of((live, owning(SHARED)))


def test_an_undo_skips_what_somebody_restored_already() -> None:
    live = live_with(mail(SALES_MAIL), template(SHARED))
    books = owning(SHARED)
    made = planned(desired(), live, books)
    world, books = carried_out(made, live, books)
    again = live_with(*world.resources.values(), mail(SALES_MAIL), template(SHARED))
    assert undone(made, (again, books)).writes == ()


def test_an_undo_notes_and_does_not_write_another_projects_resource() -> None:
    live = live_with(mail(SALES_MAIL), template(SHARED))
    foreign = {SALES_MAIL.lower(): "billing"}
    books = ledger(owned(SHARED, TEXT), foreign=foreign)
    made = planned(desired(), live, books)
    back = undone(made, carried_out(made, live, books))
    assert [change.key for change in back.changes] == [f"create {SHARED}"]
    assert tuple(map(str, back.notes)) == (
        (
            "Not restored, because another project owns it: "
            f"{SALES_MAIL} (signature was Sign; billing)"
        ),
    )


def test_an_undo_restores_only_what_the_run_did_to_a_referrer() -> None:
    live = live_with(
        live_resource("holidays/Named", date="2027-01-06", campaigns=["Sales", "Support"])
    )
    books = ledger(owned("campaigns/Sales"), owned("campaigns/Support"))
    made = planned(desired(), live, books)
    failed = {
        change.key for change in made.changes if change.address.startswith("campaigns/Support")
    }
    world, left = carried_out(_without(made, failed), live, books)
    assert world.resources["holidays/named"].fields["campaigns"] == ["Support"]
    back = undone(made, (world, left), failed)
    restored, _ = carried_out(back, world, left)
    assert restored.resources["holidays/named"].fields["campaigns"] == ["Sales", "Support"]


def _without(made: Plan, failed: set[str]) -> Plan:
    return replace(
        made, changes=tuple(change for change in made.changes if change.key not in failed)
    )


# ---- any estate --------------------------------------------------------------------------

_NAMES = ("Sign", "Other")
_MODELS = ("Calm", "Fast")
_CAMPAIGNS = ("Sales", "Support")


@st.composite
def _estates(draw: st.DrawFn) -> tuple[Desired, Snapshot, Ledger]:
    """Whatever can refer to something, some of it owned, and some of that still wanted."""
    live: list[LiveResource] = [live_resource(f"quality_models/{one}") for one in _MODELS]
    there = [f"templates/{one}" for one in draw(st.sets(st.sampled_from(_NAMES)))]
    campaigns = sorted(draw(st.sets(st.sampled_from(_CAMPAIGNS), min_size=1)))
    for name in campaigns:
        own = sorted(draw(st.sets(st.sampled_from(_NAMES))))
        there += [f"campaigns/{name}/templates/{one}" for one in own]
        signs = [None, *own, *(one.rpartition("/")[2] for one in there if one[0] == "t")]
        models = sorted(draw(st.sets(st.sampled_from(_MODELS))))
        always = campaign(name, quality_models=list(models))
        live += [one for one in always if not one.address.endswith("/email")]
        live.append(mail(f"campaigns/{name}/channels/email", draw(st.sampled_from(signs))))
    live += [template(one) for one in there]
    closed = sorted(draw(st.sets(st.sampled_from(campaigns))))
    live.append(live_resource("holidays/Named", date="2027-01-06", campaigns=list(closed)))
    deletable = sorted([*there, *(f"quality_models/{one}" for one in _MODELS)])
    deletable += [f"campaigns/{one}" for one in campaigns]
    entries = [_entry(one) for one in draw(st.sets(st.sampled_from(deletable)))]
    kept = draw(st.sets(st.sampled_from([entry.address for entry in entries] or ["none"])))
    want = [_wanted(entry.address) for entry in entries if entry.address in kept]
    new = draw(st.sets(st.sampled_from(_places(campaigns))))
    want += [_wanted(one) for one in sorted(new) if one not in there]
    for name in draw(st.sets(st.sampled_from(campaigns))):
        sign = draw(st.sampled_from([None, *_NAMES]))
        fields = draw(st.sampled_from([{"signature": sign}, {"max_queue": 3}]))
        want.append(wanted(f"campaigns/{name}/channels/email", fields))
    return desired(*want), snapshot(live), ledger(*entries)


def _places(campaigns: list[str]) -> list[str]:
    own = [f"campaigns/{campaign}/templates/{name}" for campaign in campaigns for name in _NAMES]
    return [*own, *(f"templates/{name}" for name in _NAMES)]


def _entry(address: str) -> LedgerEntry:
    return owned(address, TEXT if "templates/" in address else None)


def _wanted(address: str) -> DesiredResource:
    return wanted(address, TEXT if "templates/" in address else None)


@settings(max_examples=400, deadline=None)
@given(_estates(), st.data())
def test_consequences_are_exact_and_undo_restores_them(
    case: tuple[Desired, Snapshot, Ledger], data: st.DataObject
) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    failed = _failed(
        made, data.draw(st.sets(st.sampled_from([c.key for c in made.changes] or [""])))
    )
    world = carried_out(_without(made, failed), live, books)
    foretold = {
        (consequence.address, consequence.field): field_after(
            consequence, lambda key: key not in failed
        )
        for consequence in made.consequences
    }
    assert _results(made, live, world[0], foretold) == foretold
    back = undone(made, world, failed)
    assert fields_of(carried_out(back, *world)) == fields_of((live, books))


def _failed(made: Plan, broken: set[str]) -> set[str]:
    failed: set[str] = set()
    for change in made.changes:
        if (change.key in broken and not change.cascaded) or failed & set(change.depends_on):
            failed.add(change.key)
    return failed


def _results(
    made: Plan, before: Snapshot, after: Snapshot, foretold: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], object]:
    """What is there now of what was foretold, and of all fields that changed and no change of the
    plan is about."""
    about = {
        (change.address, difference.path)
        for change in made.changes
        if change.writes
        for difference in change.differences
    }
    fields = {
        (one.address, name): value
        for key, one in after.resources.items()
        for name, value in one.fields.items()
    }
    changed = {
        (resource.address, name)
        for resource in before.resources.values()
        for name, value in resource.fields.items()
        if (resource.address, name) in fields and fields[resource.address, name] != value
    }
    return {place: fields[place] for place in (*(changed - about), *foretold)}


def test_complete_lists_have_consequences_too() -> None:
    live = live_with(mail(SALES_MAIL), template(OWN))
    want = desired(wanted("campaigns/Sales"), lists=[complete("campaigns/Sales/templates")])
    made = planned(want, live, ledger(owned("campaigns/Sales")))
    assert told(made) == [(SALES_MAIL, "signature", "Sign", None)]
