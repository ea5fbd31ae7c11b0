"""How two environments or two plans differ, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Literal

from pydantic import JsonValue
from typing_extensions import TypedDict

from reconciler.planning.deep_differences import Absent, ValueDifference
from reconciler.planning.reports.comparison import Comparison, Presence, ResourceDifference
from reconciler.privacy.masking import Masker
from reconciler.text import counted, visible
from reconciler.views.fragments.field_values import field_value
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.table import table
from reconciler.views.style.view import View

_MISSING = "not set"


def comparison_text(comparison: Comparison, view: View) -> str:
    """A summary, the resources that only one side has, then each differing field in a row."""
    paint = view.paint
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
                paint.caution(f"Not compared: {view.address(place)} ({view.message(why)})")
                for place, why in sorted(comparison.unread.items(), key=itemgetter(0))
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
            _value(resource.kind, difference.path, difference.first, view),
            _value(resource.kind, difference.path, difference.second, view),
        )
        for difference in resource.differences
    ]
    yield from (f"  {line}" for line in table(("Field", *names), rows, view.paint))


def _value(kind: str, path: str, value: JsonValue | Absent, view: View) -> str:
    return _MISSING if isinstance(value, Absent) else field_value(kind, path, value, view)


class _PresentSides(TypedDict):
    path: str


class ValueDifferenceDocument(_PresentSides, total=False):
    """One place that differs; a side without a value has no key."""

    first: JsonValue
    second: JsonValue


class ResourceDifferenceDocument(TypedDict):
    """A resource that differs; `differences` is empty where it is on one side only."""

    address: str
    kind: str
    presence: Literal["first", "second", "both"]
    differences: list[ValueDifferenceDocument]


class UnreadDocument(TypedDict):
    """A collection or resource that was not compared."""

    address: str
    reason: str


class ComparisonDocument(TypedDict):
    """Two environments or plans, as `reconciler compare --format json` prints them."""

    format: Literal["reconciler.comparison/1"]
    first: str
    second: str
    equal: int
    resources: list[ResourceDifferenceDocument]
    unread: list[UnreadDocument]


def comparison_json(comparison: Comparison, view: View) -> bytes:
    """What differs between two environments or plans, as JSON."""
    document = ComparisonDocument(
        format="reconciler.comparison/1",
        first=comparison.first,
        second=comparison.second,
        equal=comparison.equal,
        resources=[_document(resource, view.masker) for resource in comparison.resources],
        unread=[
            UnreadDocument(address=view.masker.address(place), reason=view.masker.message(why))
            for place, why in sorted(comparison.unread.items(), key=itemgetter(0))
        ],
    )
    return json_bytes(document)


def _document(resource: ResourceDifference, masker: Masker) -> ResourceDifferenceDocument:
    return ResourceDifferenceDocument(
        address=masker.address(resource.address),
        kind=resource.kind,
        presence=resource.presence.value,
        differences=[
            _difference(resource.kind, difference, masker) for difference in resource.differences
        ],
    )


def _difference(kind: str, difference: ValueDifference, masker: Masker) -> ValueDifferenceDocument:
    document = ValueDifferenceDocument(path=difference.path)
    if not isinstance(difference.first, Absent):
        document["first"] = masker.value(kind, difference.first)
    if not isinstance(difference.second, Absent):
        document["second"] = masker.value(kind, difference.second)
    return document
