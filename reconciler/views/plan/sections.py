"""A plan's changes sorted into what a reader looks for, each change in one place of them.

Deletes that a parent's takes along stand with the parent, the old half of a replace with the
replace, and what is set up inside a campaign that is made now with the creates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.kinds.address import ancestors, collection_of, identity
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change
from reconciler.planning.plan import Plan


@dataclass(slots=True)
class Sections:
    """Each list in the plan's order. `cascaded` is by key of the delete that takes them along;
    `trees` holds, by collection, what happens to levels of trees, deletes included."""

    deletes: list[Change] = field(default_factory=list)
    cascaded: dict[str, list[Change]] = field(default_factory=dict)
    replaces: list[Change] = field(default_factory=list)
    replaced: dict[str, Change] = field(default_factory=dict)
    renames: list[Change] = field(default_factory=list)
    updates: list[Change] = field(default_factory=list)
    creates: list[Change] = field(default_factory=list)
    set_up: list[Change] = field(default_factory=list)
    found: list[Change] = field(default_factory=list)
    adopts: list[Change] = field(default_factory=list)
    notes: list[Change] = field(default_factory=list)
    forgets: list[Change] = field(default_factory=list)
    trees: dict[str, list[Change]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Sections:
        """The sections of a plan."""
        found = cls()
        olds = {
            identity(change.previous_address): change
            for change in plan.changes
            if change.action is Action.REPLACE and change.previous_address is not None
        }
        deletes = {
            identity(change.address): change
            for change in plan.changes
            if change.action is Action.DELETE and not change.cascaded
        }
        made = {
            identity(change.address) for change in plan.changes if change.action is Action.CREATE
        }
        for change in plan.changes:
            found._sort(change, olds, deletes, made)
        found.trees = {
            name: levels
            for name, levels in found.trees.items()
            if any(level.action is not Action.DELETE for level in levels)
        }
        return found

    def _sort(
        self,
        change: Change,
        olds: Mapping[str, Change],
        deletes: Mapping[str, Change],
        made: set[str],
    ) -> None:
        key = identity(change.address)
        if KINDS[change.kind].is_tree and change.writes:
            self.trees.setdefault(collection_of(change.address), []).append(change)
        if change.cascaded:
            self.cascaded.setdefault(_taken_by(key, deletes), []).append(change)
        elif change.action is Action.DELETE and key in olds:
            self.replaced[olds[key].key] = change
        elif change.action is Action.UPDATE and _campaign(key) in made:
            self.set_up.append(change)
        elif change.action is not Action.NONE:
            self._shelf(change).append(change)

    def _shelf(self, change: Change) -> list[Change]:
        if change.action is Action.ADOPT:
            if change.differences:
                return self.found
            return self.adopts if change.unowned else self.notes
        return {
            Action.DELETE: self.deletes,
            Action.REPLACE: self.replaces,
            Action.RENAME: self.renames,
            Action.UPDATE: self.updates,
            Action.CREATE: self.creates,
            Action.FORGET: self.forgets,
        }[change.action]

    @property
    def counts(self) -> tuple[tuple[int, str], ...]:
        """How many there are of each, in the words of the last line."""
        cascaded = sum(map(len, self.cascaded.values()))
        return (
            (len(self.deletes), "to delete"),
            (cascaded, "to go with them"),
            (len(self.replaces), "to replace"),
            (len(self.renames), "to rename"),
            (len(self.updates) + len(self.found), "to update"),
            (len(self.creates), "to create"),
            (len(self.set_up), "to set up in new campaigns"),
            (len(self.adopts) + len(self.notes), "to track"),
            (len(self.forgets), "to stop tracking"),
        )


def in_trees(change: Change, sections: Sections) -> bool:
    """Whether a change is shown as a level of a tree."""
    return KINDS[change.kind].is_tree and collection_of(change.address) in sections.trees


def _campaign(key: str) -> str:
    return "/".join(key.split("/")[:2])


def _taken_by(key: str, deletes: Mapping[str, Change]) -> str:
    return next((deletes[upper].key for upper in ancestors(key) if upper in deletes), "")
