"""What the platform changes by itself when something that is referred to is deleted.

The plan shows it, the read-back covers it, and an undo puts it back.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness import Workspace, approvals

SIGNATURE = "templates/Signature"
SALES_MAIL, SUPPORT_MAIL = "campaigns/Sales/channels/email", "campaigns/Support/channels/email"
REASON = ("--reason", "agreed with the floor")


@pytest.fixture
def signed(settled: Workspace) -> Workspace:
    """Two channels with one signature, one of them set by hand and managed by nobody."""
    settled.sandbox.maria.patch(SUPPORT_MAIL, connector="mail", signature="Signature")
    settled.edit("campaigns/sales.yaml", ", signature: Signature", "")
    settled.remove("signature.yaml")
    return settled


def _approved(workspace: Workspace) -> Any:
    return workspace.saved_plan(*approvals(workspace.plan()), *REASON)


def _last_run(workspace: Workspace) -> str:
    runs = workspace.run("history", "--format", "json").expect(0).json
    found: str = runs["runs"][0]["id"]
    return found


def test_a_deleted_template_shows_each_signature_it_clears_and_undo_brings_all_back(
    signed: Workspace,
) -> None:
    maria = signed.sandbox.maria
    shown = signed.run("plan").expect(3)
    shown.mentions("2 campaigns change", SALES_MAIL, SUPPORT_MAIL, "signature: Signature → none")
    found = signed.run("plan", "--format", "json").expect(3).json["consequences"]
    assert [(one["address"], one["field"], one["before"], one["after"]) for one in found] == [
        (SALES_MAIL, "signature", "Signature", None),
        (SUPPORT_MAIL, "signature", "Signature", None),
    ]
    assert {tuple(one["caused_by"]) for one in found} == {(f"delete {SIGNATURE}",)}
    _approved(signed)
    applied = signed.apply().expect(0)
    assert "as planned after the write" not in applied.said
    assert [maria.get(one)["signature"] for one in (SALES_MAIL, SUPPORT_MAIL)] == [None, None]
    undo = signed.base / "undo.json"
    signed.run("undo", _last_run(signed), "--out", undo).expect(0)
    order = [one["address"] for one in json.loads(undo.read_text())["changes"]]
    assert order.index(SIGNATURE) < order.index(SALES_MAIL)
    signed.run("apply", undo).expect(0)
    both = [maria.get(one)["signature"] for one in (SALES_MAIL, SUPPORT_MAIL)]
    assert both == ["Signature", "Signature"]
