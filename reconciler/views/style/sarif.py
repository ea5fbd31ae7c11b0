"""The parts of SARIF 2.1.0 that every report has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from pydantic import JsonValue

from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.repository import FilePosition

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MARKUP = re.compile(r"[\\\[\]]")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def sarif_bytes(
    results: Sequence[Mapping[str, JsonValue]],
    rules: Mapping[str, str],
    *,
    automation: str,
    version: str = "",
) -> bytes:
    """A report with one run; `rules` has the description of each rule by its id."""
    described: list[JsonValue] = [
        {"id": rule, "shortDescription": {"text": text}} for rule, text in sorted(rules.items())
    ]
    driver: dict[str, JsonValue] = {"name": "reconciler", "rules": described}
    if version:
        driver["version"] = version
    run: dict[str, JsonValue] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": automation},
        "columnKind": "unicodeCodePoints",
        "results": [dict(result) for result in results],
    }
    return json_bytes({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def message(text: str) -> dict[str, JsonValue]:
    """A message in which nothing is a link or a placeholder."""
    plain = _MARKUP.sub(lambda found: f"\\{found[0]}", text)
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", plain)}


def physical_location(place: FilePosition) -> dict[str, JsonValue]:
    """A place in a file of the repository."""
    return {
        "artifactLocation": {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": place.line, "startColumn": place.column},
    }
