"""Rules for the layout of the repository itself."""

from __future__ import annotations

import sys
from pathlib import Path

from reconciler.planning.planfile.codec import read_plan_file

TESTS = Path(__file__).parent


def test_no_test_module_hides_a_module_of_the_standard_library() -> None:
    """Pytest puts the folders of tests on sys.path, and spawned processes inherit that path.

    A `platform.py` there replaced the standard library's in every spawned process.
    """
    names = {path: path.stem for path in sorted(TESTS.rglob("*.py")) if path.stem != "__init__"}
    assert not [path for path, name in names.items() if name in sys.stdlib_module_names]


def test_the_example_plan_can_be_read_by_this_version() -> None:
    example = TESTS.parent / "plans" / "example" / "plan.json"
    assert read_plan_file(example).unverified.changes
