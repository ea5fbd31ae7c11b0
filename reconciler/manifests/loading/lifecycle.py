"""Compiles `lifecycle:`, which any mapping of a resource may have."""

from __future__ import annotations

import orjson
from pydantic import JsonValue, ValidationError

from reconciler.kinds.base import Kind
from reconciler.manifests.declaration_keys import LIFECYCLE, LifecycleModel
from reconciler.manifests.desired import Lifecycle
from reconciler.manifests.loading.collector import DocumentContext
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.yaml.nodes import Path
from reconciler.message import Message, Personal

DEFAULT_LIFECYCLE = Lifecycle()


def lifecycle_of(
    context: DocumentContext,
    kind: Kind,
    value: JsonValue,
    path: Path,
    inherited: Lifecycle = DEFAULT_LIFECYCLE,
) -> Lifecycle:
    """The lifecycle in a mapping, with inherited values for the keys it leaves out."""
    if not isinstance(value, dict):
        hint = Message.of("write lifecycle: {{protect: true}}, or leave the key out")
        context.refuse(path, Message.of("`lifecycle` must be a mapping"), hint)
        return inherited
    try:
        model = LifecycleModel.model_validate_json(orjson.dumps(value), strict=True)
    except ValidationError as error:
        context.refuse_all(error, LifecycleModel, value, path=path, noun=LIFECYCLE)
        return inherited
    known = {name for body in kind.bodies.values() for name in body.model_fields}
    for index, name in enumerate(model.ignore):
        if name not in known:
            message = Message.of(
                "`{name}` is not a field of a {noun}", name=Personal(name), noun=kind.noun
            )
            hint = did_you_mean(name, sorted(known), what="it has")
            context.refuse((*path, "ignore", index), message, hint)
    given = model.model_fields_set
    return Lifecycle(
        model.protect if "protect" in given else inherited.protect,
        model.on_remove if "on_remove" in given else inherited.on_remove,
        inherited.ignore | frozenset(model.ignore),
    )
