"""The campaigns of Argentina."""

from __future__ import annotations

from typing import Any

ARGENTINA_SALES: dict[str, Any] = {
    "name": "Argentina Sales",
    "time_zone": "America/Argentina/Buenos_Aires",
    "schedule": {
        "tue": ["10:00-20:00"],
        "wed": ["10:00-20:00"],
        "thu": ["10:00-20:00"],
        "fri": ["10:00-21:00"],
        "sat": ["10:00-14:00", "16:00-21:00"],
        "sun": ["16:00-21:00"],
    },
    "quality_models": ["Courtesy", "Sales compliance"],
    "forms": ["Customer data", "Sales order"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-buenos-aires",
            "numbers": ["+541150001000"],
            "strategy": "wrandom",
            "service_level_seconds": 30,
            "max_queue": 25,
            "wrap_up_seconds": 20,
            "language": "es-AR",
            "record": False,
            "automations": {
                "on_start": "recording-notice",
                "on_end": "crm-log",
                "on_timeout": "callback-offer",
            },
        },
        "whatsapp": {
            "enabled": True,
            "connector": "wa-argentina",
            "numbers": ["+5491150003001"],
            "strategy": "rrmemory",
            "service_level_seconds": 90,
            "automations": {"on_start": "welcome-menu"},
        },
        "messenger": {"enabled": True, "connector": "fb-argentina", "service_level_seconds": 900},
    },
    "members": [
        "agustin",
        "belen",
        "cristian",
        "daniela",
        {"user": "emiliano", "penalty": 40},
        {"user": "florencia", "penalty": 40},
        "zoe",
    ],
}

ARGENTINA_SUPPORT: dict[str, Any] = {
    "name": "Argentina Support",
    "time_zone": "America/Argentina/Buenos_Aires",
    "schedule": {
        "mon": ["08:00-24:00"],
        "tue": ["08:00-24:00"],
        "wed": ["08:00-24:00"],
        "thu": ["08:00-24:00"],
        "fri": ["08:00-24:00"],
        "sat": ["10:00-24:00"],
        "sun": ["10:00-24:00"],
    },
    "quality_models": ["Courtesy", "Written channels"],
    "forms": ["Customer data"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-buenos-aires",
            "numbers": ["+541150001001"],
            "strategy": "random",
            "service_level_seconds": 45,
            "max_queue": 40,
            "max_queue_seconds": 1200,
            "wrap_up_seconds": 30,
            "language": "es-AR",
            "record": False,
            "automations": {"on_start": "recording-notice", "on_end": "csat-survey"},
        },
        "whatsapp": {
            "enabled": True,
            "connector": "wa-argentina",
            "numbers": ["+5491150003002"],
            "strategy": "least_busy",
            "service_level_seconds": 120,
        },
        "email": {
            "enabled": True,
            "connector": "mail-argentina",
            "strategy": "least_busy",
            "service_level_seconds": 28800,
            "max_per_agent": 6,
            "signature": "Firma corporativa",
        },
        "webchat": {
            "enabled": True,
            "connector": "web-argentina",
            "service_level_seconds": 120,
            "welcome": {"es": "¡Hola! Contanos qué pasó y lo vemos juntos."},
            "no_agent_message": {"es": "Estamos todos ocupados. Dejanos tu mail y te escribimos."},
        },
    },
    "members": [
        "gonzalo",
        "helena",
        "ignacio",
        "julieta",
        {"user": "lautaro", "channels": {"email": {"receive": False, "create": False}}},
        "milagros",
        {"user": "nahuel", "penalty": 15},
        {"user": "zoe", "penalty": 60},
    ],
    "statuses": [{"name": "Warranty desk", "icon": "shield-halved", "color": "#2f6fde"}],
}

CAMPAIGNS = [ARGENTINA_SALES, ARGENTINA_SUPPORT]
