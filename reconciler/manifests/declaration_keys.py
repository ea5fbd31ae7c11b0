"""The keys of a declaration other than the kind's fields, for each place of a manifest.

The loader, the formatter, the exporter and the JSON Schemas all read this one declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.kinds.base import Body, Kind, Life, Renaming, Scope
from reconciler.kinds.registry import KINDS
from reconciler.manifests.desired import OnRemove

LIFECYCLE = "lifecycle"
RENAMED_FROM = "renamed_from"
LEVELS = "levels"
RESET = "reset"
KIND = "kind"
CAMPAIGN = "campaign"
ITEMS = "items"
COPY_FROM = "copy_from"
ADD = "add"
REMOVE = "remove"

_FILE_SUFFIX = "_file"
_TEXT_IN_FILES = ("content",)
"""Fields whose text may be in a separate file."""


NESTED_KINDS = tuple(
    sorted(
        KINDS.nested, key=lambda k: (not k.bodies.keys() - {""}, bool(k.identity), not k.is_tree)
    )
)
"""The kinds in a campaign's document, in reading order: channels, members, …"""


class Placement(Enum):
    """Where in a manifest a resource is declared."""

    NESTED = "nested"
    """Under a key of its campaign, or as a level of a tree."""
    ITEM = "item"
    """As one of the `items` of a document."""
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A body and the keys of its declaration other than its fields.

    `keys` are these keys in reading order. `own` also has the keys that the loader refuses with a
    reason, such as the `campaign` of a global resource. `files` maps a key that names a file to
    the field it fills. `bare` says whether a name alone is a valid declaration.
    """

    body: type[Body]
    noun: str
    keys: tuple[str, ...]
    own: frozenset[str]
    files: tuple[tuple[str, str], ...]
    bare: bool


def file_keys(body: type[Body]) -> tuple[tuple[str, str], ...]:
    """The keys that name a file, each with the field for its text."""
    return tuple(
        (name + _FILE_SUFFIX, name) for name in body.model_fields if name in _TEXT_IN_FILES
    )


def keys_beside_fields(kind: Kind, body: type[Body], where: Placement) -> tuple[str, ...]:
    """The allowed keys other than a kind's fields, in reading order."""
    keys = [KIND] if where is Placement.DOCUMENT else []
    if kind.scope is not Scope.GLOBAL and where is not Placement.NESTED:
        keys.append(CAMPAIGN)
    if kind.identity and not (kind.life is Life.FIXED and where is Placement.NESTED):
        keys.append(kind.identity)
    if kind.qualifier is not None:
        keys.append(kind.qualifier.key)
    keys.extend(key for key, _ in file_keys(body))
    if kind.life is Life.FIXED:
        keys.append(RESET)
    if kind.is_tree:
        keys.append(LEVELS)
    if where is Placement.DOCUMENT and kind.holds_resources:
        keys.extend(nested.collection for nested in KINDS.nested)
    if kind.renaming is not Renaming.NEVER:
        keys.append(RENAMED_FROM)
    return (*keys, LIFECYCLE)


_DECLARATIONS: dict[tuple[type[Body], Placement], Declaration] = {}


def declaration_of(kind: Kind, body: type[Body], where: Placement) -> Declaration:
    """The declaration of one body of a kind in one place."""
    known = _DECLARATIONS.get((body, where))
    if known is None:
        keys = keys_beside_fields(kind, body, where)
        known = _DECLARATIONS[body, where] = Declaration(
            body,
            _noun(kind, body),
            keys,
            frozenset((*keys, RENAMED_FROM, *(() if where is Placement.NESTED else (CAMPAIGN,)))),
            file_keys(body),
            _is_valid_bare(body),
        )
    return known


def _noun(kind: Kind, body: type[Body]) -> str:
    """The name of a resource in messages: `status`, `whatsapp channel`."""
    name = next(name for name, model in kind.bodies.items() if model is body)
    return f"{name} {kind.noun}".strip()


def _is_valid_bare(body: type[Body]) -> bool:
    try:
        body()
    except ValidationError:
        return False
    return True


class LifecycleModel(BaseModel):
    """How a resource is treated, independent of its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protect: bool = Field(default=False, description="Refuse to delete or replace it.")
    on_remove: OnRemove = Field(
        default="delete",
        description="keep: once it is gone from git, stop managing it and leave it in place.",
    )
    ignore: list[str] = Field(default=[], description="Fields that are set on create only.")
