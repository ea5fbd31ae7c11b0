from __future__ import annotations

import orjson

from reconciler.planning.change import Action, Tracking
from reconciler.privacy.masking import Masker
from reconciler.views.plan.json import plan_json
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, change, full_plan
from tests.views.view_runs import NOW


def test_plan_json_has_every_part_of_the_plan(masker: Masker) -> None:
    plan = full_plan()
    document = orjson.loads(plan_json(plan, View(masker, NOW)))
    assert document["format"] == "reconciler.plan/1"
    assert document["id"] == plan.digest
    assert document["may_be_applied"] is False
    assert document["verdict"]["customers_unblocked"] == 1
    assert document["counts"]["delete"] == 9
    assert [one["address"] for one in document["changes"]] == [
        masker.address(one.address) for one in plan.changes
    ]
    assert document["requests"] == {"spent": 14, "predicted": 18}


def test_a_finding_has_the_approval_to_paste_with_a_handle(masker: Masker) -> None:
    document = orjson.loads(plan_json(full_plan(), View(masker, NOW)))
    lifted = next(one for one in document["findings"] if one["code"] == "unblock")
    handle = masker.address("blacklist/ana@example.com")
    assert lifted["approval_address"] == handle
    assert f'address: "{handle}"' in lifted["approval_to_paste"]


def test_plan_json_shows_lifted_protection(masker: Masker) -> None:
    was, will = (Tracking("standalone", {}, protect=one) for one in (True, False))
    one = change("statuses/A", Action.ADOPT, tracking=will, previous_tracking=was)
    document = orjson.loads(plan_json(a_plan(one), View(masker, NOW)))
    assert document["changes"][0]["protection"] == "lifted"
