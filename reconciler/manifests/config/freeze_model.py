"""The border model of `freeze:` in an environment file."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from reconciler.kinds.values.schedule import Schedule, TimeZone, Weekday
from reconciler.manifests.config.validated import Model
from reconciler.manifests.freeze import DatedWindow, Freeze

_MOMENT = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2})?$"
_LocalMoment = Annotated[str, Field(json_schema_extra={"pattern": _MOMENT})]


class DatedModel(Model):
    """A period in which nothing is applied."""

    start: _LocalMoment = Field(
        alias="from",
        description="Its first date, or local date and time.",
        examples=["2026-12-20", "2026-11-27T08:00"],
    )
    end: _LocalMoment = Field(
        alias="to",
        description="Its last date, inclusive, or the local time of its end.",
        examples=["2026-12-27", "2026-11-27T20:00"],
    )
    reason: str = Field(default="", description="Its reason.", examples=["Christmas season"])

    def value(self) -> DatedWindow:
        """The window. Raises ValueError."""
        return DatedWindow.parse(self.start, self.end, self.reason)


def _readable(model: DatedModel) -> DatedModel:
    model.value()
    return model


def _ranges(weekly: dict[Weekday, list[str]]) -> dict[Weekday, list[str]]:
    Schedule.parse(weekly)
    return weekly


class FreezeModel(Model):
    """When nothing is applied to an environment."""

    time_zone: TimeZone = Field(
        description="The zone its times are in.", examples=["America/Montevideo"]
    )
    weekly: Annotated[dict[Weekday, list[str]], AfterValidator(_ranges)] = Field(
        default={},
        description="A list of HH:MM-HH:MM for each weekday, as in schedules.",
        examples=[{"fri": ["18:00-24:00"], "sat": ["00:00-24:00"]}],
    )
    dated: list[Annotated[DatedModel, AfterValidator(_readable)]] = Field(
        default=[], description="Periods of dates or times."
    )

    def value(self) -> Freeze:
        """The freeze."""
        return Freeze(
            self.time_zone,
            Schedule.parse(self.weekly),
            tuple(dated.value() for dated in self.dated),
        )
