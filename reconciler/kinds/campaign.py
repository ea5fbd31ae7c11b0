"""Campaign: `campaigns/{name}`. The name is unique and cannot change (DOMAIN, doc)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field, JsonValue

from reconciler.kinds.address import Address, join
from reconciler.kinds.base import Body, Kind, Reference, Scope
from reconciler.kinds.name_lists import NameSet, names_in
from reconciler.kinds.values.schedule import WEEKDAYS, Schedule, ScheduleValue, TimeZone


class Campaign(Body):
    """A line of work: its opening hours, quality models and forms."""

    enabled: bool = Field(
        default=True, description="Disabled: no interaction starts, and nothing is lost."
    )
    time_zone: TimeZone = Field(
        default="UTC", description="IANA time zone.", examples=["America/Montevideo"]
    )
    schedule: ScheduleValue = "always"
    quality_models: NameSet = Field(default=[], description="Names of quality models.")
    forms: NameSet = Field(default=[], description="Names of the platform's forms.")


def schedule_of(fields: Mapping[str, JsonValue]) -> Schedule:
    """The schedule of a campaign's complete fields."""
    value = fields["schedule"]
    if not isinstance(value, dict):
        return Schedule.parse(str(value))
    return Schedule.parse({day: list(names_in(value.get(day))) for day in WEEKDAYS})


def _references(address: Address, fields: Mapping[str, JsonValue]) -> Iterator[Reference]:  # noqa: ARG001
    for name in names_in(fields.get("quality_models")):
        yield Reference(
            f"quality_models[{name}]", "quality model", name, (join("quality_models", name),)
        )
    for name in names_in(fields.get("forms")):
        yield Reference(f"forms[{name}]", "form", name, (join("forms", name),))


CAMPAIGN = Kind(
    name="Campaign",
    noun="campaign",
    plural="campaigns",
    collection="campaigns",
    scope=Scope.GLOBAL,
    identity="name",
    bodies={"": Campaign},
    lost_on_delete="its interactions",
    replaced_whole=frozenset({"schedule"}),
    references=_references,
    is_personal=False,
    sets_opening_hours=True,
    holds_resources=True,
)
