"""The JSON Schemas (2020-12) this version speaks, as the bytes of their files."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_files() -> Mapping[str, bytes]:
    """Each schema by the name of its file."""
    from reconciler.manifests.json_schema.manifest_schema import manifest_schema
    from reconciler.manifests.json_schema.settings_schemas import (
        approvals_schema,
        environment_schema,
        project_schema,
    )
    from reconciler.planning.planfile.codec import plan_schema

    plan = {"$schema": _DIALECT, "title": "Plan", **plan_schema()}
    found = {
        "manifest": manifest_schema(),
        "project": project_schema(),
        "environment": environment_schema(),
        "approvals": approvals_schema(),
        "plan": plan,
    }
    return {
        f"{name}.schema.json": orjson.dumps(one, option=_OPTIONS) for name, one in found.items()
    }
