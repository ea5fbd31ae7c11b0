"""What an undo does not bring back, in sentences: one for each thing to say, naming a few."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from reconciler.kinds.base import Fields, Kind
from reconciler.live.platform import Usage
from reconciler.text import counted, first_of

_MAX_NAMED = 5


@dataclass(slots=True)
class UndoNotes:
    """Collects what there is to say; customers are counted, never named."""

    _named: dict[str, list[str]] = field(default_factory=dict)
    _counted: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, sentence: str, address: str, kind: Kind) -> None:
        """Say something of one resource."""
        if kind.is_personal:
            place = (sentence, kind.plural)
            self._counted[place] = self._counted.get(place, 0) + 1
        else:
            self._named.setdefault(sentence, []).append(address)

    def gone(self, address: str, kind: Kind) -> None:
        """It is not there any more."""
        self.add("Not put back, since it is gone from the platform", address, kind)

    def foreign(self, address: str, kind: Kind, before: Fields, owner: str) -> None:
        """The platform changed it because of the run, and only its owner may write to it."""
        fields = ", ".join(f"{name} was {_plain(value)}" for name, value in before.items())
        told = f"{address} ({fields}; {owner})"
        self.add("Not put back, since another project owns it", told, kind)

    def lost(self, address: str, kind: Kind, usage: Usage | None) -> None:
        """It is created again, and not all that was with it comes back."""
        if not kind.lost_on_delete:
            return
        count = usage.interactions_total if usage is not None else 0
        told = f"{address} ({counted(count, 'interaction')})" if count else address
        self.add(f"Created again without {kind.lost_on_delete}", told, kind)

    def sentences(self) -> tuple[str, ...]:
        """All of it."""
        named = [f"{said}: {first_of(those, _MAX_NAMED)}" for said, those in self._named.items()]
        totals = [f"{said}: {n} {plural}" for (said, plural), n in self._counted.items()]
        return (*named, *totals)


def _plain(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
