"""Interactions of the last 40 days, and the current statuses of agents."""

from __future__ import annotations

from typing import Any

_DAY_HOURS = 24

_URUGUAY = ["ana", "luis", "camila", "diego", "federico", "gabriela", "ines"]
_SUPPORT = ["joaquin", "karina", "leandro", "martina", "nicolas", "olga", "pablo", "romina"]
_ARGENTINA = ["agustin", "belen", "cristian", "daniela", "emiliano", "florencia"]
_MEXICO = ["alejandra", "beto", "citlali", "david", "esteban", "fernanda"]
_SPAIN = ["aitor", "begona", "carmen", "francisca", "guillermo"]


def _past(
    campaign: str,
    channel: str,
    count: int,
    users: list[str],
    newest: float,
    oldest: float,
    **used: str,
) -> dict[str, Any]:
    """Ended interactions, from `newest` to `oldest` hours ago."""
    return {
        "campaign": campaign,
        "channel": channel,
        "count": count,
        "users": users,
        "newest_hours_ago": newest,
        "oldest_hours_ago": oldest,
        **used,
    }


def _open(campaign: str, channel: str, user: str, count: int, **used: str) -> dict[str, Any]:
    """Interactions that are open now."""
    return {**_past(campaign, channel, count, [user], 0.1, 0.9, **used), "open": True}


_OLDEST_HOURS = 40 * _DAY_HOURS

INTERACTIONS: list[dict[str, Any]] = [
    _past(
        "Sales", "telephony", 900, _URUGUAY, 2, _OLDEST_HOURS, disposition="dispositions/Sale/Done"
    ),
    _past(
        "Sales",
        "whatsapp",
        700,
        _URUGUAY,
        1,
        _OLDEST_HOURS,
        disposition="dispositions/Sale/Done/Instalments",
        template="templates/Saludo",
    ),
    _past(
        "Sales",
        "email",
        260,
        _URUGUAY,
        3,
        _OLDEST_HOURS,
        template="campaigns/Sales/templates/Firma de ventas",
    ),
    _past(
        "Sales",
        "telephony",
        41,
        _URUGUAY,
        60,
        7 * _DAY_HOURS,
        disposition="campaigns/Sales/dispositions/Refund/Store credit",
    ),
    _past(
        "Sales",
        "whatsapp",
        120,
        _URUGUAY,
        20,
        4 * _DAY_HOURS,
        template="campaigns/Sales/templates/Promo Black Friday",
    ),
    _past("Sales", "sms", 15, _URUGUAY, 90, 8 * _DAY_HOURS),
    _past(
        "Retention",
        "telephony",
        320,
        ["maria", "ana", "luis"],
        4,
        _OLDEST_HOURS,
        disposition="campaigns/Retention/dispositions/Saved/With a discount",
    ),
    _past(
        "Support",
        "telephony",
        1100,
        _SUPPORT,
        1,
        _OLDEST_HOURS,
        disposition="dispositions/Enquiry/Billing",
    ),
    _past("Support", "webchat", 640, _SUPPORT, 1, _OLDEST_HOURS, template="templates/Despedida"),
    _past(
        "Support",
        "email",
        410,
        ["santiago", "tania"],
        5,
        _OLDEST_HOURS,
        template="templates/Firma corporativa",
    ),
    _past(
        "Support",
        "telephony",
        230,
        _SUPPORT,
        12,
        25 * _DAY_HOURS,
        quality_model="quality_models/Courtesy",
    ),
    _past(
        "Collections",
        "telephony",
        780,
        ["bruno", "walter", "ulises", "valeria"],
        6,
        _OLDEST_HOURS,
        disposition="campaigns/Collections/dispositions/Promise/Full payment",
    ),
    _past("Collections", "sms", 95, ["valeria", "ximena"], 8, 20 * _DAY_HOURS),
    _past("Roadside 24/7", "telephony", 210, ["yamila", "nicolas"], 1, _OLDEST_HOURS),
    _past(
        "Surveys",
        "sms",
        380,
        ["tania"],
        30,
        _OLDEST_HOURS,
        quality_model="quality_models/Pilot 2025",
    ),
    _past(
        "Argentina Sales",
        "whatsapp",
        460,
        _ARGENTINA,
        2,
        _OLDEST_HOURS,
        disposition="dispositions/Sale/Done",
    ),
    _past(
        "Argentina Support", "telephony", 390, ["gonzalo", "helena", "julieta"], 2, _OLDEST_HOURS
    ),
    _past(
        "Mexico Sales",
        "whatsapp",
        530,
        _MEXICO,
        3,
        _OLDEST_HOURS,
        disposition="campaigns/Mexico Sales/dispositions/Buen Fin",
    ),
    _past("Mexico Night Desk", "telephony", 88, ["guadalupe", "hugo"], 9, _OLDEST_HOURS),
    _past(
        "Atención España",
        "telephony",
        470,
        _SPAIN,
        2,
        _OLDEST_HOURS,
        disposition="dispositions/No contact/Unreachable/Busy",
    ),
    _open("Sales", "whatsapp", "tania", 2),
    _open("Sales", "whatsapp", "ana", 3, contact="contacts/+59899018201"),
    _open("Sales", "sms", "luis", 1),
    _open("Support", "webchat", "karina", 2, contact="contacts/switchboard"),
    _open("Support", "telephony", "joaquin", 1),
    _open(
        "Argentina Support",
        "email",
        "milagros",
        1,
        contact="campaigns/Argentina Support/contacts/+541150018402",
    ),
    _open("Atención España", "email", "carmen", 2),
]


def _agent(
    status: str, minutes: int, *users: str, campaign: str | None = None
) -> list[dict[str, Any]]:
    return [
        {"user": user, "status": status, "campaign": campaign, "since_minutes_ago": minutes + place}
        for place, user in enumerate(users)
    ]


AGENTS: list[dict[str, Any]] = [
    *_agent("statuses/Available", 40, "ana", "camila", "diego", "joaquin", "leandro", "aitor"),
    *_agent("statuses/On call", 3, "karina", "martina", "bruno", "gonzalo", "carmen", "beto"),
    *_agent("statuses/Lunch", 12, "federico", "gabriela", "nicolas", "belen"),
    *_agent("statuses/Break", 6, "olga", "walter"),
    *_agent("statuses/Training", 55, "emiliano"),
    *_agent("campaigns/Sales/statuses/Coaching", 25, "luis", campaign="Sales"),
    *_agent("campaigns/Sales/statuses/Role play", 18, "ines", "elena", campaign="Sales"),
]
