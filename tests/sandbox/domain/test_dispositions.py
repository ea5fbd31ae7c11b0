"""Dispositions: levels, renames and cascading deletes."""

from __future__ import annotations

from tests.sandbox.sandbox_api import Api, refused


def _tree(api: Api) -> None:
    for address in ("Sale", "Sale/Done", "Sale/Done/Paid", "Sales"):
        api.create(f"dispositions/{address}")


def test_a_rename_moves_the_levels_below_and_keeps_history(api: Api) -> None:
    _tree(api)
    api.create("campaigns/C")
    api.interact("C", disposition="dispositions/Sale/Done/Paid")
    before = api.get("dispositions/Sale/Done").json()
    renamed = api.verb("dispositions/Sale/Done", "rename", {"name": "Completed"})
    assert renamed.status_code == 200
    assert renamed.json()["address"] == "dispositions/Sale/Completed"
    assert renamed.json()["name"] == "Completed"
    assert renamed.json()["etag"] == before["etag"]
    assert api.addresses("dispositions") == [
        "dispositions/Sale",
        "dispositions/Sale/Completed",
        "dispositions/Sale/Completed/Paid",
        "dispositions/Sales",
    ]
    refused(api.get("dispositions/Sale/Done"), 404, "not-found")
    assert api.usage("dispositions/Sale/Completed/Paid")["recent_interactions"] == 1
    assert api.create("dispositions/Sale/Done")["name"] == "Done"


def test_a_rename_is_audited_under_both_names(api: Api) -> None:
    _tree(api)
    api.verb("dispositions/Sale/Done", "rename", {"name": "Completed"})
    for name in ("Done", "Completed"):
        newest = api.items("audit", f"?address=dispositions/Sale/{name}")[0]
        assert newest["action"] == "rename"
        assert newest["address"] == "dispositions/Sale/Completed"
        assert newest["previous_address"] == "dispositions/Sale/Done"
        assert newest["changes"] == [{"path": "name", "before": "Done", "after": "Completed"}]


def test_a_rename_conflicts_only_with_siblings(api: Api) -> None:
    _tree(api)
    refused(api.verb("dispositions/Sale", "rename", {"name": "SALES"}), 409, "already-exists")
    assert api.verb("dispositions/Sale", "rename", {"name": "SALE"}).status_code == 200
    assert api.verb("dispositions/Sale/Done", "rename", {"name": "Sales"}).status_code == 200


def test_a_rename_to_the_same_name_changes_nothing(api: Api) -> None:
    _tree(api)
    etag = api.get("dispositions").headers["etag"]
    assert api.verb("dispositions/Sale", "rename", {"name": "Sale"}).status_code == 200
    assert api.get("dispositions").headers["etag"] == etag


def test_only_dispositions_are_renamed(api: Api) -> None:
    api.create("statuses/Lunch")
    refused(api.verb("statuses/Lunch", "rename", {"name": "X"}), 422, "not-renamable")
    refused(api.verb("dispositions/No", "rename", {"name": "X"}), 404, "not-found")
    _tree(api)
    refused(api.verb("dispositions/Sale", "rename", {}), 422, "invalid")
    refused(api.verb("dispositions/Sale", "rename", {"name": " x"}), 422, "invalid")


def test_deleting_a_level_deletes_only_its_descendants(api: Api) -> None:
    _tree(api)
    assert api.delete("dispositions/Sale").status_code == 204
    assert api.addresses("dispositions") == ["dispositions/Sales"]
    gone = api.items("audit", "?address=dispositions/Sale/Done/Paid")[0]
    assert gone["action"] == "delete"
    assert {"path": "enabled", "before": True, "after": None} in gone["changes"]


def test_an_unused_level_with_a_used_one_below_is_in_use(api: Api) -> None:
    _tree(api)
    api.create("campaigns/C")
    api.interact("C", disposition="dispositions/Sale/Done/Paid")
    problem = refused(api.delete("dispositions/Sale", "?require_unused=true"), 409, "in-use")
    assert problem["usage"]["address"] == "dispositions/Sale/Done/Paid"
    assert api.delete("dispositions/Sales", "?require_unused=true").status_code == 204


def test_a_campaigns_levels_move_within_it(sales: Api) -> None:
    own = "campaigns/Sales/dispositions"
    sales.create(f"{own}/A")
    sales.create(f"{own}/A/B")
    sales.verb(f"{own}/A", "rename", {"name": "C"})
    assert sales.addresses(own) == [f"{own}/C", f"{own}/C/B"]
