"""The form of a list in a manifest: complete, or `{add, remove}`."""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.manifests.loading.collector import DocumentContext
from reconciler.manifests.problems.suggestions import did_you_mean, list_hint
from reconciler.manifests.yaml.nodes import Path
from reconciler.message import Message, Personal

_EMPTY_LIST = Message.of("write [] to empty it, or leave the key out")

RawMapping = dict[str, JsonValue]
"""A mapping of a manifest, not validated."""


def refuse_non_list(context: DocumentContext, value: object, path: Path) -> None:
    """Report that a list was expected, and how to write what null may have meant."""
    label = f"`{path[-1]}`"
    if value is None:
        context.refuse(path, Message.of("{label} cannot be null", label=label), _EMPTY_LIST)
    else:
        hint = list_hint(value)
        context.refuse(path, Message.of("{label} must be a list", label=label), hint)


def add_and_remove(
    context: DocumentContext,
    value: RawMapping,
    path: Path,
    *,
    what: str,
    also: tuple[str, ...] = (),
) -> tuple[list[JsonValue], list[JsonValue]] | None:
    """The two parts of a list that is managed in part; None if it has neither."""
    known = (*also, "add", "remove")
    for key in value:
        if key not in known:
            hint = did_you_mean(key, known, what="it has")
            message = Message.of(
                "{what} must be a list, or a mapping with {known}, not `{key}`",
                what=what,
                known=" and ".join(known),
                key=Personal(key),
            )
            context.refuse((*path, key), message, hint, of_key=True)
    parts: list[list[JsonValue]] = []
    for key in ("add", "remove"):
        part = value.get(key, [])
        if not isinstance(part, list):
            refuse_non_list(context, part, (*path, key))
            part = []
        parts.append(part)
    if not value:
        hint = Message.of("write add: […] or remove: […], or [] for an empty list")
        context.refuse(path, Message.of("{what} cannot be an empty mapping", what=what), hint)
    if not any(key in value for key in known):
        return None
    return parts[0], parts[1]
