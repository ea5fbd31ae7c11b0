"""Shell completion: environments, addresses from the manifests, and runs; never a customer."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from tests.end_to_end.harness import Result, Workspace


def _completed(workspace: Workspace, *words: str, asking: str = "zsh") -> list[str]:
    """The values that a shell would offer for the last word."""
    result = workspace.run(
        _RECONCILER_COMPLETE=f"{asking}_complete",
        COMP_WORDS=shlex.join(["reconciler", *words])
        if words[-1]
        else " ".join(["reconciler", *words]),
        COMP_CWORD=str(len(words)),
        RECONCILER_TOKEN=None,
        RECONCILER_URL=None,
    ).expect(0)
    return _values(result, asking)


def _values(result: Result, asking: str) -> list[str]:
    lines = result.out.splitlines()
    return lines[1::3] if asking == "zsh" else [line.partition(",")[2] for line in lines]


def test_environments_are_completed(watched: Workspace) -> None:
    watched.write("environments/prod.yaml", 'platform: {url: "http://127.0.0.1:1", id: p}\n')
    assert _completed(watched, "plan", "--env", "") == ["prod", "test"]
    assert _completed(watched, "plan", "-e", "p") == ["prod"]
    assert _completed(watched, "plan", "--dir", "../estate", "-e", "p") == ["prod"]


def test_addresses_come_from_the_manifests_without_customers(watched: Workspace) -> None:
    found = _completed(watched, "explain", "")
    assert {"campaigns/Sales/channels/email", "dispositions/Sale/Completed"} <= set(found)
    assert not [address for address in found if "blacklist" in address or "contacts" in address]
    assert _completed(watched, "plan", "--only", "statuses/") == ["statuses/Lunch"]


def test_runs_are_completed(watched: Workspace) -> None:
    (run,) = (each["id"] for each in watched.run("history", "--format", "json").json["runs"])
    assert _completed(watched, "undo", "") == [run]
    assert _completed(watched, "apply", "--resume", run[:4]) == [run]
    assert run in _completed(watched, "history", "")


def test_bash_gets_escaped_words(watched: Workspace) -> None:
    watched.write("pause.yaml", "kind: Status\nname: On call (short)\n")
    found = _completed(watched, "explain", "statuses/On", asking="bash")
    assert found == ["statuses/On\\ call\\ \\(short\\)"]


def test_a_problem_completes_nothing_without_a_word(watched: Workspace) -> None:
    watched.write("bad.yaml", "kind: [")
    assert _completed(watched, "explain", "") == []
    assert _completed(watched, "undo", "--dir", "nowhere", "") == []


def test_a_completion_creates_no_state(workspace: Workspace) -> None:
    assert _completed(workspace, "undo", "") == []
    assert not workspace.state.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(watched: Workspace, shell: str) -> None:
    watched.run("completion", shell).expect(0).mentions("_RECONCILER_COMPLETE", "reconciler")


def test_bash_accepts_its_script(watched: Workspace) -> None:
    script = watched.run("completion", "bash").expect(0).out
    checked = subprocess.run(
        ["bash", "-n"], input=script, text=True, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
