"""Channels and their lines: that a connector is of its channel's type, and has its numbers.

The platform refuses anything else, halfway through an apply; so it is told before, of every
channel that git speaks of, as it would be once the plan is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from reconciler.errors import Problem
from reconciler.kinds.address import identity, name_of
from reconciler.kinds.base import Fields
from reconciler.kinds.name_lists import names_in
from reconciler.live.platform import Connector, LiveResource, Snapshot
from reconciler.manifests.desired import DesiredResource
from reconciler.planning.merge import managed_fields, merge_fields
from reconciler.planning.references import Locate
from reconciler.text import first_of

_FIELDS = ("connector", "numbers")
_SHOWN = 8


def connector_problems(
    desired: Iterable[DesiredResource],
    live: Mapping[str, LiveResource],
    snapshot: Snapshot,
    *,
    locate: Locate,
) -> list[Problem]:
    """A problem for every number that is not its connector's, and every connector of another type.

    `live` is by identity, as the renames leave it. What could not be read is not known to be
    wrong; a connector there is none of is a reference that dangles, and told as one.
    """
    connectors = snapshot.directory.connectors
    if connectors is None:
        return []
    problems: list[Problem] = []
    for one in desired:
        if one.kind.has_numbers and snapshot.why_unknown(one.address) is None:
            line = _Line.of(one, live.get(identity(one.address)), connectors, locate)
            problems.extend(line.problems())
    return problems


@dataclass(frozen=True, slots=True)
class _Line:
    """A channel git speaks of, with the connector and the numbers it would have.

    It is `concerned` where git says one of them, or the channel is written for another reason:
    the platform looks at the whole of what it is given.
    """

    wanted: DesiredResource
    managed: Fields
    concerned: bool
    connector: str | None
    numbers: tuple[str, ...]
    connectors: Mapping[str, Connector]
    locate: Locate

    @classmethod
    def of(
        cls,
        wanted: DesiredResource,
        current: LiveResource | None,
        connectors: Mapping[str, Connector],
        locate: Locate,
    ) -> _Line:
        managed = managed_fields(wanted, creating=current is None)
        before: Fields = {} if current is None else current.fields
        after = merge_fields(wanted, before, managed)
        connector = after.get("connector")
        return cls(
            wanted,
            managed,
            after != before or not managed.keys().isdisjoint(_FIELDS),
            connector if isinstance(connector, str) else None,
            tuple(names_in(after.get("numbers"))),
            connectors,
            locate,
        )

    def problems(self) -> Iterator[Problem]:
        if not self.concerned:
            return
        if self.connector is None:
            if self.numbers:
                yield self._unconnected()
            return
        known = self.connectors.get(identity(self.connector))
        if known is None:
            return
        if known.type != self.type:
            yield self._of_another_type(known)
            return
        for number in self.numbers:
            if number not in known.numbers:
                yield self._foreign(number, known)

    @property
    def type(self) -> str:
        return name_of(self.wanted.address)

    def _unconnected(self) -> Problem:
        having = [one.name for one in self._alike() if set(self.numbers) <= set(one.numbers)]
        names = having or [one.name for one in self._alike()]
        return self._problem(
            self._spoken_of("numbers"),
            f"{', '.join(self.numbers)} come from a connector, and none is set",
            f"add `connector:`, one of {first_of(sorted(names), _SHOWN)}"
            if names
            else "take the numbers out",
        )

    def _of_another_type(self, known: Connector) -> Problem:
        names = [one.name for one in self._alike()]
        near = get_close_matches(known.name, names, n=1)
        there = f"for {self.type} there are {first_of(sorted(names), _SHOWN)}"
        nothing = f"the platform has no connector for {self.type} at all"
        return self._problem(
            "connector",
            f"the connector '{known.name}' is for {known.type}, not for {self.type}",
            f"did you mean '{near[0]}'? {there}" if near else there if names else nothing,
        )

    def _foreign(self, number: str, known: Connector) -> Problem:
        if "numbers" in self.managed:
            path, hint = f"numbers[{number}]", ""
            message = f"the connector '{known.name}' has no {number}"
        else:
            path, hint = self._spoken_of("connector"), "give `numbers` too; "
            message = f"its number {number} is none of the connector '{known.name}'"
        return self._problem(path, message, hint + self._where_it_is(number, known))

    def _where_it_is(self, number: str, known: Connector) -> str:
        holder = next((one.name for one in self._alike() if number in one.numbers), "")
        has = (
            f"'{known.name}' has {first_of(sorted(known.numbers), _SHOWN)}"
            if known.numbers
            else "it has none"
        )
        if holder:
            return f"it is a number of '{holder}'; {has}"
        near = get_close_matches(number, known.numbers, n=1)
        return f"did you mean '{near[0]}'? {has}" if near else has

    def _alike(self) -> list[Connector]:
        return [one for one in self.connectors.values() if one.type == self.type]

    def _spoken_of(self, field: str) -> str:
        """The field, or where git leaves it out, the channel itself."""
        return field if field in self.managed else ""

    def _problem(self, path: str, message: str, hint: str) -> Problem:
        wanted = self.wanted
        place = self.locate(wanted, path) if path else wanted.source
        said = f"{wanted.address}: {message}"
        return place.problem(said, hint)
