"""Edits on the platform since the setup: every kind of difference that a plan can find."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from reconciler.kinds.address import Address
from reconciler.sandbox.seeds.demo.estate import Resource

_DAY_HOURS = 24


def _edit(
    estate: dict[Address, Resource], address: str, by: str, hours_ago: float, **fields: Any
) -> None:
    resource = deepcopy(estate[Address(address)])
    estate[Address(address)] = {
        **resource,
        **fields,
        "updated_by": by,
        "updated_hours_ago": hours_ago,
    }


def _add(
    estate: dict[Address, Resource], address: str, by: str, hours_ago: float, **fields: Any
) -> None:
    estate[Address(address)] = {
        "address": address,
        **fields,
        "updated_by": by,
        "updated_hours_ago": hours_ago,
        "created_hours_ago": hours_ago,
    }


def apply(estate: dict[Address, Resource]) -> None:
    """Apply all edits to the estate."""
    _remove_resources(estate)
    _edit_fields(estate)
    _add_unmanaged(estate)
    _restore_old_name(estate)


def _remove_resources(estate: dict[Address, Resource]) -> None:
    """Remove resources that are in git."""
    for address in (
        "templates/Un momento",
        "statuses/Union hours",
        "campaigns/Argentina Support/statuses/Warranty desk",
        "campaigns/Collections/templates/Convenio de pago",
        "campaigns/Retention/dispositions/Lost/Moving abroad",
        "holidays/AR Sovereignty Day 2027",
        "blacklist/+59899107106",
        "campaigns/Surveys/blacklist/marta.iglesias@example.com",
        "contacts/+59899018202",
    ):
        del estate[Address(address)]
    del estate[Address("statuses/Break")]  # the system default has another icon and colour


def _edit_fields(estate: dict[Address, Resource]) -> None:
    _edit(estate, "campaigns/Sales/channels/whatsapp", "luis", 30, service_level_seconds=45)
    _edit(estate, "campaigns/Sales/channels/telephony", "luis", 54, max_queue=20)
    sales = Address("campaigns/Sales")
    saturday_afternoon = {**estate[sales]["schedule"], "sat": ["09:00-13:00", "15:00-17:00"]}
    _edit(estate, sales, "maria", 50, schedule=saturday_afternoon)
    _edit(
        estate,
        "campaigns/Sales/members",
        "ana",
        7 * _DAY_HOURS,
        members=_edited_sales_members(estate[Address("campaigns/Sales/members")]["members"]),
    )
    _edit(estate, "campaigns/Support", "maria", 9 * _DAY_HOURS, quality_models=["Courtesy"])
    _edit(estate, "campaigns/Support/channels/webchat", "karina", 26, max_queue=35)
    _edit(estate, "campaigns/Collections/channels/sms", "bruno", 20, block_outbound=False)
    _edit(
        estate,
        "campaigns/Argentina Support/channels/telephony",
        "gonzalo",
        12 * _DAY_HOURS,
        record=True,
    )
    surveys_models = ["Pilot 2025"]
    _edit(estate, "campaigns/Surveys", "maria", 40 * _DAY_HOURS, quality_models=surveys_models)
    _edit(estate, "holidays/UY All Souls' Day", "maria", 44, date="2026-11-03")
    _edit(
        estate,
        "holidays/UY Carnival Monday 2027",
        "maria",
        43,
        campaigns=["Sales", "Collections", "Retention"],
    )
    _edit(estate, "statuses/Lunch", "maria", 15 * _DAY_HOURS, color="#ff8800")
    _edit(
        estate,
        "templates/Despedida",
        "karina",
        21 * _DAY_HOURS,
        content="Gracias por comunicarte con Acme. ¡Hasta pronto, {{ customer_name }}!",
    )
    _edit(
        estate,
        "templates/Cómo restablecer el módem",
        "santiago",
        3 * _DAY_HOURS,
        content="<p>Desconecta tu módem, espera <strong>un minuto</strong> y reconéctalo.</p>\n",
    )
    courtesy = deepcopy(estate[Address("quality_models/Courtesy")]["categories"])
    courtesy[0]["questions"][0]["options"][0]["score"] = 10
    _edit(estate, "quality_models/Courtesy", "maria", 5 * _DAY_HOURS, categories=courtesy)
    _edit(estate, "contacts/+59829018101", "nicolas", 70, email="mesa@correodelsur.example")


def _edited_sales_members(members: list[Any]) -> list[Any]:
    """Swap Camila and Diego, remove Hector, add Tania."""
    ana, luis, camila, diego, *others = members
    remaining = [member for member in others if member["user"] != "hector"]
    return [ana, luis, diego, camila, *remaining, {"user": "tania", "penalty": 30}]


def _add_unmanaged(estate: dict[Address, Resource]) -> None:
    """Add resources that are not in git, inside and outside complete lists."""
    own = "campaigns/Sales"
    _add(estate, f"{own}/statuses/Role play", "luis", 300, icon="masks-theater", color="#7a4fd0")
    _add(
        estate,
        f"{own}/templates/Promo Black Friday",
        "ana",
        100,
        type="text",
        content="¡Solo este viernes! {{ offer_title }}, por {{ offer_price }}.",
    )
    _add(estate, f"{own}/dispositions/Refund/Store credit", "ana", 400, text_code="RF-SC")
    _add(
        estate,
        f"{own}/channels/sms",
        "luis",
        200,
        enabled=True,
        connector="sms-uruguay",
        numbers=["+59899001003"],
    )
    _add(estate, "campaigns/Mexico Sales/dispositions/Garantía extendida", "citlali", 900)
    _add(estate, "campaigns/Mexico Sales/dispositions/Buen Fin", "citlali", 240)
    _add(estate, "statuses/Blood donation", "maria", 2000, icon="droplet", color="#cc0033")
    _add(
        estate,
        "templates/Aviso de corte",
        "karina",
        1500,
        type="text",
        content="{{ customer_name }}, hay un corte en tu zona hasta las {{ end_time }}.",
    )
    _add(estate, "quality_models/Pilot 2025", "maria", 2100, description="Closed in March.")
    _add(estate, "dispositions/Legacy", "admin", 2100, enabled=False)
    _add(estate, "dispositions/Legacy/Door-to-door", "admin", 2100, enabled=False)
    _add(estate, "holidays/Acme's anniversary", "maria", 700, date="2027-03-15", campaigns="all")
    _add(estate, "blacklist/+59829007199", "hector", 350)
    _add(
        estate,
        "contacts/+59829018199",
        "nicolas",
        350,
        contact_name="Portería",
        phone="+59829018199",
    )


def _restore_old_name(estate: dict[Address, Resource]) -> None:
    """Give the level Completed its old name, Done."""
    old, new = "dispositions/Sale/Done", "dispositions/Sale/Completed"
    for address in [key for key in estate if key == new or key.startswith(new + "/")]:
        moved = Address(old + address[len(new) :])
        estate[moved] = {**estate.pop(address), "address": moved}


def _changed(
    address: str, by: str, hours_ago: float, path: str, before: Any, after: Any
) -> dict[str, Any]:
    return {
        "address": address,
        "by": by,
        "hours_ago": hours_ago,
        "changes": [{"path": path, "before": before, "after": after}],
    }


AUDIT: list[dict[str, Any]] = [
    _changed("campaigns/Sales/channels/whatsapp", "luis", 30, "service_level_seconds", 60, 45),
    _changed("campaigns/Sales/channels/telephony", "luis", 54, "max_queue", 30, 20),
    _changed("campaigns/Support/channels/webchat", "karina", 26, "max_queue", 20, 35),
    _changed("campaigns/Collections/channels/sms", "bruno", 20, "block_outbound", True, False),
    _changed("holidays/UY All Souls' Day", "maria", 44, "date", "2026-11-02", "2026-11-03"),
    _changed("statuses/Lunch", "maria", 15 * _DAY_HOURS, "color", "#e0a800", "#ff8800"),
]
