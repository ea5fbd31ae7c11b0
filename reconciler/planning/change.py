"""One change of a plan: what happens to one resource, and why.

Changes are frozen values. Build them with the named constructors (`Change.create`,
`Change.delete`, …): their parameters are the invariants of each action. Views render them.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypedDict, Unpack

import orjson
from pydantic import JsonValue

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.field_path import FieldPath
from reconciler.live.platform import LiveResource, Usage
from reconciler.manifests.desired import Form, OnRemove
from reconciler.manifests.source import Source
from reconciler.state.ledger import LedgerEntry
from reconciler.text import StructuredText


class Action(StrEnum):
    """What happens to one resource.

    Forget, and adopt without differences, write to the ledger only.
    """

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    REPLACE = "replace"
    ADOPT = "adopt"
    DELETE = "delete"
    FORGET = "forget"
    NONE = "none"


class Reason(StrEnum):
    """Why a change is planned, for messages and reports.

    An apply never reads it: what is sent depends on the action and the fields alone.
    """

    NEW = "new"
    CHANGED = "changed"
    DRIFTED = "drifted"
    RENAMED = "renamed"
    FOUND_UNOWNED = "found-unowned"
    TRACKING = "tracking"
    REMOVED_FROM_GIT = "removed-from-git"
    APPLIED_ELSEWHERE = "applied-elsewhere"
    NOT_IN_COMPLETE_LIST = "not-in-complete-list"
    NOT_IN_EXCLUSIVE_COLLECTION = "not-in-exclusive-collection"
    REMOVE_LISTED = "remove-listed"
    PARENT_DELETED = "parent-deleted"
    REPLACED = "replaced"
    RELEASED = "released"
    KEPT = "kept"
    PLATFORMS_OWN = "platforms-own"
    GONE = "gone"
    UNDONE = "undone"


class Origin(StrEnum):
    """Who made a difference, from the three-way comparison."""

    GIT = "git"
    PLATFORM = "platform"
    BOTH = "both"
    UNOWNED = "unowned"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changes. None means that there is no value."""

    path: FieldPath
    before: JsonValue
    """The live value when the plan was made."""
    after: JsonValue
    """The value after the plan. Send `Change.after`, never a difference."""
    origin: Origin
    """Who changed the value since the last apply."""
    base: JsonValue = None
    """The value last applied. For display: None also when the ledger has no value."""
    by: str = ""
    """Who changed it on the platform; "" when the audit log has no entry."""
    at: str = ""
    """When they changed it (RFC 3339), "" as for `by`."""


Protection = Literal["", "begins", "lifted"]


@dataclass(frozen=True, slots=True)
class Tracking:
    """What the ledger records about a resource once its change is done."""

    form: Form
    """Whether a document, or an entry in its parent's document, declares it."""
    fields: Fields
    """The declared fields, without defaults. Not complete: never send them."""
    protect: bool = False
    """Whether a delete is refused, even after the manifest is gone."""
    on_remove: OnRemove = "delete"
    """What happens when it disappears from the manifests."""

    @classmethod
    def of(cls, entry: LedgerEntry | None) -> Tracking | None:
        """What the ledger records now, None for a resource that it does not have."""
        if entry is None:
            return None
        return cls(entry.form, entry.fields, entry.protect, entry.on_remove)


class LedgerFacts(TypedDict, total=False):
    """What the ledgers have about a resource before the plan; see `ledger_facts`."""

    unowned: bool
    protected: bool
    owner: str
    previous_tracking: Tracking | None


class ChangeFacts(LedgerFacts, total=False):
    """The optional facts that the named constructors of `Change` take."""

    differences: tuple[Difference, ...]
    source: Source | None
    spent_rename: Address | None


def ledger_facts(entry: LedgerEntry | None, owner: str = "") -> LedgerFacts:
    """What the ledgers have about a resource; `owner` is another project that owns it."""
    return LedgerFacts(
        unowned=entry is None,
        protected=entry is not None and entry.protect,
        owner=owner,
        previous_tracking=Tracking.of(entry),
    )


