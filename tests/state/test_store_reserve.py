"""Room for one last write: a lease is given back on a disk that has become full."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.errors import StateError
from reconciler.message import searched
from reconciler.state.journal import StepOutcome, StepState
from reconciler.state.lease import LeaseHeld
from reconciler.state.sql import lease_rows
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, LUIS, MARIA, NOW, TTL_SECONDS, begun


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KB, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("this user may not mount a disk to fill")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def _fill(disk: Path) -> None:
    with (disk / "fill").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"x" * 512)
            except OSError:
                return


def test_a_lease_is_given_back_on_a_disk_that_is_full(small_disk: Path) -> None:
    with Store.open(str(small_disk / "state.db")) as store:
        run_id, token = begun(store, *[f"statuses/S{number}" for number in range(100)])
        lease = store.lease(KEY)
        assert lease is not None
        _fill(small_disk)
        done = [StepOutcome(seq, StepState.SUCCEEDED, searched("y" * 500)) for seq in range(100)]
        with pytest.raises(StateError, match="disk is full"):
            store.record_outcomes(run_id, done, token=token, now=NOW)
        store.release(lease)
        assert store.lease(KEY) is None


def test_room_is_kept_while_the_lease_is_held_and_let_go_of_before_it_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "state.db-reserve"
    with Store.open(str(tmp_path / "state.db")) as store:
        assert not kept.exists()
        lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        assert (kept.stat().st_size, kept.stat().st_mode & 0o777) == (65_536, 0o600)
        with pytest.raises(LeaseHeld):
            store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
        assert kept.exists()
        there: list[bool] = []
        monkeypatch.setattr(lease_rows, "release", lambda *_: there.append(kept.exists()))
        store.release(lease)
        assert there == [False]


def test_a_lease_is_taken_and_given_back_where_no_room_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "state.db-reserve").mkdir()
    with Store.open(str(tmp_path / "state.db")) as store:
        store.release(store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS))
        assert store.lease(KEY) is None
