"""`lifecycle:`, which stands beside the fields of anything written as a mapping."""

from __future__ import annotations

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from reconciler.kinds.base import Kind
from reconciler.manifests.desired import Lifecycle, OnRemove
from reconciler.manifests.loading.collector import Sheet
from reconciler.manifests.loading.declaration_keys import LIFECYCLE
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.yaml.nodes import Path

PLAIN = Lifecycle()


class LifecycleModel(BaseModel):
    """How a resource is treated, apart from what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protect: bool = Field(default=False, description="Never delete or replace it.")
    on_remove: OnRemove = Field(
        default="delete", description="keep: once it is out of git, only stop tracking it."
    )
    ignore: list[str] = Field(default=[], description="Fields set on create, then left alone.")


def lifecycle_of(
    sheet: Sheet, kind: Kind, value: JsonValue, path: Path, inherited: Lifecycle = PLAIN
) -> Lifecycle:
    """A `lifecycle:`; what it leaves out is as inherited."""
    if not isinstance(value, dict):
        hint = "write lifecycle: {protect: true}, or leave the key out"
        sheet.refuse(path, "`lifecycle` must be a mapping", hint)
        return inherited
    try:
        model = LifecycleModel.model_validate_json(orjson.dumps(value), strict=True)
    except ValidationError as error:
        sheet.refuse_all(error, LifecycleModel, value, path=path, noun=LIFECYCLE)
        return inherited
    known = {name for body in kind.bodies.values() for name in body.model_fields}
    for index, name in enumerate(model.ignore):
        if name not in known:
            message = f"`{name}` is not a field of a {kind.noun}"
            hint = did_you_mean(name, sorted(known), what="it has")
            sheet.refuse((*path, "ignore", index), message, hint)
    given = model.model_fields_set
    return Lifecycle(
        model.protect if "protect" in given else inherited.protect,
        model.on_remove if "on_remove" in given else inherited.on_remove,
        inherited.ignore | frozenset(model.ignore),
    )
