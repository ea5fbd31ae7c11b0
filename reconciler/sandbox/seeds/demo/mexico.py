"""The campaigns of Mexico."""

from __future__ import annotations

from typing import Any

MEXICO_SALES: dict[str, Any] = {
    "name": "Mexico Sales",
    "time_zone": "America/Mexico_City",
    "schedule": {
        "mon": ["10:00-20:00"],
        "tue": ["10:00-20:00"],
        "wed": ["10:00-20:00"],
        "thu": ["10:00-20:00"],
        "fri": ["10:00-20:00"],
        "sat": ["10:00-15:00"],
        "sun": [],
    },
    "quality_models": ["Courtesy", "Sales compliance"],
    "forms": ["Customer data", "Sales order"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-mexico",
            "numbers": ["+525550001000"],
            "strategy": "rrmemory",
            "service_level_seconds": 30,
            "wrap_up_seconds": 15,
            "language": "es-MX",
            "record": False,
            "automations": {"on_start": "recording-notice", "on_end": "crm-log"},
        },
        "sms": {
            "enabled": True,
            "connector": "sms-mexico",
            "numbers": ["+525550002000"],
            "strategy": "rrmemory",
        },
        "whatsapp": {
            "enabled": True,
            "connector": "wa-mexico",
            "numbers": ["+525550003000"],
            "strategy": "least_busy",
            "service_level_seconds": 60,
            "max_queue": 100,
            "automations": {
                "on_start": "welcome-menu",
                "on_end": "crm-log",
                "on_timeout": "night-handover",
            },
            "out_of_hours_message": (
                "Gracias por escribir a Acme (dev). Nuestro horario es de lunes a viernes de 10 "
                "a 20 y sábados de 10 a 15; por la noche te atiende la guardia."
            ),
        },
        "email": {
            "enabled": True,
            "connector": "mail-mexico",
            "service_level_seconds": 14400,
            "signature": "Firma corporativa",
        },
        "instagram": {"enabled": True, "connector": "ig-mexico", "service_level_seconds": 300},
        "messenger": {"enabled": True, "connector": "fb-mexico", "service_level_seconds": 300},
    },
    "members": [
        "alejandra",
        "beto",
        "citlali",
        {
            "user": "david",
            "channels": {"instagram": {"receive": True, "create": False}, "sms": {"create": False}},
        },
        "esteban",
        "fernanda",
    ],
    "dispositions": [
        {"name": "Factura CFDI", "text_code": "MX-CFDI", "levels": ["Solicitada", "Corregida"]}
    ],
    "templates": [
        {
            "name": "Datos para facturar",
            "type": "text",
            "content": (
                "{{ customer_name }}, para tu factura necesitamos:\n"
                "- RFC y razón social\n"
                "- Régimen fiscal y código postal\n"
                "- Uso del CFDI\n"
            ),
        }
    ],
}

MEXICO_NIGHT_DESK: dict[str, Any] = {
    "name": "Mexico Night Desk",
    "time_zone": "America/Mexico_City",
    "schedule": {
        "mon": ["00:00-06:00", "22:00-24:00"],
        "tue": ["00:00-06:00", "22:00-24:00"],
        "wed": ["00:00-06:00", "22:00-24:00"],
        "thu": ["00:00-06:00", "22:00-24:00"],
        "fri": ["00:00-06:00", "22:00-24:00"],
        "sat": ["00:00-06:00"],
        "sun": ["22:00-24:00"],
    },
    "quality_models": ["Courtesy"],
    "forms": ["Customer data"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-mexico",
            "numbers": ["+525550001001"],
            "strategy": "ringall",
            "service_level_seconds": 30,
            "max_transfer_seconds": 20,
            "language": "es-MX",
            "record": True,
        }
    },
    "members": ["guadalupe", "hugo", "itzel", {"user": "jimena", "penalty": 25}],
    "statuses": [{"name": "Handover", "icon": "moon", "color": "#2f6fde"}],
}

CAMPAIGNS = [MEXICO_SALES, MEXICO_NIGHT_DESK]
