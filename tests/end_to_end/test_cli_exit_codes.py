"""The exit codes of commands. Code 4 has its own file."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.runs import NewRun
from reconciler.state.sql.store import Store
from tests.end_to_end.harness import Workspace

_TEMPLATE = "kind: Template\nname: Farewell\ntype: text\ncontent: Bye!\n"
_STATUS = "kind: Status\nname: Meeting\nicon: comments\n"


@contextmanager
def nobody_listens() -> Iterator[str]:
    """The URL of a port that is taken and does not answer."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_exit_code_2_needs_detailed_exitcode(watched: Workspace) -> None:
    watched.run("plan", "--detailed-exitcode").expect(0)
    watched.edit("lunch.yaml", "utensils", "fork")
    watched.run("plan").expect(0)
    watched.run("plan", "--detailed-exitcode").expect(2)


def test_tracking_only_changes_count_as_changes(watched: Workspace) -> None:
    watched.edit("campaigns/support.yaml", "members: [luis]\n", "")
    watched.run("plan", "--detailed-exitcode").expect(2)


def test_a_write_refused_midway_exits_5(
    settled: Workspace,
) -> None:
    settled.write("farewell.yaml", _TEMPLATE)
    settled.write("meeting.yaml", _STATUS)
    settled.edit("campaigns/sales.yaml", "signature: Signature", "signature: Farewell")
    settled.token = "no-new-templates"
    settled.saved_plan()
    result = settled.apply().expect(5)
    result.mentions("templates/Farewell", "lacks create on templates", "skipped")
    result.mentions("Applied 1 of 3 changes", "reconciler plan")
    maria = settled.sandbox.maria
    assert maria.exists("statuses/Meeting")
    assert maria.get("campaigns/Sales/channels/email")["signature"] == "Signature"
    run = settled.run("history", "--format", "json").json["runs"][0]
    assert run["state"] == "partly"
    settled.token = "sandbox-ci"
    settled.plan_and_apply()
    assert maria.get("campaigns/Sales/channels/email")["signature"] == "Farewell"
    settled.expect_nothing_to_do()


def test_a_run_without_any_write_exits_1(
    settled: Workspace,
) -> None:
    settled.write("farewell.yaml", _TEMPLATE)
    settled.token = "no-new-templates"
    settled.saved_plan()
    settled.apply().expect(1).mentions("templates/Farewell", "lacks create on templates")


def test_an_unreachable_platform_exits_6(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "utensils", "fork")
    watched.saved_plan()
    with nobody_listens() as url:
        watched.run("plan", RECONCILER_URL=url).expect(6).mentions(url)
        watched.run("apply", watched.plan_file, RECONCILER_URL=url).expect(6).mentions(url)
        watched.run("drift", RECONCILER_URL=url).expect(6).mentions(url)


