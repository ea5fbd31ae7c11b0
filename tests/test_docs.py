"""Every test that a page names exists, and every promise of `docs/safety.md` names a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_DEFINED = re.compile(r"^\s*(?:def|class) (test_\w+|Test\w+)|^(Test\w+) = ", re.MULTILINE)


@pytest.mark.parametrize(("name", "least"), [("safety.md", 20), ("architecture.md", 8)])
def test_every_test_named_on_a_page_exists(name: str, least: int) -> None:
    page = (_ROOT / "docs" / name).read_text()
    named = set(re.findall(r"`(test_\w+|Test\w+)`", page))
    defined = {
        name
        for file in (_ROOT / "tests").rglob("test_*.py")
        for found in _DEFINED.findall(file.read_text())
        for name in found
    }
    assert len(named) >= least
    assert named <= defined, f"no such test: {sorted(named - defined)}"


def test_every_promise_on_the_safety_page_names_a_test() -> None:
    page = (_ROOT / "docs" / "safety.md").read_text()
    promised = page.partition("## Promised")[2].partition("## Not promised")[0]
    rows = [row for row in promised.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 10
    assert [row for row in rows if not re.search(r"`(test_\w+|Test\w+)`", row)] == []
