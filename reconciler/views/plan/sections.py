"""A plan's changes sorted into the sections of its text. Each change is in one section.

Cascaded deletes are listed under their parent's delete, the old half of a replace under the
replace, and updates inside a new campaign under the creates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.kinds.address import ancestors, campaign_of, collection_of, identity
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change
from reconciler.planning.plan import Plan


@dataclass(slots=True)
class Sections:
    """Each list is in the plan's order."""

    deletes: list[Change] = field(default_factory=list)
    cascaded: dict[str, list[Change]] = field(default_factory=dict)
    """Cascaded deletes by the key of the delete that causes them."""
    replaces: list[Change] = field(default_factory=list)
    replaced: dict[str, Change] = field(default_factory=dict)
    """The deletes of old names by the key of their replace."""
    renames: list[Change] = field(default_factory=list)
    updates: list[Change] = field(default_factory=list)
    creates: list[Change] = field(default_factory=list)
    new_campaign_updates: list[Change] = field(default_factory=list)
    adopted_with_changes: list[Change] = field(default_factory=list)
    adopted: list[Change] = field(default_factory=list)
    recorded: list[Change] = field(default_factory=list)
    """Changes of the ledger entry of a resource that is already tracked."""
    forgets: list[Change] = field(default_factory=list)
    trees: dict[str, list[Change]] = field(default_factory=dict)
    """Changes of disposition levels by their collection, deletes included."""

    @classmethod
    def of(cls, plan: Plan) -> Sections:
        """The sections of a plan."""
        sections = cls()
        replaces = {
            identity(change.previous_address): change
            for change in plan.changes
            if change.action is Action.REPLACE and change.previous_address is not None
        }
        deletes = {
            identity(change.address): change
            for change in plan.changes
            if change.action is Action.DELETE and not change.cascaded
        }
        created = {
            identity(change.address) for change in plan.changes if change.action is Action.CREATE
        }
        for change in plan.changes:
            sections._add(change, replaces, deletes, created)
        sections.trees = {
            collection: levels
            for collection, levels in sections.trees.items()
            if any(level.action is not Action.DELETE for level in levels)
        }
        return sections

    def _add(
        self,
        change: Change,
        replaces: Mapping[str, Change],
        deletes: Mapping[str, Change],
        created: set[str],
    ) -> None:
        key = identity(change.address)
        if KINDS[change.kind].is_tree and change.writes:
            self.trees.setdefault(collection_of(change.address), []).append(change)
        if change.cascaded:
            self.cascaded.setdefault(_cause_of(key, deletes), []).append(change)
        elif change.action is Action.DELETE and key in replaces:
            self.replaced[replaces[key].key] = change
        elif change.action is Action.UPDATE and campaign_of(key) in created:
            self.new_campaign_updates.append(change)
        elif change.action is not Action.NONE:
            self._section_of(change).append(change)

    def _section_of(self, change: Change) -> list[Change]:
        if change.action is Action.ADOPT:
            if change.differences:
                return self.adopted_with_changes
            return self.adopted if change.unowned else self.recorded
        return {
            Action.DELETE: self.deletes,
            Action.REPLACE: self.replaces,
            Action.RENAME: self.renames,
            Action.UPDATE: self.updates,
            Action.CREATE: self.creates,
            Action.FORGET: self.forgets,
        }[change.action]

    def is_in_tree(self, change: Change) -> bool:
        """Whether a change is shown as a level of a disposition tree."""
        return KINDS[change.kind].is_tree and collection_of(change.address) in self.trees

    @property
    def counts(self) -> tuple[tuple[int, str], ...]:
        """The count of each section, with its words in the last line."""
        cascaded = sum(map(len, self.cascaded.values()))
        return (
            (len(self.deletes), "to delete"),
            (cascaded, "to delete with them"),
            (len(self.replaces), "to replace"),
            (len(self.renames), "to rename"),
            (len(self.updates) + len(self.adopted_with_changes), "to update"),
            (len(self.creates), "to create"),
            (len(self.new_campaign_updates), "to set up in new campaigns"),
            (len(self.adopted) + len(self.recorded), "to track"),
            (len(self.forgets), "to stop tracking"),
        )


def _cause_of(key: str, deletes: Mapping[str, Change]) -> str:
    return next((deletes[parent].key for parent in ancestors(key) if parent in deletes), "")
