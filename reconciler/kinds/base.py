"""What a kind is: the declaration every file in this folder makes, and the values it speaks of.

A resource's fields travel as plain JSON (`Fields`) in their normal form: manifests, the platform
and the ledger all hold the same shape, so comparing them is `==`. The pydantic `Body` of a kind
is the border that makes the normal form and refuses what the platform would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationInfo

from reconciler.kinds.address import Address, name_of
from reconciler.kinds.values.names import clean_name

Fields = dict[str, JsonValue]
"""The writable fields of a resource in normal form; identity and scope are in its address."""


class Body(BaseModel):
    """The writable fields of a kind. Field defaults are the platform's own defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


PARTIAL = {"partial": True}
"""The validation context of fields that are only some of a resource's."""


def is_partial(info: ValidationInfo) -> bool:
    """Whether a body is validated with the fields that somebody declares, and no others: what
    only the whole resource shows is then checked later, on the merged fields."""
    return info.context is PARTIAL


class Scope(Enum):
    """Where resources of a kind live."""

    GLOBAL = "global"
    CAMPAIGN = "campaign"
    EITHER = "either"


class Life(Enum):
    """How a resource of a kind comes and goes."""

    ENTRY = "entry"
    """Created and deleted."""
    FIXED = "fixed"
    """Always there with its campaign: configured and reset, never created or deleted."""
    ORDERED_LIST = "ordered-list"
    """Always there with its campaign: one list, in order, written whole."""


class Renaming(Enum):
    """What a declared `renamed_from` becomes."""

    IN_PLACE = "in-place"
    REPLACE = "replace"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another resource.

    `path` is the field (`signature`, `members[ana]`); `candidates` are the addresses it may
    mean, nearest scope first: the first that exists is meant. `noun` is what it should be.
    """

    path: str
    noun: str
    name: str
    candidates: tuple[Address, ...]

    @property
    def field(self) -> str:
        """The field that holds it: `signature`, `members`."""
        return self.path.partition("[")[0]


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A key beside the identity that gives the namespace of a bare name.

    `{customer: "213432525", channel: instagram}` declares `blacklist/instagram:213432525`.
    """

    key: str
    values: tuple[str, ...]
    description: str

    def qualified(self, value: str, bare: str) -> str:
        """The name of a resource, not yet in normal form."""
        return f"{value}:{bare}"

    def parts(self, name: str) -> tuple[str, str] | None:
        """The namespace and the bare name of a name in normal form; None where it has none."""
        value, colon, bare = name.partition(":")
        return (value, bare) if colon and value in self.values else None


def no_references(address: Address, fields: Mapping[str, JsonValue]) -> Iterator[Reference]:  # noqa: ARG001
    """The references of a kind that names nothing."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource, declared once.

    `bodies` maps a resource's last name to its body model, with "" for the model that serves
    every name. `keyed_lists` maps the path of a list of objects (`categories.questions`, list
    positions left out) to the field its items are known by; paths in `whole` are values that a
    write replaces whole although they look like objects. `complete` says whether a list of it
    that is present in a manifest is complete; `loss_destroys` whether losing an unowned entry of
    it destroys something. `natural_identity` tells, from the fields, the name of one that is given
    none ("" where they do not say); it is None where a name is always given. `system_names` exist
    always and cannot be deleted. `lost` is what of a deleted one does not come back with one
    created in its place. `qualifier` is the key that completes an identity, where some need one;
    `identity_help` says how an identity is written, where that is not just a name.
    """

    name: str
    noun: str
    plural: str
    collection: str
    scope: Scope
    identity: str
    bodies: Mapping[str, type[Body]]
    clean_identity: Callable[[str], str] = clean_name
    natural_identity: Callable[[Mapping[str, JsonValue]], str] | None = None
    life: Life = Life.ENTRY
    renaming: Renaming = Renaming.NEVER
    is_tree: bool = False
    immutable: frozenset[str] = frozenset()
    keyed_lists: Mapping[str, str] = field(default_factory=dict)
    replaced_whole: frozenset[str] = frozenset()
    qualifier: Qualifier | None = None
    identity_help: str = ""
    has_complete_lists: bool = True
    loss_destroys: bool = True
    is_personal: bool = False
    system_names: frozenset[str] = frozenset()
    lost_on_delete: str = ""
    references: Callable[[Address, Mapping[str, JsonValue]], Iterator[Reference]] = no_references

    def body_of(self, address: str) -> type[Body]:
        """The model of the resource at `address`. Raises KeyError for a type that is none."""
        if len(self.bodies) == 1:
            return self.bodies[""]
        return self.bodies[name_of(address)]

    def normalized(self, address: str, fields: Mapping[str, object]) -> Fields:
        """The given fields in normal form, and no others. Raises pydantic.ValidationError."""
        body = self.body_of(address).model_validate(fields, context=PARTIAL)
        return body.model_dump(mode="json", exclude_unset=True)

    def with_defaults(self, address: str, fields: Mapping[str, object]) -> Fields:
        """The given fields in normal form, the rest at their defaults; what a create makes.

        Raises pydantic.ValidationError, also where a field without a default is missing.
        """
        return self.body_of(address).model_validate(fields).model_dump(mode="json")

    def field_names(self, address: str) -> tuple[str, ...]:
        """The writable fields, in the order people read them."""
        return tuple(self.body_of(address).model_fields)

    @property
    def list_field(self) -> str:
        """The field of a kind that is one ordered list."""
        return next(iter(self.keyed_lists))

    @property
    def list_key(self) -> str:
        """The field that the entries of a kind's ordered list are known by."""
        return next(iter(self.keyed_lists.values()))

    def is_system_default(self, address: str) -> bool:
        """Whether it is one of the platform's own, which cannot be deleted."""
        return name_of(address) in self.system_names and address.count("/") == 1
