"""The declaration that each kind makes, and the types it uses.

A resource's fields travel as plain JSON (`Fields`) in normal form. Manifests, the platform and the
ledger share that form, so `==` compares them. The pydantic `Body` of a kind makes the normal form
and refuses what the platform would refuse.
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
"""The validation context for fields that are only a part of a resource."""
DECLARED = {"partial": True, "declared": True}
"""The same for the fields of a declaration, which must not contradict each other."""


def leaves_out(body: Body, info: ValidationInfo, *fields: str) -> bool:
    """Whether a check of these fields cannot be made, because only a part is validated.

    Live fields are never refused for a contradiction: git can correct them.
    """
    if info.context is DECLARED:
        return not body.model_fields_set.issuperset(fields)
    return info.context is PARTIAL


class Scope(Enum):
    """Whether resources of a kind are global, in a campaign, or either."""

    GLOBAL = "global"
    CAMPAIGN = "campaign"
    EITHER = "either"


class Life(Enum):
    """How resources of a kind begin and end."""

    ENTRY = "entry"
    """Created and deleted."""
    FIXED = "fixed"
    """Exists with its campaign: configured and reset, never created or deleted."""
    ORDERED_LIST = "ordered-list"
    """Exists with its campaign: one ordered list, written whole."""


class Renaming(Enum):
    """What `renamed_from` does."""

    IN_PLACE = "in-place"
    REPLACE = "replace"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another resource.

    `path` is the field (`signature`, `members[ana]`). `candidates` are the addresses it may mean,
    nearest scope first; the first one that exists is meant. `noun` says what it should be.
    """

    path: str
    noun: str
    name: str
    candidates: tuple[Address, ...]

    @property
    def field(self) -> str:
        """The top-level field with the reference: `signature`, `members`."""
        return self.path.partition("[")[0]


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A key next to the identity that gives the namespace of a bare name.

    `{customer: "213432525", channel: instagram}` declares `blacklist/instagram:213432525`.
    """

    key: str
    values: tuple[str, ...]
    description: str

    def qualified(self, value: str, bare: str) -> str:
        """The name with its namespace, not yet in normal form."""
        return f"{value}:{bare}"

    def parts(self, name: str) -> tuple[str, str] | None:
        """The namespace and the bare name of a normal name; None for a name without one."""
        value, colon, bare = name.partition(":")
        return (value, bare) if colon and value in self.values else None


def no_references(address: Address, fields: Mapping[str, JsonValue]) -> Iterator[Reference]:  # noqa: ARG001
    """The references of a kind that names no other resource."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource.

    A new kind is personal, so masked, until it declares otherwise. Every trait that code outside
    this folder asks for is declared here; no other code compares kind names.
    """

    name: str
    noun: str
    plural: str
    collection: str
    scope: Scope
    identity: str
    """The key with the name of a resource; "" for an ordered list."""
    bodies: Mapping[str, type[Body]]
    """The model by a resource's last name; "" is the model for every name."""
    clean_identity: Callable[[str], str] = clean_name
    natural_identity: Callable[[Mapping[str, JsonValue]], str] | None = None
    """The name from the fields, for a resource declared without one; "" when they give none."""
    identity_help: str = ""
    """How to write an identity that is not a plain name."""
    qualifier: Qualifier | None = None
    """The key that completes an identity, for kinds where some names need one."""
    life: Life = Life.ENTRY
    renaming: Renaming = Renaming.NEVER
    is_tree: bool = False
    """Whether entries have levels below them."""
    holds_resources: bool = False
    """Whether other resources belong to one of these, and its document may declare them."""
    immutable: frozenset[str] = frozenset()
    keyed_lists: Mapping[str, str] = field(default_factory=dict)
    """The path of each list of objects (`categories.questions`, without positions), and the
    field its objects are known by."""
    replaced_whole: frozenset[str] = frozenset()
    """Paths of objects that a write replaces whole."""
    has_complete_lists: bool = True
    """Whether a list of these in a manifest is complete."""
    loss_destroys: bool = True
    """Whether losing an unowned entry destroys something."""
    is_personal: bool = True
    """Whether names and fields are about a customer, and masked."""
    sets_opening_hours: bool = False
    """Whether its fields decide when campaigns are open."""
    has_numbers: bool = False
    """Whether it takes interactions on `numbers`."""
    mapped_fields: Mapping[str, str] = field(default_factory=dict)
    """The fields with names that differ by environment, and the map with those names."""
    permission_section: str = "campaigns"
    """The section of a user's profile that permits reading and writing it."""
    system_names: frozenset[str] = frozenset()
    """Names that always exist and cannot be deleted."""
    lost_on_delete: str = ""
    """What a delete loses that a new resource of the same name does not bring back."""
    references: Callable[[Address, Mapping[str, JsonValue]], Iterator[Reference]] = no_references

    def body_of(self, address: str) -> type[Body]:
        """The model of the resource at `address`. Raises KeyError for an unknown type."""
        if len(self.bodies) == 1:
            return self.bodies[""]
        return self.bodies[name_of(address)]

    def normalized(self, address: str, fields: Mapping[str, object]) -> Fields:
        """The given fields alone, in normal form. Raises pydantic.ValidationError."""
        body = self.body_of(address).model_validate(fields, context=PARTIAL)
        return body.model_dump(mode="json", exclude_unset=True)

    def with_defaults(self, address: str, fields: Mapping[str, object]) -> Fields:
        """The given fields in normal form, the rest at their defaults, as a create makes them.

        Raises pydantic.ValidationError, also for a missing field without a default.
        """
        return self.body_of(address).model_validate(fields).model_dump(mode="json")

    def field_names(self, address: str) -> tuple[str, ...]:
        """The writable fields in reading order."""
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
        """Whether it is one of the platform's own resources, which cannot be deleted."""
        return name_of(address) in self.system_names and address.count("/") == 1
