"""Finds a seed by name, or reads it from a JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from reconciler.sandbox.seeds.validation import BadSeed


def seed_document(seed: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    """The seed named `empty` or `demo`, of a JSON file, or given. Raises ValueError."""
    if isinstance(seed, Mapping):
        return seed
    if seed == "empty":
        return _empty()
    if seed == "demo":
        from reconciler.sandbox.seeds.demo.seed import demo_seed

        return demo_seed()
    path = Path(seed)
    if not path.is_file():
        raise ValueError(f"'{seed}' is not a seed: use empty, demo, or the path of a JSON file")
    document = orjson.loads(path.read_bytes())
    if not isinstance(document, dict):
        raise BadSeed(f"{seed} is not a seed: a seed is a JSON object")
    return document


def _empty() -> dict[str, Any]:
    """A platform without configuration: its directory and its system statuses."""
    from reconciler.sandbox.seeds.demo.directory import CONNECTORS, FORMS, USERS

    return {
        "platform": {"id": "acme-dev", "name": "Acme (development)"},
        "users": USERS,
        "connectors": CONNECTORS,
        "forms": FORMS,
    }
