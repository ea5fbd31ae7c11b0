"""Maskers that know the customers and contacts of a plan or a run, to find them in messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from reconciler.planning.change import Change
from reconciler.planning.plan import Plan
from reconciler.privacy.masking import Masker
from reconciler.state.journal import Step

_Resource = tuple[str, Mapping[str, JsonValue] | None]


def masker_for_plan(masker: Masker, plan: Plan) -> Masker:
    """A masker that finds the customers and contacts of a plan in reasons and in free text."""
    if not (plan.findings or plan.unknowns):
        return masker
    return masker.with_known(_of_plan(plan))


def masker_for_changes(masker: Masker, changes: Iterable[Change]) -> Masker:
    """A masker that finds the customers and contacts of these changes in messages."""
    return masker.with_known(_of_changes(changes))


def masker_for_steps(masker: Masker, steps: Iterable[Step]) -> Masker:
    """A masker that finds the customers and contacts of these steps in their details."""
    return masker.with_known(
        (address, fields)
        for step in steps
        for address, fields in (
            (step.address, step.before),
            (step.address, step.after),
            (step.previous_address or "", None),
        )
    )


def _of_changes(changes: Iterable[Change]) -> Iterator[_Resource]:
    for change in changes:
        yield change.address, change.before
        yield change.address, change.after
        if change.previous_address is not None:
            yield change.previous_address, None
        for difference in change.differences:
            yield change.address, {"base": difference.base}


def _of_plan(plan: Plan) -> Iterator[_Resource]:
    yield from _of_changes(plan.changes)
    for finding in plan.findings:
        yield finding.address, None
        yield finding.approval, None
        yield from ((referrer, None) for referrer in finding.evidence.referrers)
    yield from ((unknown.collection, None) for unknown in plan.unknowns)
    yield from ((address, None) for address in (*plan.unmanaged, *plan.unchanged))
