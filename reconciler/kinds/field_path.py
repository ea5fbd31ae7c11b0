"""Where a value is in a resource, as people write it: `schedule.mon`, `members[ana].penalty`."""

from __future__ import annotations

import re
from typing import NamedTuple

from reconciler.text import StructuredText

_STEP = re.compile(r"\[(.*?)\](?=[.\[]|$)|\.?([^.\[]+)", re.DOTALL)


class Step(NamedTuple):
    """One step of a path: a field, or the entry of a list with this name."""

    name: str
    is_entry: bool


ORDER = Step("order", is_entry=False)
"""The last step of the path of a list whose entries change their order."""


class FieldPath(StructuredText):
    """The path of a field."""

    __slots__ = ()

    @property
    def field(self) -> str:
        """The top-level field."""
        return self.partition(".")[0].partition("[")[0]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The path, taken apart."""
        return tuple(
            Step(found[2], is_entry=False) if found[1] is None else Step(found[1], is_entry=True)
            for found in _STEP.finditer(self)
        )
