"""Forged plan files are refused, even with correct digests.

The forger has everything public: the project's functions and all plan files. So every digest is
right, and only the parts that need the key of the state are missing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.planning.digests import with_digests
from reconciler.planning.findings import ApprovedBy, Finding
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.planning.planfile.encryption import decrypt, encrypt
from reconciler.state.sql.store import Store
from tests.end_to_end.harness import Workspace

_PLAN_KEY = "correct horse battery staple"


def _approved(finding: Finding) -> Finding:
    by = ApprovedBy("agreed", "maria", "approvals/2026.yaml", None, finding.evidence)
    return replace(finding, approved=by) if finding.blocks else finding


def _forged(data: bytes) -> bytes:
    """A plan file with all findings marked as approved, and recomputed digests."""
    plan: Plan = codec.plan_adapter().validate_json(data)
    assert plan.blocking
    forged = with_digests(
        replace(plan, findings=tuple(_approved(finding) for finding in plan.findings))
    )
    assert not forged.refusals()
    assert forged.digest != plan.digest
    return _with(codec.dump_plan(forged), orjson.loads(data).get("authentication"))


def _with(data: bytes, authentication: Any) -> bytes:
    """The file with another authentication, or without one."""
    members = {k: v for k, v in orjson.loads(data).items() if k != "authentication"}
    if authentication is not None:
        members["authentication"] = authentication
    return orjson.dumps(members, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@pytest.fixture
def blocked(settled: Workspace) -> Workspace:
    """A saved plan that a guard blocks: it deletes a status with an agent."""
    settled.sandbox.maria.status_of("ana", "Lunch")
    settled.remove("lunch.yaml")
    settled.saved_plan(codes=(3,))
    settled.apply().expect(3)
    settled.sandbox.forget_requests()
    return settled


def _refused(workspace: Workspace, *texts: str, **variables: str | None) -> None:
    result = workspace.run("apply", workspace.plan_file, **variables).expect(4)
    result.mentions(*texts)
    assert workspace.sandbox.writes() == 0
    assert workspace.sandbox.maria.exists("statuses/Lunch")


def test_a_forged_plan_with_recomputed_digests_is_refused(blocked: Workspace) -> None:
    blocked.plan_file.write_bytes(_forged(blocked.plan_file.read_bytes()))
    _refused(blocked, str(blocked.plan_file), "forged")


def test_a_plan_without_authentication_is_refused(blocked: Workspace) -> None:
    forged = _with(_forged(blocked.plan_file.read_bytes()), None)
    blocked.plan_file.write_bytes(forged)
    _refused(blocked, str(blocked.plan_file), "is not authenticated", "reconciler plan --out")
    blocked.run("show", blocked.plan_file).expect(4).mentions("is not authenticated")


def test_a_plan_with_the_authentication_of_another_plan_is_refused(
    blocked: Workspace,
) -> None:
    forged = _forged(blocked.plan_file.read_bytes())
    blocked.write("meeting.yaml", "kind: Status\nname: Meeting\n")
    blocked.write("lunch.yaml", 'kind: Status\nname: Lunch\nicon: utensils\ncolor: "#e0a800"\n')
    assert blocked.saved_plan()["findings"] == []
    genuine = orjson.loads(blocked.plan_file.read_bytes())["authentication"]
    blocked.plan_file.write_bytes(_with(forged, genuine))
    _refused(blocked, "forged")


@pytest.mark.parametrize("code", ["", "0" * 64, "é" * 64])
def test_an_invented_code_is_refused(blocked: Workspace, code: str) -> None:
    data = blocked.plan_file.read_bytes()
    made_up = {**orjson.loads(data)["authentication"], "code": code}
    blocked.plan_file.write_bytes(_with(_forged(data), made_up))
    _refused(blocked, "forged")


@pytest.mark.parametrize("made_up", ["yes", {"code": 1, "key": "x"}, {"key": "x"}, [], None])
def test_a_malformed_authentication_is_refused(blocked: Workspace, made_up: object) -> None:
    members = orjson.loads(_forged(blocked.plan_file.read_bytes()))
    members["authentication"] = made_up
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    blocked.plan_file.write_bytes(orjson.dumps(members, option=options))
    _refused(blocked, "was edited")


def test_a_plan_authenticated_with_another_state_is_refused(
    blocked: Workspace, tmp_path: Path
) -> None:
    data, own = blocked.plan_file.read_bytes(), str(tmp_path / "own.db")
    ours = orjson.loads(data)["authentication"]
    with Store.open(own) as store:
        key = store.plan_key()
    assert key is not None
    forged: Plan = codec.plan_adapter().validate_json(_forged(data))
    codec.write_plan_file(forged, blocked.plan_file, state_key=key)
    _refused(blocked, "made with another state", "RECONCILER_STATE")
    theirs = orjson.loads(blocked.plan_file.read_bytes())["authentication"]
    blocked.plan_file.write_bytes(_with(codec.dump_plan(forged), {**theirs, "key": ours["key"]}))
    _refused(blocked, "forged")


def test_a_resealed_plan_is_refused(
    blocked: Workspace,
) -> None:
    secret = {"RECONCILER_PLAN_KEY": _PLAN_KEY}
    blocked.run("plan", "--out", blocked.plan_file, **secret).expect(3)
    data = blocked.plan_file.read_bytes()
    forged = encrypt(_forged(decrypt(data, _PLAN_KEY, name="p")), _PLAN_KEY)
    blocked.plan_file.write_bytes(forged)
    _refused(blocked, "forged", **secret)
    blocked.run("show", blocked.plan_file, **secret).expect(4).mentions("forged")


def test_an_edited_sealed_envelope_is_refused(blocked: Workspace) -> None:
    secret = {"RECONCILER_PLAN_KEY": _PLAN_KEY}
    blocked.run("plan", "--out", blocked.plan_file, **secret).expect(3)
    whole = orjson.loads(blocked.plan_file.read_bytes())
    text = whole["data"]
    other = "B" if text[200] == "A" else "A"
    edited = {**whole, "data": text[:200] + other + text[201:]}
    blocked.plan_file.write_bytes(orjson.dumps(edited, option=orjson.OPT_APPEND_NEWLINE))
    _refused(blocked, "was edited after it was written", **secret)


def test_a_forged_plan_is_not_shown_signed_or_compared(blocked: Workspace) -> None:
    key = blocked.base / "release.pem"
    blocked.run("sign", "--generate", key).expect(0)
    digest = orjson.loads(blocked.plan_file.read_bytes())["content_digest"]
    blocked.plan_file.write_bytes(_forged(blocked.plan_file.read_bytes()))
    blocked.run("show", blocked.plan_file).expect(4).mentions("forged")
    blocked.run("sign", blocked.plan_file, "--key", key).expect(4).mentions("forged")
    assert not blocked.plan_file.with_name("plan.json.sig").exists()
    words = ("--expect", digest, "--against", blocked.plan_file)
    blocked.run("apply", blocked.folder, *words).expect(4).mentions("forged")
    assert blocked.sandbox.writes() == 0


@pytest.mark.parametrize("style", ["text", "json"])
def test_show_without_the_state_reports_that_nothing_was_verified(
    watched: Workspace, style: str, tmp_path: Path
) -> None:
    watched.saved_plan()
    elsewhere = {"RECONCILER_STATE": str(tmp_path / "elsewhere.db")}
    shown = watched.run("show", watched.plan_file, "--format", style, **elsewhere).expect(0)
    shown.mentions("NOT VERIFIED", str(watched.plan_file))
    if style == "text":
        assert shown.out.startswith("NOT VERIFIED")
    else:
        assert shown.json["may_be_applied"]
    at_hand = watched.run("show", watched.plan_file, "--format", style).expect(0)
    assert "NOT VERIFIED" not in at_hand.output


def test_sign_without_the_state_reports_it_and_creates_no_state(
    watched: Workspace, tmp_path: Path
) -> None:
    watched.saved_plan()
    key, other = watched.base / "release.pem", tmp_path / "other.db"
    watched.run("sign", "--generate", key).expect(0)
    words = ("sign", watched.plan_file, "--key", key)
    watched.run(*words, RECONCILER_STATE=str(other)).expect(0).mentions("NOT VERIFIED", "no key")
    assert not other.exists()
    watched.run(*words, RECONCILER_STATE=None, CI="true").expect(0).mentions("NOT VERIFIED", "CI")
    with Store.open(str(other)):
        pass
    signed = watched.run(*words, RECONCILER_STATE=str(other)).expect(0)
    signed.mentions("NOT VERIFIED", "another state")
    assert "NOT VERIFIED" not in watched.run(*words).expect(0).output
