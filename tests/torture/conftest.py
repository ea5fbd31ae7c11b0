"""What `make torture` counts and spares; nothing of it changes what a test does."""

from __future__ import annotations

import gc

import pytest

from tests.torture.tally import tell


def pytest_collection_finish() -> None:
    """Leave what is imported out of every later collection: the tests run a third faster."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the tests that pass, for the parts whose tests tell of no scenario."""
    if report.when == "call" and report.passed:
        tell(tests=1)
