"""mass-change: a large part of a list, or of a collection over all campaigns, would go at once.

Deletes, replaces, disables and removals count together. It blocks from `count` on, and from
`percent` of the live entries on. It is silent below 3. It does not repeat another finding that
blocks: `delete-campaign` reports what goes with a campaign, `empty-desired` a list that is emptied,
`delete-cascade` what goes with one resource.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.guards.analyzers import delete_cascade, empty_desired
from reconciler.guards.context import Guard, Option, Review, finding
from reconciler.guards.facts import (
    LiveNames,
    deleted_campaigns,
    goes_with_its_campaign,
    is_disabled,
    members_removed,
    replaced_names,
)
from reconciler.guards.list_scopes import all_lists, count_live, is_list_deleted
from reconciler.kinds.address import ancestors, identity
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import joined

CODE = "mass-change"
_WORDS = {
    "deletes": "deleted",
    "replaces": "replaced",
    "disables": "disabled",
    "removals": "removed",
}
_COUNT = Option("mass-change.count", 20)
_PERCENT = Option("mass-change.percent", 30)
_FEWEST = 3


@dataclass(slots=True)
class _Group:
    """What goes from one list, and the narrower lists that it goes from."""

    address: str
    counts: Counter[str] = field(default_factory=Counter)
    narrower: set[str] = field(default_factory=set)
    causes: set[str] = field(default_factory=set)
    """The resources that the changes are about; for a cascaded delete, the one it cascades from."""

    @property
    def affected(self) -> int:
        return self.counts.total()


def _analyze(review: Review) -> Iterator[Finding]:
    groups, kinds = _groups(review)
    if not groups:
        return
    totals = {identity(name): count for name, count in count_live(review, kinds).items()}
    names = LiveNames.of(review.plan.changes)
    reported = _reported(review)
    for key, group in groups.items():
        if group.affected < _FEWEST or _is_said(group, key, reported):
            continue
        if any(
            groups[list_].affected == group.affected for list_ in group.narrower if list_ in groups
        ):
            continue
        total = max(totals.get(identity(names.before(group.address)), 0), group.affected)
        if _is_mass(review, group.affected, total):
            yield _finding(group, total)


def _reported(review: Review) -> frozenset[str]:
    """The identities of the lists and deletes for which another finding says it, and blocks."""
    others = (*empty_desired.GUARD.analyze(review), *delete_cascade.GUARD.analyze(review))
    return frozenset(identity(other.address) for other in others if other.blocks)


def _is_said(group: _Group, key: str, reported: frozenset[str]) -> bool:
    return key in reported or (len(group.causes) == 1 and group.causes <= reported)


def _groups(review: Review) -> tuple[dict[str, _Group], frozenset[str]]:
    """What goes, by identity of the list's address, and the names of the kinds concerned."""
    changes = review.plan.changes
    campaigns, replaced = deleted_campaigns(changes), replaced_names(changes)
    deletes = [change for change in changes if change.action is Action.DELETE]
    deleted = frozenset(identity(change.address) for change in deletes)
    roots = frozenset(identity(change.address) for change in deletes if not change.cascaded)
    groups: dict[str, _Group] = {}
    kinds: set[str] = set()
    for change in changes:
        if goes_with_its_campaign(change, campaigns):
            continue
        word, count = _affected(change, replaced)
        if not count:
            continue
        kinds.add(change.kind)
        cause = _cause(change, roots)
        narrower: list[str] = []
        for listed in all_lists(KINDS[change.kind], change.address):
            key = identity(listed)
            if is_list_deleted(key, deleted):
                continue
            group = groups.setdefault(key, _Group(listed))
            group.counts[word] += count
            group.narrower.update(narrower)
            group.causes.add(cause)
            narrower.append(key)
    return groups, frozenset(kinds)


def _cause(change: Change, roots: frozenset[str]) -> str:
    key = identity(change.address)
    above = ancestors(key) if change.cascaded else ()
    return next((root for root in above if root in roots), key)


def _affected(change: Change, replaced: frozenset[str]) -> tuple[str, int]:
    if change.action is Action.DELETE:
        return "deletes", 0 if identity(change.address) in replaced else 1
    if change.action is Action.REPLACE:
        return "replaces", 1
    if is_disabled(change):
        return "disables", 1
    return "removals", len(members_removed(change))


def _is_mass(review: Review, affected: int, total: int) -> bool:
    settings = review.plan.guard_settings
    if affected >= settings.get(_COUNT.name, _COUNT.default):
        return True
    return affected * 100 >= settings.get(_PERCENT.name, _PERCENT.default) * total


def _finding(group: _Group, total: int) -> Finding:
    counts = {key: group.counts[key] for key in _WORDS if group.counts[key]}
    words = joined([f"{count:,} {_WORDS[key]}" for key, count in counts.items()])
    percent = group.affected * 100 // total
    message = Message.of(
        "{affected} of {total} entries here would go ({percent} %): {words}",
        affected=group.affected,
        total=total,
        percent=percent,
        words=words,
    )
    safer = "apply it in smaller steps, and check that no manifest is missing"
    evidence = Evidence.of({"affected": group.affected, **counts}, headline="affected")
    return finding(CODE, "block", group.address, message, safer, evidence)


GUARD = Guard(
    CODE,
    "A large part of a list or a collection would go at once.",
    _analyze,
    __doc__,
    options=(_COUNT, _PERCENT),
)
