"""The plan as values: what would be done, why, and what was found about it.

`Plan.refusals` is the one place that decides whether a plan may be applied. JSON forms are made
by `plan_file`; words for people by the views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import JsonValue

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.live.platform import Usage
from reconciler.manifests.desired import Form, OnRemove
from reconciler.manifests.source import Source
from reconciler.planning.findings import Finding
from reconciler.state.safeguards import Safeguards

FORMAT_VERSION = 2


class Action(StrEnum):
    """What happens to one resource. Of these, forget and a plain adopt write only the ledger."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    REPLACE = "replace"
    ADOPT = "adopt"
    DELETE = "delete"
    FORGET = "forget"
    NONE = "none"


class Reason(StrEnum):
    """Why, for display only: nothing decides by it."""

    NEW = "new"
    CHANGED = "changed"
    DRIFTED = "drifted"
    RESET = "reset"
    RENAMED = "renamed"
    FOUND_UNOWNED = "found-unowned"
    TRACKING = "tracking"
    REMOVED_FROM_GIT = "removed-from-git"
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
    """Whose change a difference is, told by the three-way comparison."""

    GIT = "git"
    PLATFORM = "platform"
    BOTH = "both"
    UNOWNED = "unowned"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changes, by its path: `schedule.mon`, `members[ana].penalty`.

    `base` is the value last applied. `by` and `at` say who changed it on the platform, where
    the audit log knows. None stands for a value that is not there.
    """

    path: str
    before: JsonValue
    after: JsonValue
    origin: Origin
    base: JsonValue = None
    by: str = ""
    at: str = ""


Protection = Literal["", "begins", "lifted"]


@dataclass(frozen=True, slots=True)
class Tracking:
    """What the ledger will say of a resource once its change is done."""

    form: Form
    fields: Fields
    protect: bool = False
    on_remove: OnRemove = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """What would happen to one resource.

    `before` and `after` are complete writable fields, None where it does not exist then. An
    update's `after` equals `before` wherever nobody asked for a change. `depends_on` holds the
    keys of changes of this plan that must have succeeded first. `fingerprint` is of `before`. A
    `cascaded` delete is done by its parent's and sends nothing. `unowned` marks what no ledger
    ever owned. `owner` names another project that owns it. `protected` is the ledger's word.
    `previous_tracking` is what the ledger said of it until then, None where it said nothing. `by`
    and `at` say who made the whole resource come or go on the platform, where the audit log knows.
    """

    address: Address
    kind: str
    action: Action
    reason: Reason
    before: Fields | None = None
    after: Fields | None = None
    previous_address: Address | None = None
    differences: tuple[Difference, ...] = ()
    depends_on: tuple[str, ...] = ()
    fingerprint: str = ""
    usage: Usage | None = None
    source: Source | None = None
    tracking: Tracking | None = None
    cascaded: bool = False
    unowned: bool = False
    protected: bool = False
    owner: str = ""
    previous_tracking: Tracking | None = None
    by: str = ""
    at: str = ""

    @property
    def key(self) -> str:
        """Its name within its plan: a resource that is renamed and edited has two changes."""
        return f"{self.action.value} {self.address}"

    @property
    def writes(self) -> bool:
        """Whether it changes the platform, itself or by its parent's delete."""
        if self.action is Action.ADOPT:
            return bool(self.differences)
        return self.action not in (Action.FORGET, Action.NONE)

    @property
    def sends(self) -> bool:
        """Whether it sends anything of its own."""
        return self.writes and not self.cascaded

    @property
    def protection(self) -> Protection:
        """Whether it starts to be protected by this change, or is protected no longer."""
        was = self.previous_tracking is not None and self.previous_tracking.protect
        if self.action is Action.FORGET:
            return "lifted" if was and self.after is not None else ""
        if self.tracking is None or self.tracking.protect is was:
            return ""
        return "begins" if self.tracking.protect else "lifted"


