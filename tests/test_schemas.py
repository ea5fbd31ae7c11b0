"""The JSON Schemas in `schemas/` are current and valid, and accept the example configuration.

`ruamel.yaml` reads and `jsonschema` checks: no code of this package is involved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from reconciler.views.schemas import schema_files

_ROOT = Path(__file__).parents[1]
_CONFIGS = _ROOT / "configs"
_SCHEMAS = _ROOT / "schemas"


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((_SCHEMAS / f"{name}.schema.json").read_bytes())
    return schema


def _schema_of(path: Path) -> str:
    below = path.relative_to(_CONFIGS)
    if below.name == "reconciler.yaml":
        return "project"
    return {"environments": "environment", "approvals": "approvals"}.get(below.parts[0], "manifest")


def _documents(path: Path) -> Iterator[Any]:
    reader = YAML(typ="safe", pure=True)
    for document in reader.load_all(path.read_bytes()):
        yield json.loads(json.dumps(document, default=str))  # a date is a text to JSON


_FILES = sorted(_CONFIGS.rglob("*.yaml"))


def test_the_schema_files_are_current() -> None:
    """If this fails, run `make schemas`."""
    made = {name: bytes(content) for name, content in schema_files().items()}
    kept = {path.name: path.read_bytes() for path in _SCHEMAS.glob("*.json")}
    assert sorted(kept) == sorted(made)
    assert [name for name in made if kept[name] != made[name]] == []


@pytest.mark.parametrize("file", sorted(schema_files()))
def test_each_file_is_a_valid_schema(file: str) -> None:
    schema = json.loads(schema_files()[file])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_CONFIGS)))
def test_every_document_of_the_example_configuration_is_valid(path: Path) -> None:
    validator = Draft202012Validator(_schema(_schema_of(path)))
    documents = list(_documents(path))
    assert documents or path.parent.name == "approvals"  # which may have none, only comments
    problems = [
        f"{error.json_path}: {error.message}"
        for document in documents
        for error in validator.iter_errors(document)
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ("manifest", {"kind": "Statuss", "name": "X"}),
        ("manifest", {"kind": "Status", "name": "X", "icno": "x"}),
        ("manifest", {"kind": "Status", "name": "X", "icon": 7}),
        ("manifest", {"kind": "Status"}),
        ("manifest", {"kind": "Campaign", "name": "X", "members": None}),
        ("manifest", {"kind": "Campaign", "name": "X", "channels": {"fax": {}}}),
        ("manifest", {"kind": "Holiday", "name": "X", "date": "2026-12-25"}),
        ("project", {}),
        ("project", {"project": "x", "ownership": {"contacts": "exclusive"}}),
        ("environment", {"platform": {"url": "http://x"}}),
        ("approvals", [{"guard": "unblock", "address": "blacklist/x"}]),
        ("approvals", {"guard": "unblock"}),
        ("plan", {}),
    ],
)
def test_invalid_documents_are_refused(schema: str, document: Any) -> None:
    assert not Draft202012Validator(_schema(schema)).is_valid(document)
