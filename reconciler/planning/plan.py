"""The plan as a value: what would be done to one platform, and what was found about it.

`Plan.refusals` is the only place that decides whether a plan may be applied. `planfile` makes its
JSON; views render it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from reconciler.kinds.address import Address
from reconciler.kinds.registry import about, place
from reconciler.message import Command, Message, Word, searched
from reconciler.planning.change import Action, Change, ChangeKey
from reconciler.planning.findings import COMMAND_LINE, Finding, UnusedApproval
from reconciler.planning.impact import Impact
from reconciler.state.safeguards import Safeguards

FORMAT_VERSION = 5


@dataclass(frozen=True, slots=True)
class LostReference:
    """A name in a field that no longer means the same resource once the plan is applied."""

    name: str
    """The name as the field has it."""
    meant: Address
    """The resource it means now."""
    means: Address | None
    """The resource it means afterwards; None when there is none, and the platform removes the
    name."""
    changes: tuple[ChangeKey, ...]
    """The keys of the changes that cause it. It happens only when all of them are made."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """A field that the platform changes by itself, because the plan deletes what it refers to.

    It is never sent. An apply expects it when it reads back what it wrote.
    """

    address: Address
    """The resource that has the field."""
    kind: str
    """The name of the kind of `address`."""
    field: str
    """The top-level field's name."""
    before: JsonValue
    """The field's whole value before the plan."""
    after: JsonValue
    """The field's whole value once all changes are made; use `field_after` when some are not.
    Equal to `before` when the name stays and means another resource."""
    references: tuple[LostReference, ...]
    """Each name that is removed or changes its meaning."""
    owner: str = ""
    """Another project that owns `address`, "" for none."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part of the platform that could not be read. Nothing in it is planned."""

    collection: str
    """The address of the collection, or of the one resource; see `is_resource`."""
    reason: Message
    """Why it could not be read."""
    wanted: int = 0
    """How many desired resources and complete lists depend on it. They are not in the plan."""
    kept: tuple[str, ...] = ()
    """The resources that the plan would delete, and keeps because the delete would remove an
    unreadable one too."""

    @property
    def is_resource(self) -> bool:
        """Whether it is one resource, and not a collection."""
        return "/" in self.collection and not self.collection.startswith("campaigns/-/")


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done to one platform for one project and environment."""

    project: str
    environment: str
    platform_id: str
    """The id that the platform reported. An apply refuses another platform."""
    lineage: str
    """The ledger's lineage, "" when nothing was applied before."""
    manifests_digest: str
    """A hash of the desired state. It does not cover the platform: see `content_digest`."""
    created_at: str
    """When it was made, by the clock of that machine. Guards use `platform_time`."""
    changes: tuple[Change, ...]
    """In the order in which they are made."""
    consequences: tuple[Consequence, ...] = ()
    """What the platform changes by itself because of `changes`."""
    findings: tuple[Finding, ...] = ()
    """What the guards found when it was made. An apply runs the guards again."""
    unknowns: tuple[Unknown, ...] = ()
    unmanaged: tuple[str, ...] = ()
    """Live resources that no manifest declares and no ledger has. Nothing is done to them."""
    unchanged: tuple[str, ...] = ()
    """Managed resources that are already as declared. They have no change."""
    unused_approvals: tuple[UnusedApproval, ...] = ()
    """Each approval that covers no finding. `findings` has a warning for each of them."""
    impact: Impact = field(default_factory=Impact)
    guard_settings: Mapping[str, int] = field(default_factory=dict)
    """The settings of the files, which an apply records. The guards also compare them with the
    ones recorded before."""
    safeguards: Safeguards = field(default_factory=Safeguards)
    """The signature, keys and freeze windows of the files, which an apply records. Those recorded
    before also hold for this plan."""
    git_commit: str = ""
    git_author: str = ""
    git_dirty: bool = False
    """Whether it was made from files that were not all committed."""
    requests_spent: int = 0
    """How many requests the planning sent."""
    requests_predicted: int = 0
    """About how many requests planning and apply send together. Large bodies need more."""
    platform_time: str = ""
    """The platform's clock when it was made, "" when the platform does not report it."""
    unfinished_run: str = ""
    """A run that must be settled first, "" for none."""
    undoes: str = ""
    """The run that an undo takes back, "" for any other plan."""
    only: tuple[str, ...] = ()
    """The globs of addresses that it was limited to. Empty for a plan of everything."""
    left_out: int = 0
    """How many changes `only` left out."""
    notes: tuple[Message, ...] = ()
    """What an undo does not restore, one message for each reason."""
    format_version: int = FORMAT_VERSION
    tool_version: str = ""
    content_digest: str = ""
    """The hash of what would be done, without clocks, counters or people: what `--expect`
    compares."""
    digest: str = ""
    """The hash of everything: the plan's id, and what a signature covers. It differs each time a
    plan is made."""

    @property
    def platform_ahead_seconds(self) -> int | None:
        """How far the platform's clock was ahead of the machine's, None when not known."""
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
        """Whether there is nothing to do, not even in the ledger."""
        return not self.changes

    @property
    def unread(self) -> tuple[Unknown, ...]:
        """The unreadable parts that this plan depends on."""
        return tuple(unknown for unknown in self.unknowns if unknown.wanted or unknown.kept)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop it."""
        return tuple(finding for finding in self.findings if finding.blocks)

    def refusals(self) -> tuple[Message, ...]:
        """Why it may not be applied, one message each. The only place that decides it."""
        reasons = [finding.title() for finding in self.blocking]
        if self.unfinished_run:
            reasons.append(Message.of("run {run} is unfinished", run=self.unfinished_run))
        return tuple(reasons)

    @property
    def command_to_review(self) -> Command:
        """The command that makes and shows this plan again."""
        if self.undoes:
            return Command.of("undo", self.undoes)
        return Command.of("plan", *self.selection)

    @property
    def command_to_save(self) -> Command:
        """The command that makes this plan again, as a file."""
        return self.command_to_approve(())

    def command_to_approve(self, findings: Iterable[Finding]) -> Command:
        """The command that makes this plan again, as a file, with approvals of these findings too.

        It repeats the approvals that were given on the command line.
        """
        words = self.command_to_review.command
        return Command((*words, "--out", "FILE", *self._approval_words(findings)))

    def command_to_apply(self, digest: str) -> Command | None:
        """The command that plans again and applies only this; None where it would be refused."""
        is_offered = bool(digest) and not (self.is_empty or self.undoes or self.refusals())
        if not is_offered or self.safeguards.require_signature or self.is_frozen:
            return None
        return Command.of("apply", "--expect", digest, *self.selection, *self._approval_words())

    @property
    def is_frozen(self) -> bool:
        """Whether an apply now would start in a freeze window."""
        return any(each.code == "freeze" and each.approved is None for each in self.findings)

    def _approval_words(self, findings: Iterable[Finding] = ()) -> tuple[Word, ...]:
        """The options that repeat the approvals of the command line, and approve these too."""
        words: list[Word] = []
        given = [each for each in self.findings if _is_approved_by_hand(each)]
        new = [each for each in findings if each.approval]
        for finding in (*given, *new):
            words.extend(("--approve", finding.approval_name()))
        reasons = [each.approved.reason for each in given if each.approved is not None]
        if reasons or new:
            reason = about(searched(reasons[0]), given[0].address) if reasons else "REASON"
            words.extend(("--reason", reason))
        return tuple(words)

    @property
    def selection(self) -> tuple[Word, ...]:
        """The options that limit it to the same changes."""
        return tuple(word for glob in self.globs for word in ("--only", glob))

    @property
    def globs(self) -> tuple[Word, ...]:
        """`only` as words of a command, in which a mask can hide a customer."""
        return tuple(glob_word(glob) for glob in self.only)

    def count(self, action: Action) -> int:
        """How many changes have an action."""
        return sum(1 for change in self.changes if change.action is action)


def _is_approved_by_hand(finding: Finding) -> bool:
    return finding.approved is not None and finding.approved.source == COMMAND_LINE


def glob_word(glob: str) -> Word:
    """A glob for a command; a mask hides the customer that it may name."""
    return glob if glob.endswith("/*") else place(glob)
