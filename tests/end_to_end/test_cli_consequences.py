"""The consequences on the platform of deleting a referenced resource.

The plan shows them, the read-back covers them, and an undo restores them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.end_to_end.harness import Workspace, approvals

SIGNATURE = "templates/Signature"
SALES_MAIL, SUPPORT_MAIL = "campaigns/Sales/channels/email", "campaigns/Support/channels/email"
REASON = ("--reason", "agreed with the floor")


@pytest.fixture
def signed(settled: Workspace) -> Workspace:
    """Two channels with one signature; one of them is set by hand and unmanaged."""
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


def test_a_deleted_template_shows_the_signatures_it_clears_and_undo_restores_them(
    signed: Workspace,
) -> None:
    shown = signed.run("plan").expect(3)
    shown.mentions("2 campaigns change", SALES_MAIL, SUPPORT_MAIL, "signature: Signature → none")
    found = signed.run("plan", "--format", "json").expect(3).json["consequences"]
    assert [
        (consequence["address"], consequence["field"], consequence["before"], consequence["after"])
        for consequence in found
    ] == [
        (SALES_MAIL, "signature", "Signature", None),
        (SUPPORT_MAIL, "signature", "Signature", None),
    ]
    assert {tuple(consequence["caused_by"]) for consequence in found} == {(f"delete {SIGNATURE}",)}
    _approved(signed)
    applied = signed.apply().expect(0)
    assert "as planned after the write" not in applied.output
    assert _signatures(signed) == [None, None]
    order = [change["address"] for change in _undone(signed)["changes"]]
    assert order.index(SIGNATURE) < order.index(SALES_MAIL)
    assert _signatures(signed) == ["Signature", "Signature"]


def test_a_replaced_template_keeps_managed_referrers_and_undo_restores_the_other(
    settled: Workspace,
) -> None:
    settled.sandbox.maria.patch(SUPPORT_MAIL, connector="mail", signature="Signature")
    settled.edit("campaigns/sales.yaml", "signature: Signature", "signature: Footer")
    settled.edit("signature.yaml", "name: Signature", "name: Footer\nrenamed_from: Signature")
    made = _approved(settled)
    assert [consequence["address"] for consequence in made["consequences"]] == [SUPPORT_MAIL]
    settled.apply().expect(0)
    assert _signatures(settled) == ["Footer", None]
    _undone(settled)
    assert _signatures(settled) == ["Signature", "Signature"]
    assert not settled.sandbox.maria.exists("templates/Footer")


def test_a_deleted_campaign_is_removed_from_a_holiday_and_restored_by_undo(
    settled: Workspace,
) -> None:
    maria = settled.sandbox.maria
    maria.create("holidays/Closed", date="2099-01-06", campaigns=["Sales", "Support"])
    settled.remove("campaigns/support.yaml")
    plan = _approved(settled)
    settled.run("show", settled.plan_file).expect(0).mentions(
        "1 holiday loses a reference", "campaigns: \N{MINUS SIGN} Support (1 unchanged)"
    )
    assert {consequence["address"] for consequence in plan["consequences"]} == {"holidays/Closed"}
    settled.apply("--stop-on-collateral").expect(0)
    assert maria.get("holidays/Closed")["campaigns"] == ["Sales"]
    _undone(settled)
    assert maria.get("holidays/Closed")["campaigns"] == ["Sales", "Support"]


def test_a_changed_referrer_makes_the_plan_stale(signed: Workspace) -> None:
    _approved(signed)
    signed.sandbox.maria.patch(SUPPORT_MAIL, signature=None)
    signed.sandbox.forget_requests()
    signed.apply().expect(4).mentions(f"{SUPPORT_MAIL}: signature changed by maria")
    assert signed.sandbox.writes() == 0


def _signatures(workspace: Workspace) -> list[str | None]:
    maria = workspace.sandbox.maria
    return [maria.get(item)["signature"] for item in (SALES_MAIL, SUPPORT_MAIL)]


def _undone(workspace: Workspace) -> Any:
    """Undo the last run with the needed approvals, and return the plan."""
    undo, run = workspace.base / "undo.json", _last_run(workspace)
    workspace.run("undo", run, "--out", undo)
    words = approvals(json.loads(undo.read_text()))
    if words:
        workspace.run("undo", run, "--out", undo, *words, *REASON).expect(0)
    workspace.run("apply", undo).expect(0)
    return json.loads(undo.read_text())
