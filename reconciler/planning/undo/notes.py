"""What an undo does not restore: one message for each reason, with a few addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.registry import place
from reconciler.live.platform import Usage
from reconciler.message import Message, first_messages
from reconciler.text import counted

_MAX_NAMED = 5


@dataclass(slots=True)
class UndoNotes:
    """Collects resources by reason. Customers are counted, never named."""

    _resources: dict[str, list[Message]] = field(default_factory=dict)
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def _add(self, reason: str, address: str, kind: Kind, details: str = "") -> None:
        """Add a resource, and details about it, to a reason."""
        if kind.is_personal:
            key = (reason, kind.plural)
            self._counts[key] = self._counts.get(key, 0) + 1
        else:
            resource = Message.of(
                "{address}{details}",
                address=place(address),
                details=f" ({details})" if details else "",
            )
            self._resources.setdefault(reason, []).append(resource)

    def unread(self, address: str, kind: Kind) -> None:
        """Note a resource that is unreadable, or that depends on an unreadable one."""
        self._add("Not changed, because it cannot be read now", address, kind)

    def kept(self, address: str, kind: Kind) -> None:
        """Note a resource that the run created, with an unreadable one below it."""
        self._add("Not deleted, because something below it cannot be read now", address, kind)

    def gone(self, address: str, kind: Kind) -> None:
        """Note a resource that no longer exists."""
        self._add("Not restored, because it no longer exists on the platform", address, kind)

    def foreign(self, address: str, kind: Kind, before: Fields, owner: str) -> None:
        """Note a resource that the platform changed, and that only its owner may write."""
        fields = ", ".join(f"{name} was {_plain(value)}" for name, value in before.items())
        reason = "Not restored, because another project owns it"
        self._add(reason, address, kind, f"{fields}; {owner}")

    def lost(self, address: str, kind: Kind, usage: Usage | None) -> None:
        """Note what is lost with a resource that is created again."""
        if not kind.lost_on_delete:
            return
        count = usage.interactions_total if usage is not None else 0
        details = counted(count, "interaction") if count else ""
        self._add(f"Created again without {kind.lost_on_delete}", address, kind, details)

    def messages(self) -> tuple[Message, ...]:
        """One message for each reason, with its addresses or its count."""
        named = [
            Message.of(
                "{reason}: {resources}",
                reason=reason,
                resources=first_messages(resources, _MAX_NAMED),
            )
            for reason, resources in self._resources.items()
        ]
        totals = [
            Message.of("{reason}: {count} {plural}", reason=reason, count=count, plural=plural)
            for (reason, plural), count in self._counts.items()
        ]
        return (*named, *totals)


def _plain(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
