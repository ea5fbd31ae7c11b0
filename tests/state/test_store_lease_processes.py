"""The lease of a dead process of this host can be taken at once, and of no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.state.lease import Claim, LeaseHeld
from reconciler.state.processes import is_certainly_dead, this_process_mark
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, NOW, TTL_SECONDS

_PRINT_MARK = (
    "import sys; from reconciler.state.processes import this_process_mark; "
    "print(this_process_mark(), flush=True); sys.stdin.read()"
)
HERE = "build-7"


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    """Another process of this host, which prints its mark and lives until it is told."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PRINT_MARK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _mark(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    mark = process.stdout.readline().strip()
    assert mark, "this system does not tell what a process is"
    return mark


def _claim(process: subprocess.Popen[str], mark: str) -> Claim:
    return Claim("maria", HERE, process.pid, "apply", mark)


def test_a_process_that_lives_is_not_dead(other: subprocess.Popen[str]) -> None:
    assert not is_certainly_dead(_mark(other), other.pid)
    assert not is_certainly_dead(this_process_mark(), os.getpid())


def test_a_process_that_was_stopped_is_not_dead(other: subprocess.Popen[str]) -> None:
    mark = _mark(other)
    os.kill(other.pid, 19)
    assert not is_certainly_dead(mark, other.pid)


def test_a_process_is_dead_once_it_was_killed_noticed_by_its_parent_or_not(
    other: subprocess.Popen[str],
) -> None:
    mark = _mark(other)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it is over, and still listed
    assert is_certainly_dead(mark, other.pid)
    other.wait()
    assert is_certainly_dead(mark, other.pid)


def test_a_pid_that_another_process_has_now_is_not_the_holder() -> None:
    boot, namespace, started = this_process_mark().split(" ")
    before = f"{boot} {namespace} {int(started) - 1}"
    assert is_certainly_dead(before, os.getpid())


@pytest.mark.parametrize("pid", [0, -1])
def test_no_group_of_processes_is_asked_after(pid: int) -> None:
    assert not is_certainly_dead(this_process_mark(), pid)


def test_of_another_boot_or_another_namespace_nothing_is_known(
    other: subprocess.Popen[str],
) -> None:
    boot, namespace, started = _mark(other).split(" ")
    other.kill()
    other.wait()
    for mark in (
        "",
        f"another-boot {namespace} {started}",
        f"{boot} pid:[1] {started}",
        f"{boot} {started}",
    ):
        assert not is_certainly_dead(mark, other.pid)


def test_where_the_system_does_not_tell_nobody_is_called_dead(
    tmp_path: Path, other: subprocess.Popen[str]
) -> None:
    mark = _mark(other)
    other.kill()
    other.wait()
    assert this_process_mark(tmp_path) == ""
    assert not is_certainly_dead(mark, other.pid, tmp_path)
    (tmp_path / "self").symlink_to("1")
    assert this_process_mark(tmp_path) == "", "the /proc of another pid namespace"


def test_the_lease_of_a_dead_process_is_free_at_once(
    store: Store, other: subprocess.Popen[str]
) -> None:
    claim = _claim(other, _mark(other))
    held = store.acquire(KEY, claim, now=NOW, ttl_seconds=TTL_SECONDS)
    assert held.process == claim.process
    ours = Claim("luis", HERE, os.getpid(), "apply", this_process_mark())
    with pytest.raises(LeaseHeld, match="maria"):
        store.acquire(KEY, ours, now=NOW, ttl_seconds=TTL_SECONDS)
    other.kill()
    other.wait()
    elsewhere = replace(ours, host="laptop")
    with pytest.raises(LeaseHeld, match="maria"):
        store.acquire(KEY, elsewhere, now=NOW, ttl_seconds=TTL_SECONDS)
    taken = store.acquire(KEY, ours, now=NOW, ttl_seconds=TTL_SECONDS)
    assert taken.token == held.token + 1


def test_a_lease_of_a_process_that_said_nothing_of_itself_expires_by_itself(
    store: Store, other: subprocess.Popen[str]
) -> None:
    store.acquire(KEY, _claim(other, ""), now=NOW, ttl_seconds=TTL_SECONDS)
    other.kill()
    other.wait()
    ours = Claim("luis", HERE, os.getpid(), "apply", this_process_mark())
    with pytest.raises(LeaseHeld, match="maria"):
        store.acquire(KEY, ours, now=NOW, ttl_seconds=TTL_SECONDS)
