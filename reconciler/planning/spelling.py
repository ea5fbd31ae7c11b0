"""References whose case differs from the name they mean.

The platform accepts them and stores them as written. The next person who saves the screen writes
the right name, and that would be drift again and again. So they are problems, with the platform's
spelling as the hint. `validate` applies the same rule to names that the manifests declare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.errors import Problem
from reconciler.kinds.address import Address, campaign_of, identity, name_of, same_spelling
from reconciler.kinds.base import Reference
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import Message, Personal
from reconciler.planning.references import Locate, field_problem

Spell = Callable[[str], Address | None]
"""The address of a managed resource as spelled after the plan; None when it does not exist."""


def misspelled_references(
    desired: Iterable[DesiredResource],
    spell: Spell,
    live: Snapshot,
    *,
    locate: Locate,
) -> list[Problem]:
    """A problem for each reference, and each campaign of a resource, with another spelling.

    A name that could not be read has no known spelling, and no problem.
    """
    speller = _Speller(spell, live, live.directory.names(), locate)
    return [problem for wanted in desired for problem in speller.problems(wanted)]


@dataclass(slots=True)
class _Speller:
    spell: Spell
    live: Snapshot
    directory: Mapping[str, str]
    """The names of users, connectors and forms, by identity of the address."""
    locate: Locate
    _reported: set[tuple[str, str]] = field(default_factory=set)
    _campaigns: dict[str, str] = field(default_factory=dict)

    def problems(self, wanted: DesiredResource) -> Iterator[Problem]:
        for reference in wanted.kind.references(wanted.address, wanted.fields):
            right = self._right(reference)
            if right is not None and not same_spelling(right, reference.name):
                yield self._problem(wanted, reference, right)
        campaign = campaign_of(wanted.address)
        right = self._right_campaign(campaign) if campaign else ""
        if campaign and right and (campaign, wanted.source.file) not in self._reported:
            self._reported.add((campaign, wanted.source.file))
            message = Message.of(
                "the campaign '{campaign}' is '{right}' on the platform",
                campaign=Personal(name_of(campaign)),
                right=Personal(right),
            )
            yield self._at(
                wanted,
                "campaign",
                message,
                Message.of("write {right}", right=Personal(scalar_text(right))),
            )

    def _right_campaign(self, address: str) -> str:
        """How the platform spells a campaign, "" when the spelling is the same."""
        if address not in self._campaigns:
            right = self.spell(address)
            differs = right is not None and not same_spelling(right, address)
            self._campaigns[address] = name_of(right) if right is not None and differs else ""
        return self._campaigns[address]

    def _right(self, reference: Reference) -> str | None:
        for address in reference.candidates:
            if self.live.why_unknown(address) is not None:
                return None
            known = self.directory.get(identity(address))
            if known is not None:
                return known
            managed = self.spell(address)
            if managed is not None:
                return name_of(managed)
        return None

    def _problem(self, wanted: DesiredResource, reference: Reference, right: str) -> Problem:
        hint = Message.of("write {right}", right=Personal(scalar_text(right)))
        message = Message.of(
            "the {noun} '{name}' is '{right}' on the platform",
            noun=reference.noun,
            name=Personal(reference.name),
            right=Personal(right),
        )
        return self._at(wanted, reference.path, message, hint)

    def _at(self, wanted: DesiredResource, path: str, message: Message, hint: Message) -> Problem:
        return field_problem(wanted, path, message, hint, self.locate)
