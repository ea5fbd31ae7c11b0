"""The JSON Schemas (2020-12) of the files people write, of plan files, and of JSON output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.views.formats import DOCUMENTS, Document

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

NAMES = (
    "manifest",
    "project",
    "environment",
    "approvals",
    "plan",
    *(f"{document.name}-output" for document in DOCUMENTS),
)


def schema_files() -> Mapping[str, bytes]:
    """Each schema by its file name."""
    import orjson

    from reconciler.manifests.json_schema.manifest_schema import manifest_schema
    from reconciler.manifests.json_schema.settings_schemas import (
        approvals_schema,
        environment_schema,
        project_schema,
    )
    from reconciler.planning.planfile.codec import plan_schema

    schemas = {
        "manifest": manifest_schema(),
        "project": project_schema(),
        "environment": environment_schema(),
        "approvals": approvals_schema(),
        "plan": {"$schema": _DIALECT, "title": "Plan", **plan_schema()},
        **{f"{document.name}-output": _output_schema(document) for document in DOCUMENTS},
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return {
        f"{name}.schema.json": orjson.dumps(schema, option=options)
        for name, schema in schemas.items()
    }


def _output_schema(document: Document[Any]) -> dict[str, object]:
    from pydantic import ConfigDict, create_model

    config = ConfigDict(use_attribute_docstrings=True)
    model = create_model("Output", __config__=config, document=(document.load_json_type(), ...))
    schema = model.model_json_schema(mode="serialization")
    definitions = schema["$defs"]
    name = schema["properties"]["document"]["$ref"].rpartition("/")[2]
    return {"$schema": _DIALECT, **definitions.pop(name), "$defs": definitions}
