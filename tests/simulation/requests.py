"""Random requests to a platform from a seed: every kind and operation, mostly valid.

Names come from a small set with many variants in case and Unicode form, so requests often use the
same resources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

from reconciler.kinds.address import Address, child, identity, join, name_of, parent_of
from reconciler.kinds.status import SYSTEM_STATUSES
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import Operation, Request
from tests.simulation.pair import CONNECTORS, FORMS, USERS, Ask, Seen
from tests.simulation.simulated_platform import Platform

Item = TypeVar("Item")

_CAMPAIGNS = ("Sales", "Sales", "Sales", "Support", "Support", "sales", "Ventas/Norte")
_NAMES = (
    *("Lunch", "Lunch", "Lunch", "LUNCH", "Coffee", "Coffee"),
    *("Sales", "Caf\u00e9", "Cafe\u0301", "Stra\u00dfe", "STRASSE", "50%", "a/b", "members"),
)
_BAD_NAMES = ("", " x", "-", "..", "tab\there", "x" * 129)
_CUSTOMERS = (
    *("+59829001234", "+59829001234", "+598 2900 1234", "Ana@Example.com", "ana@example.com"),
    *("instagram:213432525", "Instagram:213432525"),
)
_BAD_CUSTOMERS = ("29001234", "ana pérez", "+1", "", "-", "213432525", "+59829001234\u200b")
_ODD_NUMBERS = ("+59829001009", "+598 2900 1001", "1", "+1")
_BAD_KEYS = ("", "señal", "tab\there")
_GLOBAL = ("campaigns", "dispositions", "statuses", "templates", "quality_models", "holidays")
_OWN = ("dispositions", "statuses", "templates", "blacklist", "contacts", "channels", "members")
_ONLY_OWN = frozenset({"channels", "members"})
_PERSONAL = frozenset({"blacklist", "contacts"})
_COLLECTIONS = (*_GLOBAL, *_OWN, "dispositions", "channels", "channels", "channels")
_ANY: tuple[Operation, ...] = ("create", "patch", "delete", "rename", "put", "get")
_ENTRY: tuple[Operation, ...] = (
    *("create", "create", "create", "patch", "patch", "patch", "delete", "delete", "get"),
)
_OPERATIONS: Mapping[str, tuple[Operation, ...]] = {
    "channels": ("patch", "patch", "patch", "patch", "get"),
    "members": ("put", "put", "put", "patch"),
    "dispositions": ("create", "create", "create", "rename", "rename", "patch", "delete"),
}
_ODD_BODIES: tuple[Any, ...] = (None, {}, {"shoe_size": 43}, {"name": "Other"}, {"name": 5})


class Requests:
    """An endless source of operations, often for resources on the platform."""

    def __init__(self, random: Random, platform: Platform) -> None:
        self._random, self._platform = random, platform
        self._keys = 0

    # ---- chances -------------------------------------------------------------------------

    def rarely(self, one_in: int = 12) -> bool:
        """True once in `one_in` times."""
        return self._random.randrange(one_in) == 0

    def one(self, good: Sequence[Item], bad: Sequence[Item] = ()) -> Item:
        """One of the good values, rarely one of the bad."""
        return self._random.choice(bad if bad and self.rarely() else good)

    def some(self, **made: Callable[[], Any]) -> dict[str, Any]:
        """An object with about half of the members."""
        return {name: make() for name, make in made.items() if self._random.random() < 0.5}

    def list_of(self, make: Callable[[], Item], most: int = 2) -> list[Item]:
        """A short list."""
        return [make() for _ in range(self._random.randint(0, most))]

    # ---- names and addresses -------------------------------------------------------------

    def campaign(self) -> str:
        """A campaign's name."""
        return self.one(_CAMPAIGNS, ("Nowhere", *_BAD_NAMES))

    def name(self) -> str:
        """The name of another resource."""
        return self.one(_NAMES, _BAD_NAMES)

    def customer(self) -> str:
        """A customer to block or call."""
        return self.one(_CUSTOMERS, _BAD_CUSTOMERS)

    def address(self, collection: str, *, there: float = 0.6) -> Address:
        """An address in a collection, which exists with probability `there`."""
        rows = [
            row for row in self._platform.rows.values() if row.live.kind.collection == collection
        ]
        if collection == "channels" and self.rarely(2):
            rows = [
                row for row in rows if name_of(row.live.address) in ("telephony", "sms", "email")
            ]
        if rows and self._random.random() < there:
            address = self._random.choice(rows).live.address
            return self._written_otherwise(address) if self.rarely(8) else address
        own = collection in _ONLY_OWN or (collection in _OWN and self._random.random() < 0.5)
        parent = Address(collection)
        if own:
            parent = child(join("campaigns", self.campaign()), collection)
        if collection == "members":
            return parent
        depth = self.one((1, 1, 2, 3)) if collection == "dispositions" else 1
        return child(parent, *[self._last(collection) for _ in range(depth)])

    def _written_otherwise(self, address: Address) -> Address:
        """Another spelling of an address: a phone with spaces, other names in another case."""
        parent, _, last = address.rpartition("/")
        if last.startswith("+"):
            return Address(f"{parent}/{last[:4]} {last[4:]}")
        return Address(f"{parent}/{last.swapcase()}")

    def _last(self, collection: str) -> str:
        if collection == "campaigns":
            return self.campaign()
        if collection == "channels":
            return self.one((*CHANNEL_TYPES, "email", "telephony"), ("fax", "Email"))
        if collection in _PERSONAL:
            return self.customer()
        if collection == "statuses":
            return self.one((*_NAMES, *sorted(SYSTEM_STATUSES)[:2], "available"), _BAD_NAMES)
        return self.name()

    # ---- operations ----------------------------------------------------------------------

    def ask(self) -> Ask:
        """One operation, often with the key or ETag of another one."""
        collection = self._random.choice(_COLLECTIONS)
        operation = self._random.choice(_OPERATIONS.get(collection, _ENTRY))
        if self.rarely(15):
            operation = self._random.choice(_ANY)
        address = self.address(collection, there=0.1 if operation == "create" else 0.8)
        match = self.one((None, None, None, "seen"), ("*", '"none"', '"none", *'))
        key = self._key()
        body = self._body(collection, address, operation)
        if match == "seen":
            return Ask(Request(operation, address, body, None, key), Seen(address))
        return Ask(Request(operation, address, body, match, key))

    def _key(self) -> str | None:
        """A new key, the key of an earlier operation, or none."""
        if self._random.random() < 0.6:
            return None
        if self.rarely():
            return self.one(_BAD_KEYS)
        self._keys += 1
        return f"key-{self._random.randint(1, self._keys) if self.rarely(8) else self._keys}"

    def _body(self, collection: str, address: str, operation: Operation) -> Any:
        if operation in ("get", "delete"):
            return None
        if self.rarely():
            return self._random.choice(_ODD_BODIES)
        if operation == "rename":
            siblings = self._siblings(address)
            return {"name": self.one(siblings) if siblings and self.rarely(2) else self.name()}
        if collection == "channels":
            return self._channel(address.rpartition("/")[2])
        fields: dict[str, Any] = getattr(self, f"_{collection}")()
        if operation == "create" or self._random.random() < 0.5:
            return fields
        return {name: fields[name] for name in sorted(fields)[: self._random.randint(1, 2)]}

    def _siblings(self, address: str) -> list[str]:
        key = identity(address)
        beside = [row for row in self._platform.rows if parent_of(row) == parent_of(key)]
        return [name_of(self._platform.rows[item].live.address) for item in beside]

    # ---- fields --------------------------------------------------------------------------

    def _flag(self) -> Any:
        return self.one((True, False), (None, "yes"))

    def _seconds(self) -> Any:
        return self.one((0, 20, 86_400), (None, -1, 86_401, "soon", 1.5))

    def _channel(self, type_: str) -> dict[str, Any]:
        own: dict[str, Callable[[], Any]] = {}
        if type_ in ("telephony", "sms", "whatsapp"):
            offered = [
                number
                for connector in CONNECTORS
                if connector.type == type_
                for number in connector.numbers
            ]
            own["numbers"] = lambda: self.list_of(
                lambda: self.one((*offered, *offered, *_ODD_NUMBERS[:1]), _ODD_NUMBERS)
            )
        if type_ == "email":
            own["signature"] = lambda: self.one((*_NAMES, None), ("", 5))
            own["max_per_agent"] = self._seconds
        if type_ == "webchat":
            own["welcome"] = lambda: self.one(
                ({"es": "Hola"}, {"en-US": "Hi"}, {"es": None}), ({"Spanish": "Hola"}, None)
            )
        fitting: list[str | None] = [
            connector.name for connector in CONNECTORS if connector.type == type_
        ]
        fields = self.some(
            **own,
            enabled=self._flag,
            connector=lambda: self.one((*fitting, *fitting, None), ("MAIL", "ghost", "", "tel")),
            service_level_seconds=self._seconds,
            automations=lambda: self.one(({"on_start": "Greet"}, {"on_start": None}), ({"to": 1},)),
            out_of_hours_message=lambda: self.one(("", "Closed"), (None,)),
            block_inbound=self._flag,
            strategy=lambda: self.one(("ringall", "rrmemory"), ("linear", "least_busy", "nobody")),
        )
        lines = [
            connector for connector in CONNECTORS if connector.type == type_ and connector.numbers
        ]
        if lines and self._random.random() < 0.5:
            line = self._random.choice(lines)
            number = self.one((*line.numbers[-1:] * 3, *line.numbers, _ODD_NUMBERS[0]))
            fields |= {"connector": None if self.rarely(6) else line.name, "numbers": [number]}
        return fields

    def _campaigns(self) -> dict[str, Any]:
        return self.some(
            enabled=self._flag,
            time_zone=lambda: self.one(("UTC", "America/Montevideo"), ("Mars/Base", None)),
            schedule=lambda: self.one(
                (
                    "always",
                    "never",
                    {"mon": ["09:00-13:00"]},
                    {"tue": ["15:00-24:00", "09:00-12:00"]},
                ),
                ({"mon": ["13:00-09:00"]}, {"someday": []}, "sometimes", None),
            ),
            quality_models=lambda: self.list_of(lambda: self.one(("Lunch", "LUNCH", "Coffee"))),
            forms=lambda: self.list_of(lambda: self.one((*FORMS, "order"), ("Ghost",))),
        )

    def _member(self) -> dict[str, Any]:
        channels: Sequence[Any] = ({"whatsapp": {"receive": False}}, {"email": {}}, {})
        return {
            "user": self.one((*USERS, "ANA"), ("ghost",)),
            **self.some(
                penalty=lambda: self.one((0, 10, 100), (101, None)),
                channels=lambda: self.one(channels, ({"fax": {}}, None)),
            ),
        }

    def _members(self) -> dict[str, Any]:
        return {"members": self.list_of(self._member, 3)}

    def _dispositions(self) -> dict[str, Any]:
        return self.some(
            enabled=self._flag,
            text_code=lambda: self.one(("RF", None), (5,)),
            actions=lambda: self.some(respool=self._flag, reschedule=self._flag),
        )

    def _statuses(self) -> dict[str, Any]:
        return self.some(
            icon=lambda: self.one(("cup", None), ("",)),
            color=lambda: self.one(("#AABBCC", "#aabbcc", "#112233"), ("red", None)),
        )

    def _templates(self) -> dict[str, Any]:
        return {
            "type": self.one(("text", "text", "html"), ("exe", None)),
            "content": self.one(("", "Hi", "Hello")),
        }

    def _quality_models(self) -> dict[str, Any]:
        questions = [{"text": "Polite?", "options": [{"label": "Yes", "score": 1}]}]
        return self.some(
            description=lambda: self.one(("", "How"), (None,)),
            categories=lambda: self.list_of(lambda: {"name": self.name(), "questions": questions}),
        )

    def _holidays(self) -> dict[str, Any]:
        return {
            "date": self.one(("2026-12-25", "2028-02-29"), ("2027-02-29", None)),
            "campaigns": self.one(("all", self.list_of(self.campaign))),
            **self.some(recurring=self._flag),
        }

    def _blacklist(self) -> dict[str, Any]:
        return {"reason": "rude"} if self.rarely() else {}

    def _contacts(self) -> dict[str, Any]:
        return {
            "contact_name": self.name(),
            **self.some(
                phone=lambda: self.one((*_CUSTOMERS[:3], None), ("12",)),
                email=lambda: self.one((*_CUSTOMERS[3:5], None), ("nobody",)),
            ),
        }
