"""Saved stories: each failed once, and every test run plays it again."""

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
    """The saved stories, by a name that describes the fault."""
    found: dict[str, object] = orjson.loads(FILE.read_bytes()) if FILE.exists() else {}
    return {name: loaded(orjson.dumps(story)) for name, story in found.items()}
