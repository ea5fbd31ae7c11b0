"""Channels and their connectors: the connector has the channel's type and the channel's numbers.

The platform refuses anything else halfway through an apply, so planning checks every declared
channel in its state after the plan.
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
from reconciler.message import Message, Personal
from reconciler.planning.merge import managed_fields, merge_fields
from reconciler.planning.references import Locate, field_problem
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
    """A problem for every number that its connector does not have, and for every connector of
    another type.

    `live` is by identity, after the renames. A channel that could not be read is not checked. A
    connector that does not exist is a dangling reference, and reported as one.
    """
    connectors = snapshot.directory.connectors
    if connectors is None:
        return []
    problems: list[Problem] = []
    for wanted in desired:
        if wanted.kind.has_numbers and snapshot.why_unknown(wanted.address) is None:
            current = live.get(identity(wanted.address))
            problems.extend(_Channel.of(wanted, current, connectors, locate).problems())
    return problems


@dataclass(frozen=True, slots=True)
class _Channel:
    """A declared channel, with the connector and the numbers that it would have.

    It `is_checked` when git declares one of them, or when the channel is written for another
    reason: the platform checks every write as a whole.
    """

    wanted: DesiredResource
    managed: Fields
    is_checked: bool
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
    ) -> _Channel:
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
        if not self.is_checked:
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
        same_type = self._same_type()
        having = [c.name for c in same_type if set(self.numbers) <= set(c.numbers)]
        names = having or [connector.name for connector in same_type]
        return self._problem(
            self._declared_path("numbers"),
            Message.of(
                "{numbers} need a connector, and none is set",
                numbers=Personal(", ".join(self.numbers)),
            ),
            Message.of(
                "add `connector:`, one of {shown}", shown=Personal(first_of(sorted(names), _SHOWN))
            )
            if names
            else Message.of("remove the numbers"),
        )

    def _of_another_type(self, known: Connector) -> Problem:
        names = [connector.name for connector in self._same_type()]
        near = get_close_matches(known.name, names, n=1)
        hint = Message.of("the platform has no connector for {type}", type=self.type)
        if names:
            hint = Message.of(
                "the connectors for {type} are {names}",
                type=self.type,
                names=Personal(first_of(sorted(names), _SHOWN)),
            )
        if near:
            hint = _did_you_mean(near[0], hint)
        message = Message.of(
            "the connector '{name}' is for {known_type}, not for {type}",
            name=Personal(known.name),
            known_type=known.type,
            type=self.type,
        )
        return self._problem("connector", message, hint)

    def _foreign(self, number: str, known: Connector) -> Problem:
        hint = self._number_hint(number, known)
        path, whose = f"numbers[{number}]", "the number"
        if "numbers" not in self.managed:
            path, whose = self._declared_path("connector"), "its number"
            hint = Message.of("declare `numbers` too; {hint}", hint=hint)
        message = Message.of(
            "the connector '{name}' does not have {whose} {number}",
            name=Personal(known.name),
            whose=whose,
            number=Personal(number),
        )
        return self._problem(path, message, hint)

    def _number_hint(self, number: str, known: Connector) -> Message:
        other = next((c.name for c in self._same_type() if number in c.numbers), "")
        has = Message.of("it has no numbers")
        if known.numbers:
            has = Message.of(
                "'{name}' has {numbers}",
                name=Personal(known.name),
                numbers=Personal(first_of(sorted(known.numbers), _SHOWN)),
            )
        if other:
            return Message.of(
                "the connector '{other}' has it; {has}", other=Personal(other), has=has
            )
        near = get_close_matches(number, known.numbers, n=1)
        return _did_you_mean(near[0], has) if near else has

    def _same_type(self) -> list[Connector]:
        return [connector for connector in self.connectors.values() if connector.type == self.type]

    def _declared_path(self, field: str) -> str:
        """The field; "" for the channel itself when git does not declare the field."""
        return field if field in self.managed else ""

    def _problem(self, path: str, message: Message, hint: Message) -> Problem:
        return field_problem(self.wanted, path, message, hint, self.locate)


def _did_you_mean(near: str, known: Message) -> Message:
    return Message.of("did you mean '{near}'? {known}", near=Personal(near), known=known)
