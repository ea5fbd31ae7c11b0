"""The estate of the benchmarks is valid and has the requested size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from reconciler.manifests.loading.loader import load_manifests
from reconciler.state.keys import LedgerKey
from reconciler.state.sql.store import Store

_ESTATE = Path(__file__).parents[1] / "benchmarks" / "estate.py"


def test_an_estate_has_the_requested_number_of_resources_and_a_ledger(tmp_path: Path) -> None:
    subprocess.run([sys.executable, _ESTATE, "600", tmp_path / "made"], check=True)
    made = load_manifests(tmp_path / "made" / "git", "bench").desired.resources
    with Store.open_read_only(str(tmp_path / "made" / "state.db")) as store:
        ledger = store.ledger(*LedgerKey("bench", "bench", "bench-platform"))
    assert abs(len(made) - 600) <= 6
    assert abs(len(ledger.entries) - 600) <= 6
    assert len(ledger.entries.keys() & made.keys()) >= 590