@dataclass(frozen=True, slots=True)
class LostReference:
    """A reference that no longer means what it meant once this plan is applied.

    `meant` is the resource it names before the plan; `means` is the one it names afterwards, None
    where there is none and the platform takes the name out of the field. `changes` holds the keys
    of the changes that bring it about; all of them have to be made for it.
    """

    name: str
    meant: Address
    means: Address | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consequence:
    """A field that the platform changes by itself, since this plan deletes what it refers to.

    `address` is the referrer, `before` and `after` are whole values of `field`. They are equal
    where the field keeps its name and the name means another resource (`LostReference.means`).
    `owner` is another project that owns the referrer.
    """

    address: Address
    kind: str
    field: str
    before: JsonValue
    after: JsonValue
    references: tuple[LostReference, ...]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A collection that was not read whole, or one resource whose values cannot be read, and why.

    `collection` is the address of either. `wanted` counts what git says of it and of what depends
    on it: resources, and lists that are complete. None of that is in the plan. `kept` are the
    addresses this plan would delete, and does not: the deletes would take the resource along.
    """

    collection: str
    reason: str
    wanted: int = 0
    kept: tuple[str, ...] = ()

    @property
    def is_resource(self) -> bool:
        """Whether it is one resource, and not a collection."""
        return "/" in self.collection and not self.collection.startswith("campaigns/-/")


@dataclass(frozen=True, slots=True)
class Impact:
    """The verdict's facts: campaigns that change, those that would close now, customers that
    can be contacted again, and the people whose edits would be reverted."""

    campaigns: tuple[str, ...] = ()
    closing_now: tuple[str, ...] = ()
    unblocked: int = 0
    reverted_people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done to one platform for one project and environment.

    `changes` are in the order they would be done; `consequences` are what the platform does to
    referrers because of them. `content_digest` covers what would be done and nothing that a clock
    or a counter writes; `digest` covers all of it and is the plan's id.
    `guard_settings` and `safeguards` are those of the files: recorded when it has been applied.
    `undoes` is the run an undo takes back, "" for any other plan; `notes` say what no undo brings
    back, a sentence each. `created_at` is by the clock of the machine that made it,
    `platform_time` by the platform's, which guards go by; "" where it does not say.
    """

    project: str
    environment: str
    platform_id: str
    lineage: str
    manifests_digest: str
    created_at: str
    changes: tuple[Change, ...]
    consequences: tuple[Consequence, ...] = ()
    findings: tuple[Finding, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    unmanaged: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    unused_approvals: tuple[str, ...] = ()
    impact: Impact = Impact()
    guard_settings: Mapping[str, int] = field(default_factory=dict)
    safeguards: Safeguards = field(default_factory=Safeguards)
    git_commit: str = ""
    git_dirty: bool = False
    requests_spent: int = 0
    requests_predicted: int = 0
    platform_time: str = ""
    unfinished_run: str = ""
    undoes: str = ""
    notes: tuple[str, ...] = ()
    format_version: int = FORMAT_VERSION
    tool_version: str = ""
    content_digest: str = ""
    digest: str = ""

    @property
    def platform_ahead_seconds(self) -> int | None:
        """How far the platform's clock was ahead of the one that wrote `created_at`."""
        if not self.platform_time:
            return None
        there, here = map(datetime.fromisoformat, (self.platform_time, self.created_at))
        return round((there - here).total_seconds())

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that reach the platform."""
        return tuple(change for change in self.changes if change.writes)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do, not even to track."""
        return not self.changes

    @property
    def unread(self) -> tuple[Unknown, ...]:
        """What git speaks of and could not be read: whether it is so is unknown."""
        return tuple(one for one in self.unknowns if one.wanted or one.kept)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop it."""
        return tuple(finding for finding in self.findings if finding.blocks)

    def refusals(self) -> tuple[str, ...]:
        """Why it may not be applied, a sentence each; nothing when it may."""
        reasons = [f"{finding.code} at {finding.address}" for finding in self.blocking]
        if self.unfinished_run:
            reasons.append(
                f"run {self.unfinished_run} is unfinished: settle it with `reconciler apply "
                f"--resume {self.unfinished_run}`, then plan again"
            )
        return tuple(reasons)

    def count(self, action: Action) -> int:
        """How many changes there are of an action."""
        return sum(1 for change in self.changes if change.action is action)
