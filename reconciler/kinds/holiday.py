"""Holiday: `holidays/{name}`: a day on which campaigns are closed, whatever their schedule (ours).

Everything but the name can be edited (DOMAIN, doc).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field, JsonValue

from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.kinds.base import Body, Kind, Reference, Renaming, Scope
from reconciler.kinds.name_lists import NameSet, names_in
from reconciler.kinds.values.schedule import Closure


class Holiday(Body):
    """A closed day in each campaign's time zone."""

    date: datetime.date = Field(description="YYYY-MM-DD.", examples=["2026-12-25"])
    recurring: bool = Field(
        default=False, description="Every year on that day; 29 February only in leap years."
    )
    campaigns: Literal["all"] | NameSet = Field(
        description="`all`, or the names of the campaigns it closes."
    )


def closure_of(address: Address, fields: Mapping[str, JsonValue]) -> Closure:
    """The closure that a holiday's complete fields describe."""
    named = fields["campaigns"]
    return Closure(
        name=name_of(address),
        day=datetime.date.fromisoformat(str(fields["date"])),
        recurring=fields["recurring"] is True,
        campaigns=None if named == "all" else frozenset(map(identity, names_in(named))),
    )


def _references(address: Address, fields: Mapping[str, JsonValue]) -> Iterator[Reference]:  # noqa: ARG001
    for name in names_in(fields.get("campaigns")):
        yield Reference(f"campaigns[{name}]", "campaign", name, (join("campaigns", name),))


HOLIDAY = Kind(
    name="Holiday",
    noun="holiday",
    plural="holidays",
    collection="holidays",
    scope=Scope.GLOBAL,
    identity="name",
    bodies={"": Holiday},
    renaming=Renaming.REPLACE,
    references=_references,
    is_personal=False,
    sets_opening_hours=True,
    permission_section="holidays",
)