def test_a_plan_can_be_applied_after_an_outage(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    with nobody_listens() as url:
        settled.run("apply", settled.plan_file, RECONCILER_URL=url).expect(6)
    settled.apply().expect(0)


def test_an_apply_during_another_apply_exits_7(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    settled.sandbox.forget_requests()
    with Store.open(str(settled.state)) as store:
        claim = Claim("carol", "build-7", 4121, "apply")
        key = LedgerKey("acme", "test", "test")
        store.acquire(key, claim, now=datetime.now(UTC), ttl_seconds=3600)
    settled.apply().expect(7).mentions("carol", "build-7", "4121", "unlock")
    assert settled.sandbox.writes() == 0
    settled.run("plan").expect(0)
    settled.run("unlock").expect(0).mentions("carol", "build-7")
    settled.run("unlock").expect(0).mentions("Nothing is locked")
    settled.apply().expect(0)


def test_a_plan_made_during_an_unfinished_run_is_refused(
    watched: Workspace,
) -> None:
    key = LedgerKey("acme", "test", "test")
    with Store.open(str(watched.state)) as store:
        claim, now = Claim("carol", "build-7", 4121, "apply"), datetime.now(UTC)
        lease = store.acquire(key, claim, now=now, ttl_seconds=3600)
        new = NewRun("p", "c", b"{}", "apply", "carol")
        run = store.begin_run(key, new, token=lease.token, now=now)
        store.release(lease)
    watched.edit("lunch.yaml", "utensils", "fork")
    planned = watched.run("plan", "--detailed-exitcode", "--out", watched.plan_file).expect(4)
    planned.mentions(run, f"reconciler apply --resume {run}", "then plan again")
    assert "apply it with" not in planned.output
    watched.apply().expect(4).mentions(run, "--resume", "then plan again")
    with Store.open(str(watched.state)) as store:
        store.finish_run(run, now=datetime.now(UTC))
    watched.apply().expect(4).mentions(run, "then plan again")
    watched.run("plan").expect(0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_waiting_for_another_apply_writes_nothing(
    settled: Workspace, number: signal.Signals
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    settled.sandbox.forget_requests()
    with Store.open(str(settled.state)) as store:
        claim = Claim("carol", "build-7", 4121, "apply")
        key = LedgerKey("acme", "test", "test")
        store.acquire(key, claim, now=datetime.now(UTC), ttl_seconds=3600)
        runs = store.runs(key)
    with settled.started("apply", settled.plan_file, "--wait", "10m") as waiting:
        assert waiting.stderr is not None
        assert "carol" in waiting.stderr.readline()
        waiting.send_signal(number)
        assert waiting.stderr.read() == "Interrupted: nothing was written.\n"
        assert waiting.wait(60) == 130
    assert settled.sandbox.writes() == 0
    with Store.open(str(settled.state)) as store:
        assert store.runs(key) == runs


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["plann"], "plann"),
        (["plan", "--formt", "json"], "--formt"),
        (["plan", "--format", "xml"], "xml"),
        (["plan", "--out"], "--out"),
        (["plan", "--approve", "unblock:blacklist/x"], "--reason"),
        (["plan", "--approve", "unblock", "--reason", "x"], "GUARD:ADDRESS"),
        (["plan", "--approve", "unblok:blacklist/x", "--reason", "x"], "unblock"),
        (["plan", "--reason", "x"], "--approve"),
        (["plan", "--env", "tset"], "test"),
        (["plan", "--out", "no/such/folder/plan.json"], "no/such/folder"),
        (["apply"], "PLAN"),
        (["apply", "."], "--expect"),
        (["apply", "no-such-plan.json"], "no-such-plan.json"),
        (["apply", "--resume", "--expect", "abc"], "--expect"),
        (["apply", "plan.json", "--wait", "soon"], "soon"),
        (["apply", "plan.json", "--approve", "unblock:b", "--reason", "x"], "--expect"),
        (["show", "no-such-plan.json"], "no-such-plan.json"),
        (["explain", "lunches/Lunch"], "lunches"),
        (["usage", "statuses"], "statuses"),
        (["export", "exported", "--include", "statuses"], "blacklist"),
        (["schema"], "--out"),
        (["schema", "plans"], "plan"),
        (["sandbox", "--port", "ninety"], "ninety"),
        (["sandbox", "--port", "99999"], "99999"),
        (["sandbox", "--port", "0", "--seed", "lunch.yaml"], "cannot start"),
        (["sandbox", "--clock", "noon", "--port", "0"], "--clock"),
        (["sandbox", "--seed", "no-such-seed", "--port", "0"], "no-such-seed"),
        (["sandbox", "--port", "0", "--data", "/proc/nope"], "--data: /proc/nope cannot be opened"),
        (["sandbox", "--port", "0", "--data", "lunch.yaml"], "--data: lunch.yaml cannot be opened"),
        (["sandbox", "--port", "0", "--data", "odd://u:secret@h/x"], "--data: odd://… cannot be"),
        (["schema", "--out", "/proc/schemas"], "/proc/schemas cannot be written"),
        (["explain", "statuses/\udcff"], r"not UTF-8: b'statuses/\xff'"),
        (["plan", "\udcff"], r"not UTF-8: b'\xff'"),
    ],
)
def test_an_invalid_command_line_exits_64(watched: Workspace, words: list[str], told: str) -> None:
    result = watched.run(*words).expect(64).mentions(told)
    assert result.out == ""


def test_a_taken_port_is_reported(watched: Workspace) -> None:
    with nobody_listens() as url:
        port = url.rpartition(":")[2]
        result = watched.run("sandbox", "--seed", "empty", "--port", port).expect(64)
        result.mentions(f"port {port} cannot be used", "--port")


@pytest.mark.parametrize(
    "tokens", ['{"s3cret": {"user": "ana"}}', '{"s3cret": 1}', '["s3cret"]', '{"s3cret"']
)
def test_invalid_sandbox_tokens_are_rejected(watched: Workspace, tokens: str) -> None:
    words = ("sandbox", "--port", "0", "--seed", "empty")
    result = watched.run(*words, RECONCILER_SANDBOX_TOKENS=tokens).expect(64)
    assert "s3cret" not in result.mentions("RECONCILER_SANDBOX_TOKENS").output


def test_env_is_required_with_several_environments(watched: Workspace) -> None:
    watched.write("environments/prod.yaml", 'platform: {url: "https://x.example", id: prod}\n')
    watched.run("plan").expect(64).mentions("--env", "prod, test")
    watched.run("plan", "--env", "test").expect(0)
    watched.run("validate").expect(0).mentions("prod, test: valid")


def test_help_and_version_exit_0(watched: Workspace) -> None:
    watched.run("--version").expect(0).mentions("reconciler")
    watched.run("--help").expect(0).mentions("plan", "apply", "Exit codes")
    watched.run("plan", "--help").expect(0).mentions("--approve")
