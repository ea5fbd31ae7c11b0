"""Random estates, and random edits of them, as fields by address.

An estate has what a manifest may declare. Users, connectors and forms are in the seed. Numbers
belong to one campaign each, so no edit is refused because of the order of writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from reconciler.kinds.address import child, join, split
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.kinds.values.schedule import WEEKDAYS

Estate = dict[str, dict[str, Any]]

CAMPAIGNS = ("Sales", "Línea 24/7", "Norte")
USERS = ("ana", "luis", "Zoé")
PHONE, CONTACT_PHONE, CONTACT_EMAIL = "+59829001234", "+59829005678", "eva@example.com"
SOCIAL = {"instagram": "instagram:213432525", "messenger": "messenger:99"}
CUSTOMERS = (PHONE, CONTACT_PHONE, CONTACT_EMAIL, *SOCIAL.values())
CONTACT = "contacts/eva"
CONNECTORS = {"telephony": "tel", "sms": "sms", "whatsapp": "wa", "email": "mail"}
STATUSES = ("Lunch", "Coaching")
TEMPLATES = ("Firma", "Hola")
LEVELS = ("Sale", "Sale/Done", "Sale/Done/Cash", "Refund")
_ZONES = (
    "UTC",
    "America/Montevideo",
    "America/New_York",
    "America/Santiago",
    "Europe/Madrid",
    "Africa/Casablanca",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
_ANCHORS = (
    "2026-03-01",
    "2026-03-20",
    "2026-10-05",
    "2026-10-20",
    "2026-12-15",
    "2027-02-10",
    "2028-02-10",
    "2026-06-01",
)
"""Days before clock changes, a leap day, the end of February, and the end of a year."""
_CLOCK_TIMES = ("00:00", "01:30", "02:15", "09:00", "13:00", "19:30", "23:59", "24:00")


def number_of(campaign: str, channel: str) -> str:
    """The one number that a campaign may have on a channel type."""
    place = CAMPAIGNS.index(campaign) * 10 + CHANNEL_TYPES.index(channel)
    return f"+5982900{2000 + place}"


def directory() -> dict[str, Any]:
    """The parts of the seed that no plan changes."""
    return {
        "platform": {"id": "acme-dev"},
        "users": [{"name": user} for user in USERS],
        "connectors": [
            {
                "name": name,
                "type": channel,
                "numbers": [] if channel == "email" else [number_of(c, channel) for c in CAMPAIGNS],
            }
            for channel, name in CONNECTORS.items()
        ],
    }


def a_moment(random: Random) -> datetime:
    """A time, often close to a change of clocks."""
    day = datetime.fromisoformat(random.choice(_ANCHORS)).replace(tzinfo=UTC)
    return day + timedelta(
        days=random.randrange(20), minutes=random.randrange(1440), seconds=random.choice((0, 0, 30))
    )


class Drawing:
    """Draws estates around one moment."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.random, self.now = random, now

    def _odds(self, chance: float) -> bool:
        return self.random.random() < chance

    def estate(self) -> Estate:
        """A new estate."""
        found: Estate = {CONTACT: self._contact()}
        for draw, address in self._places(found):
            if self._odds(0.6):
                found[address] = draw()
        return _consistent(found)

    def edited(self, estate: Estate, chance: float) -> Estate:
        """The estate after edits: each place is drawn again with some chance."""
        found: Estate = {CONTACT: estate[CONTACT]}
        for draw, address in self._places(found):
            fresh = known = estate.get(address)
            if self._odds(chance):
                fresh = draw() if self._odds(0.65) else None
            if known is not None and fresh is not None and "content" in fresh:
                fresh = {**fresh, "type": known["type"]}
            if fresh is not None:
                found[address] = fresh
        return _consistent(found)

    def _places(self, found: Estate) -> Iterator[tuple[Callable[[], dict[str, Any]], str]]:
        """How to draw what may be at each address; campaigns' own only in campaigns found."""
        for name in CAMPAIGNS:
            yield self._campaign, join("campaigns", name)
        yield from self._own("")
        for name in ("Strike", "New Year", "Leap day"):
            yield self._holiday, join("holidays", name)
        for name in ("Courtesy", "Tone"):
            yield self._quality_model, join("quality_models", name)
        for name in CAMPAIGNS:
            campaign = join("campaigns", name)
            if campaign not in found:
                continue
            yield from self._own(f"{campaign}/")
            for channel in CHANNEL_TYPES:
                yield self._channel(name, channel), child(campaign, "channels", channel)
            yield self._members, child(campaign, "members")

    def _own(self, prefix: str) -> Iterator[tuple[Callable[[], dict[str, Any]], str]]:
        rare = bool(prefix)  # most resources are for all campaigns
        for customer in CUSTOMERS:
            if not rare or self._odds(0.4):
                yield dict, f"{prefix}blacklist/{customer}"
        for name in STATUSES:
            yield self._status, f"{prefix}statuses/{name}"
        for name in TEMPLATES:
            yield self._template, f"{prefix}templates/{name}"
        for name in LEVELS:
            yield self._disposition, f"{prefix}dispositions/{name}"

    def _campaign(self) -> dict[str, Any]:
        return {
            "enabled": self._odds(0.85),
            "time_zone": self.random.choice(_ZONES),
            "schedule": self._schedule(),
            "quality_models": [name for name in ("Courtesy", "Tone") if self._odds(0.4)],
        }

    def _schedule(self) -> Any:
        chance = self.random.random()
        if chance < 0.3:
            return "always" if chance < 0.22 else "never"
        return {day: self._ranges() for day in WEEKDAYS if self._odds(0.4)}

    def _ranges(self) -> list[str]:
        times = sorted(self.random.sample(_CLOCK_TIMES, self.random.choice((2, 2, 2, 4))))
        return [f"{times[i]}-{times[i + 1]}" for i in range(0, len(times), 2)]

    def _holiday(self) -> dict[str, Any]:
        day = (self.now + timedelta(days=self.random.randrange(-2, 31))).date()
        if self._odds(0.15):
            day = date(2024, 2, 29)
        elif self._odds(0.3) and (day.month, day.day) != (2, 29):
            day = day.replace(year=day.year + self.random.choice((-1, 1)))
        named = [name for name in CAMPAIGNS if self._odds(0.5)]
        campaigns = "all" if self._odds(0.4) else named
        return {"date": day.isoformat(), "recurring": self._odds(0.4), "campaigns": campaigns}

    def _quality_model(self) -> dict[str, Any]:
        question = {"text": "Polite?"}
        categories = [{"name": "Voice", "questions": [question]}] if self._odds(0.7) else []
        return {"description": self.random.choice("ab"), "categories": categories}

    def _status(self) -> dict[str, Any]:
        return {"icon": self.random.choice(("fork", "pizza"))}

    def _template(self) -> dict[str, Any]:
        content = self.random.choice(("Hi", "Bye", " "))
        return {"type": self.random.choice(("text", "html")), "content": content}

    def _disposition(self) -> dict[str, Any]:
        return {"enabled": self._odds(0.75), "text_code": self.random.choice((None, "A", "B"))}

    def _channel(self, campaign: str, channel: str) -> Callable[[], dict[str, Any]]:
        def draw() -> dict[str, Any]:
            fields: dict[str, Any] = {
                "enabled": self._odds(0.75),
                "block_inbound": self._odds(0.75),
                "block_outbound": self._odds(0.75),
            }
            if channel in CONNECTORS and (fields["enabled"] or self._odds(0.5)):
                fields["connector"] = CONNECTORS[channel]
                if channel != "email":
                    has_number = (channel == "sms" and fields["enabled"]) or self._odds(0.75)
                    fields["numbers"] = [number_of(campaign, channel)] if has_number else []
            if channel == "email" and self._odds(0.7):
                fields["signature"] = self.random.choice(TEMPLATES)
            return fields

        return draw

    def _members(self) -> dict[str, Any]:
        chosen = [user for user in USERS if self._odds(0.45)]
        self.random.shuffle(chosen)
        return {"members": [{"user": user, "channels": self._rights()} for user in chosen]}

    def _rights(self) -> dict[str, Any]:
        return {
            channel: {"receive": self._odds(0.6), "create": self._odds(0.6)}
            for channel in CHANNEL_TYPES
            if self._odds(0.5)
        }

    @staticmethod
    def _contact() -> dict[str, Any]:
        return {"contact_name": "Eva", "phone": CONTACT_PHONE, "email": CONTACT_EMAIL}


def _consistent(estate: Estate) -> Estate:
    """The estate without what names or needs something that is not in it."""
    kept: Estate = {}
    for address, fields in estate.items():
        names = split(address)
        top = join(*names[:2]) if names[0] == "campaigns" else ""
        parent = address.rpartition("/")[0]
        if top and top not in estate:
            continue
        if "dispositions" in names and not parent.endswith("dispositions") and parent not in kept:
            continue
        kept[address] = _fields_in(estate, top, fields)
    return kept


def _fields_in(estate: Estate, top: str, fields: dict[str, Any]) -> dict[str, Any]:
    found = dict(fields)
    if isinstance(found.get("campaigns"), list):
        found["campaigns"] = [
            name for name in found["campaigns"] if join("campaigns", name) in estate
        ]
    if "quality_models" in found:
        models = found["quality_models"]
        found["quality_models"] = [m for m in models if f"quality_models/{m}" in estate]
    signature = found.get("signature")
    if signature and not {f"{top}/templates/{signature}", f"templates/{signature}"} & set(estate):
        del found["signature"]
    return found
