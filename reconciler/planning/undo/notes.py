"""What an undo does not restore: one sentence for each reason, with a few addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from reconciler.kinds.base import Fields, Kind
from reconciler.live.platform import Usage
from reconciler.text import counted, first_of

_MAX_NAMED = 5


@dataclass(slots=True)
class UndoNotes:
    """Collects addresses by sentence. Customers are counted, never named."""

    _addresses: dict[str, list[str]] = field(default_factory=dict)
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, sentence: str, address: str, kind: Kind) -> None:
        """Add a resource to a sentence."""
        if kind.is_personal:
            place = (sentence, kind.plural)
            self._counts[place] = self._counts.get(place, 0) + 1
        else:
            self._addresses.setdefault(sentence, []).append(address)

    def gone(self, address: str, kind: Kind) -> None:
        """Note a resource that no longer exists."""
        self.add("Not restored, because it no longer exists on the platform", address, kind)

    def foreign(self, address: str, kind: Kind, before: Fields, owner: str) -> None:
        """Note a resource that the platform changed, and that only its owner may write."""
        fields = ", ".join(f"{name} was {_plain(value)}" for name, value in before.items())
        text = f"{address} ({fields}; {owner})"
        self.add("Not restored, because another project owns it", text, kind)

    def lost(self, address: str, kind: Kind, usage: Usage | None) -> None:
        """Note what is lost with a resource that is created again."""
        if not kind.lost_on_delete:
            return
        count = usage.interactions_total if usage is not None else 0
        text = f"{address} ({counted(count, 'interaction')})" if count else address
        self.add(f"Created again without {kind.lost_on_delete}", text, kind)

    def sentences(self) -> tuple[str, ...]:
        """All sentences, each with its addresses or its count."""
        named = [
            f"{sentence}: {first_of(addresses, _MAX_NAMED)}"
            for sentence, addresses in self._addresses.items()
        ]
        totals = [
            f"{sentence}: {count} {plural}" for (sentence, plural), count in self._counts.items()
        ]
        return (*named, *totals)


def _plain(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
