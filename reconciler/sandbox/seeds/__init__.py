"""The estates a sandbox can start with, in the form a seed file has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from reconciler.sandbox.seeds.members_check import BadSeed


def seed_document(seed: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    """A seed by name, from a JSON file, or as it is. Raises ValueError for what is none."""
    if isinstance(seed, Mapping):
        return seed
    if seed == "empty":
        from reconciler.sandbox.seeds.empty import SEED

        return SEED
    if seed == "demo":
        from reconciler.sandbox.seeds.demo import seed as demo

        return demo()
    path = Path(seed)
    if not path.is_file():
        raise ValueError(f"'{seed}' is no seed: there are empty, demo, and paths of JSON files")
    document = orjson.loads(path.read_bytes())
    if not isinstance(document, dict):
        raise BadSeed(f"{seed} is no seed: a seed is an object")
    return document
