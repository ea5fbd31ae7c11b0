"""Properties of planning over random estates: it converges, and it touches only what it may."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.applying.rechecks.change_state import ChangeState, CheckedChange
from reconciler.applying.rechecks.ledger import stale_entries
from reconciler.applying.rechecks.old_names import OldNames
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.errors import ManifestError, UsageError
from reconciler.kinds.address import ancestors, identity, parent_of
from reconciler.live.platform import LiveResource, Snapshot, UnreadResource
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.message import Command, Message, Place
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.state.ledger import Ledger
from tests.planning.plan_worlds import (
    NOW,
    campaign,
    carried_out,
    complete,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)

_NAMES = st.sampled_from(["A", "B", "C", "Ñandú", "x/y", "50%"])
_ICONS = st.sampled_from(["fork", "spoon"])
_USERS = st.lists(st.sampled_from(["ana", "luis", "eva"]), unique=True)
_LIVE_USERS = st.lists(st.sampled_from(["ana", "luis", "pia", "eva"]), unique=True)


def _place(name: str) -> str:
    return name.replace("%", "%25").replace("/", "%2F")


@st.composite
def _lives(draw: st.DrawFn) -> Snapshot:
    resources: list[LiveResource] = []
    for name in draw(st.sets(_NAMES)):
        resources.append(live_resource(f"statuses/{_place(name)}", icon=draw(_ICONS)))
    for name in draw(st.sets(_NAMES, max_size=3)):
        top = f"dispositions/{_place(name)}"
        resources.append(live_resource(top, enabled=draw(st.booleans())))
        for level in draw(st.sets(_NAMES, max_size=3)):
            resources.append(live_resource(f"{top}/{_place(level)}"))
    for name in draw(st.sets(_NAMES, max_size=2)):
        top = f"campaigns/{_place(name)}"
        for one in campaign(name, enabled=draw(st.booleans())):
            if one.address == f"{top}/members":
                users = [{"user": user} for user in draw(_LIVE_USERS)]
                resources.append(live_resource(one.address, members=users))  # type: ignore[arg-type]
            else:
                resources.append(one)
        for own in draw(st.sets(_NAMES, max_size=2)):
            resources.append(live_resource(f"{top}/statuses/{_place(own)}"))
    return snapshot(resources)


@st.composite
def _desires(draw: st.DrawFn) -> Desired:
    found: list[DesiredResource] = []
    lists = []
    for name in draw(st.sets(_NAMES)):
        found.append(wanted(f"statuses/{_place(name)}", {"icon": draw(_ICONS)}))
    roots = sorted(draw(st.sets(_NAMES, max_size=3)))
    olds = iter(draw(st.permutations(sorted({"A", "B", "C", "x/y"} - set(roots)))))
    for name in roots:
        top = f"dispositions/{_place(name)}"
        renamed = next(olds, None) if draw(st.booleans()) else None
        found.append(wanted(top, {"enabled": True}, renamed_from=renamed))
        if draw(st.booleans()):
            lists.append(complete(top))
        for level in draw(st.sets(_NAMES, max_size=3)):
            found.append(wanted(f"{top}/{_place(level)}", form="nested"))
    for name in draw(st.sets(_NAMES, max_size=2)):
        top = f"campaigns/{_place(name)}"
        found.append(wanted(top, {"enabled": draw(st.booleans())}))
        users = [{"user": user} for user in draw(_USERS)]
        found.append(
            wanted(
                f"{top}/members",
                {"members": users},  # type: ignore[dict-item]
                form="nested",
                removes=draw(st.none() | st.just(("pia",))),
            )
        )
        if draw(st.booleans()):
            lists.append(complete(f"{top}/statuses"))
    if draw(st.booleans()):
        lists.append(complete("statuses"))
    return desired(*found, lists=lists)


@st.composite
def _ledgers(draw: st.DrawFn, live: Snapshot) -> Ledger:
    chosen = draw(st.sets(st.sampled_from(sorted(live.resources) or ["none"])))
    form = draw(st.sampled_from(["nested", "standalone"]))
    keep = draw(st.sampled_from(["keep", "delete"]))
    return ledger(
        *[
            owned(live.resources[key].address, {}, form=form, on_remove=keep)
            for key in sorted(chosen)
            if key in live.resources
        ]
    )


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Desired, Snapshot, Ledger]:
    live = draw(_lives())
    return draw(_desires()), live, draw(_ledgers(live))


@settings(max_examples=300, deadline=None)
@given(_cases())
def test_carrying_a_plan_out_leaves_nothing_to_do(case: tuple[Desired, Snapshot, Ledger]) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    after = carried_out(made, live, books)
    again = planned(want, *after)
    assert again.is_empty, [change.key for change in again.changes]


@settings(max_examples=200, deadline=None)
@given(_cases())
def test_a_delete_is_owned_or_asked_for_by_a_list(case: tuple[Desired, Snapshot, Ledger]) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    gone = {identity(change.address) for change in made.changes if change.action is Action.DELETE}
    renamed = {c.address for c in made.changes if c.action is Action.RENAME}
    for change in made.changes:
        if change.action is not Action.DELETE:
            continue
        parent = parent_of(identity(change.address))
        listed = want.lists.get(parent)
        below = change.cascaded and any(identity(change.address).startswith(g + "/") for g in gone)
        owned_here = books.find(change.address) is not None or bool(renamed)
        assert below or owned_here or (listed is not None and listed.complete)


@settings(max_examples=150, deadline=None)
@given(_cases())
def test_a_plan_survives_its_file(case: tuple[Desired, Snapshot, Ledger]) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    assert codec.load_plan(codec.dump_plan(made), name="p") == made


@settings(max_examples=100, deadline=None)
@given(_cases())
def test_dependencies_come_first(case: tuple[Desired, Snapshot, Ledger]) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    seen: set[str] = set()
    for change in made.changes:
        assert set(change.depends_on) <= seen
        seen.add(change.key)


@settings(max_examples=200, deadline=None)
@given(_cases())
def test_a_plan_is_not_stale_against_the_ledger_it_was_made_from(
    case: tuple[Desired, Snapshot, Ledger],
) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    assert stale_entries(_all_to_do(made, live, books)) == {}


@settings(max_examples=200, deadline=None)
@given(_cases(), st.data())
def test_every_entry_a_plan_touches_makes_it_stale_once_it_changes(
    case: tuple[Desired, Snapshot, Ledger], data: st.DataObject
) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    touched = [change for change in made.changes if change.previous_tracking is not None]
    if not touched:
        return
    change = data.draw(st.sampled_from(touched))
    pending = frozenset(one.key for one in made.changes)
    names = OldNames.in_ledger(made.changes, books.entries, pending)
    key = identity(names.of(change.address))
    entry = books.entries[key]
    others = [
        {key: replace(entry, protect=not entry.protect)},
        {key: replace(entry, fields={"icon": "other"})},
    ]
    if change.action is not Action.FORGET:  # what is forgotten already needs no forgetting
        others.append({})
    for now in others:
        entries = {**{k: v for k, v in books.entries.items() if k != key}, **now}
        since = replace(books, entries=entries)
        assert change.key in stale_entries(_all_to_do(made, live, since))


def _all_to_do(plan: Plan, live: Snapshot, ledger: Ledger) -> PlanState:
    """The state of a plan whose changes are all still to do."""
    checked = {change.key: CheckedChange(ChangeState.TO_DO) for change in plan.changes}
    return PlanState(plan, live, ledger, OldNames(), checked, NOW)


@st.composite
def _unreadable_cases(draw: st.DrawFn) -> tuple[Desired, Snapshot, Snapshot, Ledger]:
    """A case, and its live state with some resources that cannot be read."""
    want, live, books = draw(_cases())
    chosen = draw(st.sets(st.sampled_from(sorted(live.resources) or ["none"]), max_size=3))
    unreadable = {
        key: UnreadResource(
            live.resources[key].address, Message.plain("the platform sends a value …")
        )
        for key in chosen & live.resources.keys()
    }
    seen = {
        key: one
        for key, one in live.resources.items()
        if unreadable.keys().isdisjoint((key, *ancestors(key)))
    }
    return want, live, replace(live, resources=seen, unreadable=unreadable), books


@settings(max_examples=300, deadline=None)
@given(_unreadable_cases())
def test_what_cannot_be_read_stays_with_all_below_it_and_no_manifest_is_blamed(
    case: tuple[Desired, Snapshot, Snapshot, Ledger],
) -> None:
    want, whole, seen, books = case
    try:
        planned(want, whole, books)
    except ManifestError:
        return
    made = planned(want, seen, books)
    after, entries = carried_out(made, whole, books)
    for key in whole.resources.keys() - seen.resources.keys():
        assert after.resources.get(key) == whole.resources[key]
        assert entries.entries.get(key) == books.entries.get(key)


def _state(live: Snapshot, books: Ledger) -> tuple[object, object]:
    return (
        {key: resource.fields for key, resource in live.resources.items()},
        {key: entry.fields for key, entry in books.entries.items()},
    )


@settings(max_examples=300, deadline=None)
@given(_cases(), st.data())
def test_a_selected_part_and_then_the_rest_are_the_whole_plan(
    case: tuple[Desired, Snapshot, Ledger], data: st.DataObject
) -> None:
    want, live, books = case
    try:
        whole = planned(want, live, books)
    except ManifestError:
        return
    if whole.is_empty:
        return
    addresses = sorted({change.address for change in whole.changes})
    globs = data.draw(st.lists(st.sampled_from(addresses), min_size=1, max_size=3))
    try:
        part = planned(want, live, books, globs=globs)
    except UsageError as error:
        (command,) = (a for a in error.next_step.arguments.values() if isinstance(a, Command))
        globs = [w.address for w in command.command if isinstance(w, Place)]
        part = planned(want, live, books, globs=globs)
    assert part.left_out == len(whole.changes) - len(part.changes)
    assert {change.key for change in part.changes} <= {change.key for change in whole.changes}
    after = carried_out(part, live, books)
    rest = planned(want, *after)
    assert _state(*carried_out(rest, *after)) == _state(*carried_out(whole, live, books))
