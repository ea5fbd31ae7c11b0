"""Acme's users, connectors and forms. Configurations refer to them; nothing manages them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

_TEAMS = {
    "Uruguay": (
        "ana bruno camila diego elena federico gabriela hector ines joaquin karina leandro luis "
        "maria martina nicolas olga pablo romina santiago tania ulises valeria walter ximena yamila"
    ),
    "Argentina": (
        "agustin belen cristian daniela emiliano florencia gonzalo helena ignacio julieta lautaro "
        "milagros nahuel zoe"
    ),
    "Mexico": "alejandra beto citlali david esteban fernanda guadalupe hugo itzel jimena",
    "Spain": "aitor begona carmen dani eneko francisca guillermo irene jordi laia",
}

_SURNAMES = "Pereira Silva Rodríguez Suárez Méndez Acosta Ferreira Núñez Olivera Sosa Giménez"

_CONNECTORS = """
tel-montevideo telephony +59829001000 +59829001001 +59829001002 \
+59829001003 +59829001004 +59829001005
tel-buenos-aires telephony +541150001000 +541150001001
tel-mexico telephony +525550001000 +525550001001
tel-madrid telephony +34910001000 +34910001001
tel-canarias telephony +34928001000
sms-uruguay sms +59899001001 +59899001002 +59899001003
sms-mexico sms +525550002000
sms-spain sms +34600001000
wa-main whatsapp +59899002001 +59899002002 +59899002003
wa-argentina whatsapp +5491150003001 +5491150003002
wa-mexico whatsapp +525550003000
wa-spain whatsapp +34600002000
mail-sales email
mail-support email
mail-collections email
mail-argentina email
mail-mexico email
mail-spain email
web-uruguay webchat
web-argentina webchat
web-spain webchat
ig-acme instagram
ig-mexico instagram
fb-acme messenger
fb-argentina messenger
fb-mexico messenger
"""


def _users() -> Iterator[dict[str, Any]]:
    surnames = cycle(_SURNAMES.split())
    for team, names in _TEAMS.items():
        for name, surname in zip(names.split(), surnames, strict=False):
            yield {"name": name, "full_name": f"{name.capitalize()} {surname}", "team": team}


USERS: list[dict[str, Any]] = list(_users())


def _connector(text: str) -> dict[str, Any]:
    name, channel, *numbers = text.split()
    return {"name": name, "type": channel, "numbers": numbers}


CONNECTORS: list[dict[str, Any]] = [_connector(text) for text in _CONNECTORS.strip().splitlines()]

FORMS: list[dict[str, Any]] = [
    {"name": name}
    for name in (
        "Customer data",
        "Sales order",
        "Payment promise",
        "Roadside ticket",
        "Satisfaction survey",
        "Churn interview",
    )
]
