"""What may stand beside a kind's fields in each form of declaring it, worked out once a kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.kinds.base import Body, Kind, Life
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
"""Fields whose text may be kept in a file of its own."""


class Placement(Enum):
    """In what place of a manifest a resource is declared."""

    NESTED = "nested"
    """Under a key of its campaign, or as a level of a tree."""
    ITEM = "item"
    """As one of the `items` of a document."""
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A body and the keys beside its fields.

    `keys` are those keys in order, `own` the same as a set; `files` maps a key that names a file
    to the field it fills; `bare` says whether a name alone is enough.
    """

    body: type[Body]
    noun: str
    keys: tuple[str, ...]
    own: frozenset[str]
    files: tuple[tuple[str, str], ...]
    bare: bool


def nested_keys(kind: Kind) -> tuple[str, ...]:
    """The keys of a kind's documents under which other resources are declared."""
    return tuple(one.collection for one in KINDS.nested) if kind.holds_resources else ()


def file_keys(body: type[Body]) -> tuple[tuple[str, str], ...]:
    """The keys that name a file, each with the field its text is for."""
    return tuple(
        (name + _FILE_SUFFIX, name) for name in body.model_fields if name in _TEXT_IN_FILES
    )


def keys_beside_fields(kind: Kind, body: type[Body], where: Placement) -> tuple[str, ...]:
    """The keys that may stand beside a kind's fields, in the order people write them."""
    keys = [KIND] if where is Placement.DOCUMENT else []
    if where is not Placement.NESTED:
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
    if where is Placement.DOCUMENT:
        keys.extend(nested_keys(kind))
    return (*keys, RENAMED_FROM, LIFECYCLE)


_SHAPES: dict[tuple[type[Body], Placement], Declaration] = {}


def declaration_of(kind: Kind, body: type[Body], where: Placement) -> Declaration:
    """The shape of one body of a kind in one place."""
    known = _SHAPES.get((body, where))
    if known is None:
        keys = keys_beside_fields(kind, body, where)
        known = _SHAPES[body, where] = Declaration(
            body,
            _noun(kind, body),
            keys,
            frozenset(keys),
            file_keys(body),
            _is_valid_bare(body),
        )
    return known


def _noun(kind: Kind, body: type[Body]) -> str:
    """What a person calls it: a status, a whatsapp channel."""
    name = next(name for name, one in kind.bodies.items() if one is body)
    return f"{name} {kind.noun}".strip()


def _is_valid_bare(body: type[Body]) -> bool:
    try:
        body()
    except ValidationError:
        return False
    return True


class LifecycleModel(BaseModel):
    """How a resource is treated, apart from what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protect: bool = Field(default=False, description="Never delete or replace it.")
    on_remove: OnRemove = Field(
        default="delete", description="keep: once it is out of git, only stop tracking it."
    )
    ignore: list[str] = Field(default=[], description="Fields set on create, then left alone.")
