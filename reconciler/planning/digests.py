"""The two digests of a plan: SHA-256 over canonical JSON."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import orjson
from pydantic import JsonValue

from reconciler.planning.change import Change
from reconciler.planning.plan import Consequence, Plan

_SORTED = orjson.OPT_SORT_KEYS


def with_digests(plan: Plan) -> Plan:
    """The plan with both digests computed from its other fields."""
    content = _hexdigest(
        [
            plan.project,
            plan.environment,
            plan.platform_id,
            [change_content(change) for change in plan.changes],
            [consequence_content(consequence) for consequence in plan.consequences],
            *([list(plan.only)] if plan.only else []),
        ]
    )
    blank = replace(plan, content_digest=content, digest="")
    return replace(blank, digest=_hexdigest(blank))


def has_valid_digests(plan: Plan) -> bool:
    """Whether a plan is unchanged since its digests were computed."""
    return with_digests(plan) == plan


def _hexdigest(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value, option=_SORTED)).hexdigest()


def change_content(change: Change) -> list[JsonValue]:
    """What a change would do, without file positions, people, clocks or counters."""
    tracking = change.tracking
    return [
        change.action.value,
        change.address,
        change.previous_address,
        change.before,
        change.after,
        list(change.depends_on),
        change.cascaded,
        None
        if tracking is None
        else [tracking.form, tracking.fields, tracking.protect, tracking.on_remove],
    ]


def consequence_content(consequence: Consequence) -> list[JsonValue]:
    """What the platform would do to a referrer, without its owner."""
    return [
        consequence.address,
        consequence.field,
        consequence.before,
        consequence.after,
        [
            [lost.name, lost.meant, lost.means, list(lost.changes)]
            for lost in consequence.references
        ],
    ]
