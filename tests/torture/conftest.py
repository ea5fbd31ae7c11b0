"""Counting and garbage collection for `make torture`; the tests do not depend on it."""

from __future__ import annotations

import gc

import pytest

from tests.torture.tally import tell


def pytest_collection_finish() -> None:
    """Exclude imported objects from garbage collection: the tests run a third faster."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count passed tests, for the parts that do not count scenarios."""
    if report.when == "call" and report.passed:
        tell(tests=1)
