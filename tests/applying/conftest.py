"""`make torture` counts the tests here that pass."""

from __future__ import annotations

from tests.torture.conftest import pytest_runtest_logreport

__all__ = ["pytest_runtest_logreport"]
