"""Golden files: `pytest tests/views --regenerate` writes them anew; look at their diff in git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

_GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="Write the golden files anew.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of a name."""
    regenerate = request.config.getoption("--regenerate", default=False)

    def check(name: str, text: str) -> None:
        path = _GOLDEN / name
        if regenerate:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{name} differs; if that is meant: pytest tests/views --regenerate"
        )

    return check
