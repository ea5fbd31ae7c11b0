"""JSON Schemas of the project file, environments and approvals."""

from __future__ import annotations

from pydantic import BaseModel, JsonValue

from reconciler.manifests.config.approvals import ApprovalModel
from reconciler.manifests.config.models import OWNABLE, EnvironmentModel, ProjectModel
from reconciler.manifests.json_schema.model_schema import DIALECT, Schema, object_at, untitled


def project_schema() -> Schema:
    """The schema of `reconciler.yaml`."""
    schema = _of_model(ProjectModel, "reconciler project file")
    properties = object_at(schema, "properties")
    owned: list[JsonValue] = list(OWNABLE)
    object_at(properties, "ownership")["propertyNames"] = {"enum": owned}
    return schema


def environment_schema() -> Schema:
    """The schema of a file of `environments/`."""
    return _of_model(EnvironmentModel, "reconciler environment")


def approvals_schema() -> Schema:
    """The schema of a file of `approvals/`: a list."""
    schema = _of_model(ApprovalModel, "reconciler approvals")
    definitions = schema.pop("$defs", {})
    head = {key: schema.pop(key) for key in ("$schema", "title")}
    result: Schema = {**head, "type": "array", "items": schema}
    if definitions:
        result["$defs"] = definitions
    return result


def _of_model(model: type[BaseModel], title: str) -> Schema:
    schema: Schema = untitled(model.model_json_schema(by_alias=True))
    return {"$schema": DIALECT, "title": title, **schema}
