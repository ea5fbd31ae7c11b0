"""Renames that the platform cannot make: the new resource is created, the old one deleted."""

from __future__ import annotations

import pytest

from reconciler.errors import ManifestError
from reconciler.manifests.desired import Lifecycle
from reconciler.planning.change import Action
from tests.planning.plan_worlds import (
    campaign,
    carried_out,
    complete,
    desired,
    ledger,
    live_resource,
    only,
    owned,
    planned,
    snapshot,
    wanted,
)

KEEP = Lifecycle(on_remove="keep")


def test_a_rename_of_what_cannot_be_renamed_creates_repoints_and_deletes_in_that_order() -> None:
    signature = {"signature": "Old", "enabled": True, "connector": "mail"}
    live = snapshot(
        [
            *[one for one in campaign("Sales") if one.address != "campaigns/Sales/channels/email"],
            live_resource("campaigns/Sales/channels/email", **signature),  # type: ignore[arg-type]
            live_resource("templates/Old", type="text", content="x"),
        ]
    )
    books = ledger(
        owned("campaigns/Sales"),
        owned("campaigns/Sales/channels/email", {"signature": "Old"}),
        owned("templates/Old", {"type": "text", "content": "x"}),
    )
    want = desired(
        wanted("campaigns/Sales"),
        wanted("campaigns/Sales/channels/email", {"signature": "New"}),
        wanted("templates/New", {"type": "text", "content": "x"}, renamed_from="Old"),
    )
    made = planned(want, live, books)
    assert [c.key for c in made.changes] == [
        "replace templates/New",
        "update campaigns/Sales/channels/email",
        "delete templates/Old",
    ]
    assert planned(want, *carried_out(made, live, books)).is_empty


def test_ignored_fields_are_copied_from_the_replaced_resource() -> None:
    live = snapshot([live_resource("statuses/Old", icon="spoon", color="#112233")])
    new = wanted(
        "statuses/New",
        {"icon": "fork", "color": "#445566"},
        renamed_from="Old",
        lifecycle=Lifecycle(ignore=frozenset({"icon"})),
    )
    books = ledger(owned("statuses/Old", {"color": "#112233"}))
    made = planned(desired(new), live, books)
    assert made.changes[0].after == {"icon": "spoon", "color": "#445566"}
    assert planned(desired(new), *carried_out(made, live, books)).is_empty


def test_a_kept_old_resource_does_not_block_later_plans() -> None:
    live = snapshot([live_resource("statuses/Old")])
    books = ledger(owned("statuses/Old", on_remove="keep"))
    want = desired(wanted("statuses/New", renamed_from="Old", lifecycle=KEEP))
    made = planned(want, live, books)
    assert [c.key for c in made.changes] == ["replace statuses/New", "forget statuses/Old"]
    after = carried_out(made, live, books)
    again = planned(want, *after)
    assert again.is_empty
    assert again.unmanaged == ("statuses/Old",)


def test_a_resource_kept_in_a_complete_list_does_not_block_later_plans() -> None:
    own = "campaigns/Sales/statuses"
    live = snapshot([*campaign("Sales"), live_resource(f"{own}/Old")])
    books = ledger(owned("campaigns/Sales"), owned(f"{own}/Old", form="nested", on_remove="keep"))
    new = wanted(f"{own}/New", form="nested", renamed_from="Old", lifecycle=KEEP)
    want = desired(wanted("campaigns/Sales"), new, lists=[complete(own)])
    made = planned(want, live, books)
    assert only(made, Action.DELETE) == []
    assert planned(want, *carried_out(made, live, books)).is_empty


def test_an_old_name_that_people_use_again_later_is_spent() -> None:
    live = snapshot([live_resource("dispositions/Sold"), live_resource("dispositions/Sale")])
    want = desired(wanted("dispositions/Sold", renamed_from="Sale"))
    assert planned(want, live, ledger(owned("dispositions/Sold"))).is_empty


def test_two_owned_names_are_not_a_rename() -> None:
    live = snapshot([live_resource("statuses/New"), live_resource("statuses/Old")])
    want = desired(wanted("statuses/New", renamed_from="Old"))
    with pytest.raises(ManifestError) as refused:
        planned(want, live, ledger(owned("statuses/New"), owned("statuses/Old")))
    assert "both 'Old' and 'New'" in refused.value.problems[0].message.unmasked()


def test_a_replace_of_another_projects_resource_names_its_owner() -> None:
    """A default of the platform cannot be deleted, so the replace has no delete."""
    live = snapshot([live_resource("statuses/Break", icon="cup")])
    want = desired(wanted("statuses/Pause", renamed_from="Break"))
    made = planned(want, live, ledger(foreign={"statuses/break": "beta"}))
    assert [(c.key, c.owner) for c in made.changes] == [("replace statuses/Pause", "beta")]


def test_an_old_name_that_nothing_has_is_noted_on_the_create() -> None:
    live = snapshot([live_resource("dispositions/Bought")])
    books = ledger(owned("dispositions/Bought"))
    want = desired(wanted("dispositions/Sold", renamed_from="Bougth"))
    made = planned(want, live, books)

    (create,) = [change for change in made.changes if change.action is Action.CREATE]
    assert create.spent_rename == "dispositions/Bougth"


def test_a_rename_made_before_is_not_noted() -> None:
    live = snapshot([live_resource("dispositions/Sold"), live_resource("dispositions/Lost")])
    books = ledger(owned("dispositions/Sold"), owned("dispositions/Lost"))
    want = desired(wanted("dispositions/Sold", renamed_from="Bought"))
    made = planned(want, live, books)

    assert [change.action for change in made.changes] == [Action.DELETE]


def test_an_old_name_that_is_only_tracked_is_not_noted() -> None:
    """Somebody deleted it on the platform."""
    books = ledger(owned("dispositions/Bought"))
    made = planned(desired(wanted("dispositions/Sold", renamed_from="Bought")), snapshot([]), books)

    (create,) = [change for change in made.changes if change.action is Action.CREATE]
    assert create.spent_rename is None
