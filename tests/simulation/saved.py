"""Stories kept in a file: each failed once, and is played by every test run since."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from tests.simulation.story import Story

FILE = Path(__file__).parent / "regressions.json"


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Story]:
    return TypeAdapter(Story)


def dumped(story: Story) -> str:
    """A story as JSON."""
    return _adapter().dump_json(story, exclude_defaults=True).decode()


def loaded(data: bytes | str) -> Story:
    """A story from its JSON."""
    return _adapter().validate_json(data)


def kept() -> Mapping[str, Story]:
    """The stories of the file, by what was wrong with each."""
    found: dict[str, object] = orjson.loads(FILE.read_bytes()) if FILE.exists() else {}
    return {name: loaded(orjson.dumps(story)) for name, story in found.items()}
