"""The OpenAPI document."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The API as OpenAPI 3.1."""
    return {"openapi": "3.1.0", "info": {"title": "Contact centre", "version": "1"}, "paths": {}}
