"""The commands that the tool prints: complete, offered where they work, and accepted as printed."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

import pytest

from tests.end_to_end.harness import Cli, Result, Workspace, blocking
from tests.end_to_end.printed_commands import printed_commands

_SECOND = 'platform: {url: "http://127.0.0.1:1", id: other}\n'


@dataclass(frozen=True)
class _FromAbove:
    """Commands from the parent folder of a project with two environments."""

    workspace: Workspace

    def __call__(self, *words: str) -> Result:
        return Cli(self.workspace.variables, self.workspace.base)(*words)

    def printed(self, result: Result, name: str) -> list[str]:
        """The last printed command with this name."""
        return [words for words in printed_commands(result.output) if words[0] == name][-1]


@pytest.fixture
def above(settled: Workspace) -> _FromAbove:
    settled.write("environments/other.yaml", _SECOND)
    return _FromAbove(settled)


def test_the_commands_after_a_plan_and_an_apply_work_from_another_folder(
    above: _FromAbove,
) -> None:
    above.workspace.edit("lunch.yaml", "utensils", "fork")
    written = above("plan", "--dir", "estate", "--env", "test", "--out", "p.json").expect(0)
    apply = above.printed(written, "apply")
    assert apply == ["apply", "p.json", "--dir", "estate", "--env", "test"]
    above(*apply).expect(0)
    history = above("history", "-C", "estate", "-e", "test").expect(0)
    above(*above.printed(history, "history")).expect(0).mentions("statuses/Lunch")
    run = above("history", "-C", "estate", "-e", "test", "--format", "json").json["runs"][0]["id"]
    undo = above("undo", run, "--dir", "estate").expect(0)
    save = above.printed(undo, "undo")
    assert save == ["undo", run, "--out", "FILE", "--dir", "estate", "--env", "test"]
    above(*above.printed(above(*save).expect(0), "apply")).expect(0)
    assert above.workspace.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_the_environment_may_come_from_a_variable(above: _FromAbove) -> None:
    above.workspace.edit("lunch.yaml", "utensils", "fork")
    cli = Cli({**above.workspace.variables, "RECONCILER_ENV": "test"}, above.workspace.base)
    written = cli("plan", "estate", "--out", "p.json").expect(0)
    assert above.printed(written, "apply")[-2:] == ["--env", "test"]
    cli("plan", "estate", "--env", "nowhere").expect(64).mentions("nowhere")


def test_a_folder_is_named_once(watched: Workspace) -> None:
    cli = Cli(watched.variables, watched.base)
    cli("validate", "estate", "--dir", "estate").expect(0)
    cli("validate", "estate", "--dir", "other").expect(64).mentions("name the folder once")


def test_a_blocked_plan_offers_no_apply_and_a_blocked_apply_says_what_to_do(
    settled: Workspace,
) -> None:
    settled.sandbox.maria.status_of("ana", "Lunch")
    settled.remove("lunch.yaml")
    made = settled.run("plan", "--out", settled.plan_file).expect(3)
    assert printed_commands(made.output) == []
    refused = settled.apply().expect(3)
    (again,) = printed_commands(refused.output)
    assert again[:3] == ["plan", "--out", str(settled.plan_file)]
    found = json.loads(settled.plan_file.read_text())
    assert {again[i + 1] for i, word in enumerate(again) if word == "--approve"} == {
        f"{code}:{address}" for code, address in blocking(found)
    }
    settled.run(*again).expect(0)


def test_an_apply_that_fresh_facts_block_says_what_to_do(settled: Workspace) -> None:
    settled.remove("lunch.yaml")
    settled.saved_plan()
    settled.sandbox.maria.status_of("ana", "Lunch")
    refused = settled.apply().expect(3)
    (again,) = printed_commands(refused.output)
    settled.run(*again).expect(0)
    settled.apply().expect(0)


def test_a_plan_without_changes_offers_no_apply(watched: Workspace) -> None:
    made = watched.run("plan", "--out", watched.base / "p.json").expect(0)
    assert printed_commands(made.output) == []


def test_a_blocked_undo_offers_no_save(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    run = settled.run("history", "--format", "json").json["runs"][0]["id"]
    settled.sandbox.maria.patch("statuses/Lunch", icon="knife")
    shown = settled.run("undo", run).expect(3)
    assert not [words for words in printed_commands(shown.output) if words[0] == "undo"]
    approved = settled.run(
        "undo", run, "--approve", "conflict:statuses/Lunch", "--reason", "a mistake"
    ).expect(0)
    (save,) = printed_commands(approved.output)
    assert shlex.join(save) == (
        f"undo {run} --out FILE --approve conflict:statuses/Lunch --reason 'a mistake'"
    )


def test_init_prints_commands_for_the_new_folder(watched: Workspace) -> None:
    cli = Cli(watched.variables, watched.base)
    made = cli("init", "new").expect(0)
    validate, plan = (
        next(words for words in printed_commands(made.output) if words[0] == name)
        for name in ("validate", "plan")
    )
    cli(*validate).expect(0)
    assert plan == ["plan", "--dir", "new"]


def test_a_refused_plan_file_is_named_in_the_next_step(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    settled.sandbox.maria.patch("statuses/Lunch", icon="knife")
    refused = settled.apply().expect(4)
    assert printed_commands(refused.err) == [["plan", "--out", str(settled.plan_file)]]


def test_an_unsigned_plan_is_refused_with_the_command_that_signs_it(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    settled.run("sign", "--generate", "key.pem").expect(0)
    refused = settled.run("apply", settled.plan_file, "--trust", "key.pub.pem").expect(4)
    (sign,) = printed_commands(refused.err)
    assert sign == ["sign", str(settled.plan_file), "--key", "KEY.pem"]
    settled.run(*sign[:-1], "key.pem").expect(0)
    settled.run("apply", settled.plan_file, "--trust", "key.pub.pem").expect(0)


def test_a_freeze_prints_its_approval_and_no_apply_that_it_would_refuse(
    settled: Workspace,
) -> None:
    settled.write(
        "environments/test.yaml",
        'platform: {url: "http://127.0.0.1:1", id: test}\n'
        "freeze: {time_zone: UTC, dated: [{from: 2020-01-01, to: 2098-01-01, reason: stock}]}\n",
    )
    settled.edit("lunch.yaml", "utensils", "fork")
    shown = settled.run("plan").expect(0)
    (approve,) = printed_commands(shown.output)
    assert approve[-4:] == ["--approve", "freeze:test", "--reason", "REASON"]
    made = settled.run(*approve).expect(0)
    settled.run(*printed_commands(made.err)[-1]).expect(0)


def test_an_unfinished_run_is_named_in_the_command_that_resumes_it(settled: Workspace) -> None:
    from datetime import UTC, datetime

    from reconciler.state.keys import LedgerKey
    from reconciler.state.lease import Claim
    from reconciler.state.runs import NewRun
    from reconciler.state.sql.store import Store

    key, now = LedgerKey("acme", "test", "test"), datetime.now(UTC)
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    with Store.open(str(settled.state)) as store:
        lease = store.acquire(key, Claim("maria", "h", 1, "apply"), now=now, ttl_seconds=60)
        new = NewRun("plan", "content", settled.plan_file.read_bytes(), "apply", "maria")
        run = store.begin_run(key, new, token=lease.token, now=now)
        store.release(lease)
    resume = ["apply", "--resume", run]
    assert resume in printed_commands(settled.apply().expect(4).err)
    assert resume in printed_commands(settled.run("plan").expect(4).out)
    assert resume in printed_commands(settled.run("history", run).expect(0).out)
    assert resume in printed_commands(settled.run("undo", run).output)
    settled.write("environments/other.yaml", _SECOND)
    from_above = Cli(settled.variables, settled.base)
    shown = from_above("history", run, "--dir", "estate").expect(0)
    assert [*resume, "--dir", "estate", "--env", "test"] in printed_commands(shown.out)
    assert "several environments" not in from_above(*resume, "--dir", "estate").output


def test_a_plan_of_another_environment_is_refused_with_the_one_it_is_for(
    above: _FromAbove,
) -> None:
    above.workspace.edit("lunch.yaml", "utensils", "fork")
    above("plan", "--dir", "estate", "--env", "test", "--out", "p.json").expect(0)
    above.workspace.write(
        "environments/other.yaml", 'platform: {url: "http://127.0.0.1:1", id: test}\n'
    )
    cli = Cli({**above.workspace.variables, "RECONCILER_ENV": "other"}, above.workspace.base)
    refused = cli("apply", "p.json", "--dir", "estate").expect(4)
    apply = above.printed(refused, "apply")
    assert apply == ["apply", "p.json", "--env", "test", "--dir", "estate"]
    cli(*apply).expect(0)


def test_an_undo_in_another_environment_is_refused_with_the_one_of_the_run(
    above: _FromAbove,
) -> None:
    above.workspace.write(
        "environments/other.yaml", 'platform: {url: "http://127.0.0.1:1", id: test}\n'
    )
    listed = above("history", "-C", "estate", "-e", "test", "--format", "json").json
    run = listed["runs"][0]["id"]
    refused = above("undo", run, "-C", "estate", "-e", "other").expect(4)
    undo = above.printed(refused, "undo")
    assert undo == ["undo", run, "--env", "test", "--dir", "estate"]
    assert "its environment" not in above(*undo).output