class ChangeKey(StructuredText):
    """The name of a change within its plan: `delete statuses/Lunch`.

    A resource that is renamed and edited has two changes, with two actions.
    """

    __slots__ = ()

    @classmethod
    def of(cls, action: Action, address: str) -> ChangeKey:
        """The key of the change of a resource by an action."""
        return cls(f"{action.value} {address}")

    @property
    def action(self) -> Action:
        """What happens to the resource."""
        return Action(self.partition(" ")[0])

    @property
    def address(self) -> Address:
        """The resource."""
        return Address(self.partition(" ")[2])

    def shown(self, named: Callable[[str], str]) -> str:
        """The key with the address as `named` shows it, such as masked."""
        return f"{self.action.value} {named(self.address)}"


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource."""

    address: Address
    """Where the resource is once the plan is done. For a request before the renames, use
    `guards.facts.LiveNames`."""
    kind: str
    """The name of its kind: `KINDS[change.kind]`."""
    action: Action
    reason: Reason
    before: Fields | None = None
    """Its complete writable fields now, None when it does not exist. After a rename, a second
    change of the same resource starts from the same fields."""
    after: Fields | None = None
    """Its complete writable fields afterwards, None when it is gone. Fields that nobody asked to
    change are as in `before`: do not read them as declared."""
    previous_address: Address | None = None
    """The old address of a rename or replace, below the new name of a renamed parent."""
    differences: tuple[Difference, ...] = ()
    """What changes, field by field. Of a delete: the edits of people that are lost with it."""
    depends_on: tuple[ChangeKey, ...] = ()
    """The keys of the changes that must succeed first. `order_changes` sets it."""
    fingerprint: str = ""
    """A hash of `before` for update, rename and adopt. Only for people and tools that compare
    plans: an apply compares the fields themselves."""
    usage: Usage | None = None
    """Who uses it, when guards need to know. None means not fetched or not readable, never
    unused. Not part of what is done, so no digest of the content has it."""
    source: Source | None = None
    """Where the manifests declare it. Only for messages."""
    tracking: Tracking | None = None
    """What the ledger records when the change is done. None leaves the ledger's record unchanged,
    and removes it after delete and forget."""
    cascaded: bool = False
    """Whether the delete of a parent deletes it. Nothing is sent for it."""
    unowned: bool = False
    """Whether no ledger has it. False for what the plan creates."""
    protected: bool = False
    """Whether the ledger protects it. The manifests cannot change that before an apply."""
    owner: str = ""
    """Another project that owns it, "" for none. A plan never takes it over."""
    previous_tracking: Tracking | None = None
    """What the ledger records before the change, for undo and for staleness checks."""
    by: str = ""
    """Who created or deleted the whole resource on the platform, when the audit log has it.
    Who changed a field is in its difference."""
    at: str = ""
    """When they did (RFC 3339)."""
    spent_rename: Address | None = None
    """The old name that the manifests declare for what is created, when nothing live or tracked
    has it."""

    @classmethod
    def create(
        cls,
        address: Address,
        kind: Kind,
        *,
        after: Fields,
        reason: Reason,
        tracking: Tracking | None,
        **facts: Unpack[ChangeFacts],
    ) -> Change:
        """Make a resource that does not exist."""
        return cls(
            address, kind.name, Action.CREATE, reason, after=after, tracking=tracking, **facts
        )

    @classmethod
    def replace(cls, created: Change, old: Address) -> Change:
        """Make `created` in place of the resource at `old`, which a delete of the plan removes."""
        if created.action is not Action.CREATE or created.address == old:
            raise ValueError(f"'{created.key}' cannot replace {old}")
        return dataclasses.replace(created, action=Action.REPLACE, previous_address=old)

    @classmethod
    def update(
        cls,
        address: Address,
        kind: Kind,
        *,
        before: Fields,
        after: Fields,
        reason: Reason,
        tracking: Tracking | None,
        **facts: Unpack[ChangeFacts],
    ) -> Change:
        """Change fields of a resource. The differences are required."""
        if not facts.get("differences"):
            raise ValueError(f"an update of {address} has no differences")
        return cls(
            address,
            kind.name,
            Action.UPDATE,
            reason,
            before,
            after,
            fingerprint=fingerprint(before),
            tracking=tracking,
            **facts,
        )

    @classmethod
    def adopt(
        cls,
        address: Address,
        kind: Kind,
        *,
        before: Fields,
        after: Fields,
        reason: Reason,
        tracking: Tracking | None,
        **facts: Unpack[ChangeFacts],
    ) -> Change:
        """Start to manage a live resource, or record something new about it in the ledger."""
        return cls(
            address,
            kind.name,
            Action.ADOPT,
            reason,
            before,
            after,
            fingerprint=fingerprint(before),
            tracking=tracking,
            **facts,
        )

    @classmethod
    def rename(
        cls,
        address: Address,
        kind: Kind,
        *,
        old: Address,
        fields: Fields,
        reason: Reason,
        tracking: Tracking | None,
        **facts: Unpack[ChangeFacts],
    ) -> Change:
        """Give the resource at `old` a new name, with its fields unchanged."""
        if address == old:
            raise ValueError(f"a rename of {old} keeps its name")
        return cls(
            address,
            kind.name,
            Action.RENAME,
            reason,
            fields,
            fields,
            old,
            fingerprint=fingerprint(fields),
            tracking=tracking,
            **facts,
        )

    @classmethod
    def delete(
        cls,
        resource: LiveResource,
        *,
        reason: Reason,
        cascaded: bool = False,
        **facts: Unpack[ChangeFacts],
    ) -> Change:
        """Delete a resource; `cascaded` when the delete of its parent does it."""
        return cls(
            resource.address,
            resource.kind.name,
            Action.DELETE,
            reason,
            resource.fields,
            cascaded=cascaded,
            **facts,
        )

    @classmethod
    def forget(cls, entry: LedgerEntry, live: Fields | None, *, reason: Reason) -> Change:
        """Stop managing a resource and leave it unchanged, with its `live` fields."""
        return cls(
            entry.address,
            entry.kind,
            Action.FORGET,
            reason,
            live,
            live,
            previous_tracking=Tracking.of(entry),
        )

    @property
    def key(self) -> ChangeKey:
        """Its name within its plan."""
        return ChangeKey.of(self.action, self.address)

    @property
    def writes(self) -> bool:
        """Whether it changes the platform, by its own request or by its parent's delete."""
        if self.action is Action.ADOPT:
            return bool(self.differences)
        return self.action not in (Action.FORGET, Action.NONE)

    @property
    def sends(self) -> bool:
        """Whether it needs a request."""
        return self.writes and not self.cascaded

    @property
    def protection(self) -> Protection:
        """Whether this change starts or ends protection."""
        was = self.previous_tracking is not None and self.previous_tracking.protect
        if self.action is Action.FORGET:
            return "lifted" if was and self.after is not None else ""
        if self.tracking is None or self.tracking.protect is was:
            return ""
        return "begins" if self.tracking.protect else "lifted"


def fingerprint(fields: Fields) -> str:
    """A short hash of a resource's writable fields."""
    canonical = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()[:16]
