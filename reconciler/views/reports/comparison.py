"""How two environments or two plans differ, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from reconciler.planning.deep_differences import Absent, ValueDifference
from reconciler.planning.reports.comparison import Comparison, Presence, ResourceDifference
from reconciler.privacy.masking import Masker
from reconciler.text import counted
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.json_output import json_bytes
from reconciler.views.style.table import table
from reconciler.views.style.view import View

_MISSING = "not set"


def render_comparison(comparison: Comparison, masker: Masker, paint: Paint = PLAIN) -> str:
    """A summary, the resources that only one side has, then each differing field in a row."""
    view = View(masker, paint)
    first, second = visible(comparison.first), visible(comparison.second)
    blocks = [[paint.strong(_summary(comparison))]]
    for presence, name in ((Presence.FIRST, first), (Presence.SECOND, second)):
        found = comparison.present(presence)
        if found:
            addresses = (f"  {view.address(resource.address)}" for resource in found)
            blocks.append([f"Only in {name}:", *addresses])
    for resource in comparison.present(Presence.BOTH):
        blocks.append(list(_resource(resource, view, (first, second))))
    if comparison.unread:
        blocks.append(
            [
                paint.caution(
                    f"Not compared: {view.address(place)} ({view.text(why, about=place)})"
                )
                for place, why in sorted(comparison.unread.items())
            ]
        )
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _summary(comparison: Comparison) -> str:
    first, second = visible(comparison.first), visible(comparison.second)
    total = comparison.equal + len(comparison.resources)
    if comparison.is_equal:
        scope = " in what could be read" if comparison.unread else ""
        return f"{first} and {second} are the same{scope}: {counted(total, 'resource')}."
    only_first, only_second, both = (
        len(comparison.present(presence))
        for presence in (Presence.FIRST, Presence.SECOND, Presence.BOTH)
    )
    return (
        f"{first} and {second} differ in {len(comparison.resources):,} of "
        f"{counted(total, 'resource')}: {only_first:,} only in {first}, {only_second:,} only in "
        f"{second}, {both:,} in both with different values."
    )


def _resource(resource: ResourceDifference, view: View, names: tuple[str, str]) -> Iterator[str]:
    yield view.paint.strong(view.address(resource.address))
    rows = [
        (
            visible(difference.path),
            _value(resource.kind, difference.first, view),
            _value(resource.kind, difference.second, view),
        )
        for difference in resource.differences
    ]
    yield from (f"  {line}" for line in table(("Field", *names), rows, view.paint))


def _value(kind: str, value: JsonValue | Absent, view: View) -> str:
    return _MISSING if isinstance(value, Absent) else view.value(kind, value)


def comparison_to_json(comparison: Comparison, masker: Masker) -> bytes:
    """`reconciler.compare/1`: `resources`, each with `presence` (first, second, both) and
    `differences`; a side without a value has no key."""
    return json_bytes(
        {
            "format": "reconciler.compare/1",
            "first": comparison.first,
            "second": comparison.second,
            "equal": comparison.equal,
            "resources": [
                {
                    "address": masker.address(resource.address),
                    "kind": resource.kind,
                    "presence": resource.presence.value,
                    "differences": [
                        _difference(resource.kind, difference, masker)
                        for difference in resource.differences
                    ],
                }
                for resource in comparison.resources
            ],
            "unread": [
                {
                    "collection": masker.address(place),
                    "reason": masker.text(why, about=place),
                }
                for place, why in sorted(comparison.unread.items())
            ],
        }
    )


def _difference(kind: str, difference: ValueDifference, masker: Masker) -> dict[str, JsonValue]:
    sides = {"first": difference.first, "second": difference.second}
    values = {
        name: masker.value(kind, value)
        for name, value in sides.items()
        if not isinstance(value, Absent)
    }
    return {"path": difference.path, **values}
