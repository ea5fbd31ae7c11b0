from __future__ import annotations

import orjson

from reconciler.planning.change import Action, Tracking
from reconciler.privacy.masking import Masker
from reconciler.views.plan.json import plan_to_json
from tests.views.view_plans import a_plan, change, full_plan


def test_the_json_of_a_plan_says_all_of_it(masker: Masker) -> None:
    plan = full_plan()
    document = orjson.loads(plan_to_json(plan, masker=masker))
    assert document["format"] == "reconciler.plan/1"
    assert document["id"] == plan.digest
    assert document["may_be_applied"] is False
    assert document["verdict"]["customers_unblocked"] == 1
    assert document["counts"]["delete"] == 9
    assert [one["address"] for one in document["changes"]] == [
        masker.address(one.address) for one in plan.changes
    ]
    assert document["requests"] == {"spent": 14, "predicted": 18}


def test_a_finding_carries_the_approval_to_paste_with_a_handle(masker: Masker) -> None:
    document = orjson.loads(plan_to_json(full_plan(), masker=masker))
    lifted = next(one for one in document["findings"] if one["code"] == "unblock")
    handle = masker.address("blacklist/ana@example.com")
    assert lifted["approval_address"] == handle
    assert f'address: "{handle}"' in lifted["approval_to_paste"]


def test_protection_that_is_lifted_is_said(masker: Masker) -> None:
    was, will = (Tracking("standalone", {}, protect=one) for one in (True, False))
    one = change("statuses/A", Action.ADOPT, tracking=will, previous_tracking=was)
    document = orjson.loads(plan_to_json(a_plan(one), masker=masker))
    assert document["changes"][0]["protection"] == "lifted"


def test_the_documented_members_are_the_members_there_are(masker: Masker) -> None:
    import reconciler.views.plan.json as module

    document = orjson.loads(plan_to_json(full_plan(), masker=masker))
    for names in (document, document["changes"][0], document["findings"][0], document["verdict"]):
        for name in names:
            assert name in (module.__doc__ or "")
