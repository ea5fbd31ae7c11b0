"""All guards, in the order in which they run. A new guard is one file and one line here."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.analyzers import (
    blacklist_bypass,
    conflict,
    delete_campaign,
    delete_cascade,
    delete_in_use,
    delete_protected,
    delete_system_default,
    delete_unowned,
    duplicate_number,
    empty_desired,
    foreign_owner,
    freeze,
    guard_weakened,
    holiday_today_or_past,
    likely_rename,
    mass_change,
    no_ledger,
    open_hours,
    opens_more,
    replace,
    reverts_drift,
    scope_widens,
    service_stops,
    shared_edit,
    spent_rename,
    stale_checkout,
    unblock,
    unknown_live,
    unused_approval,
)
from reconciler.guards.context import Guard
from reconciler.text import joined

_GUIDE_INTRODUCTION = """Guards check a whole plan for harm, when it is made and again when it is
applied. A blocking finding stops the apply until it is gone or approved; a warning does not. This
page is generated from the guards' files."""


def register(*guards: Guard) -> tuple[Guard, ...]:
    """The guards. Raises ValueError when two have the same code."""
    seen: set[str] = set()
    for guard in guards:
        if guard.code in seen:
            raise ValueError(f"the guard {guard.code} is registered twice")
        seen.add(guard.code)
    return guards


GUARDS = register(
    delete_in_use.GUARD,
    delete_protected.GUARD,
    delete_campaign.GUARD,
    delete_cascade.GUARD,
    delete_unowned.GUARD,
    delete_system_default.GUARD,
    replace.GUARD,
    foreign_owner.GUARD,
    unblock.GUARD,
    blacklist_bypass.GUARD,
    open_hours.GUARD,
    service_stops.GUARD,
    scope_widens.GUARD,
    opens_more.GUARD,
    shared_edit.GUARD,
    mass_change.GUARD,
    empty_desired.GUARD,
    unknown_live.GUARD,
    no_ledger.GUARD,
    stale_checkout.GUARD,
    conflict.GUARD,
    reverts_drift.GUARD,
    holiday_today_or_past.GUARD,
    duplicate_number.GUARD,
    spent_rename.GUARD,
    likely_rename.GUARD,
    guard_weakened.GUARD,
    freeze.GUARD,
    unused_approval.GUARD,
)
GUARD_CODES: tuple[str, ...] = tuple(guard.code for guard in GUARDS)


def guide() -> str:
    """The text of `docs/guards.md`, from the guards' declarations."""
    rows = [f"| [`{guard.code}`](#{guard.code}) | {guard.summary} |" for guard in GUARDS]
    head = ["# Guards", "", _GUIDE_INTRODUCTION, "", "| guard | finds |", "|---|---|", *rows]
    return "\n".join([*head, *(line for guard in GUARDS for line in _section(guard))]) + "\n"


def _section(guard: Guard) -> Iterator[str]:
    text = (guard.help or "").removeprefix(f"{guard.code}: ").strip()
    yield from ("", f"## {guard.code}", "", f"{text[:1].upper()}{text[1:]}")
    if guard.options:
        names = joined([f"`{each.name}` (default {each.default})" for each in guard.options])
        yield from ("", f"Settings in `reconciler.yaml`, under `guards`: {names}.")
