"""The campaigns of Spain, without the Canaries, which are not on the platform yet."""

from __future__ import annotations

from typing import Any

ATENCION_ESPANA: dict[str, Any] = {
    "name": "Atención España",
    "time_zone": "Europe/Madrid",
    "schedule": {
        "mon": ["09:00-14:00", "16:00-20:00"],
        "tue": ["09:00-14:00", "16:00-20:00"],
        "wed": ["09:00-14:00", "16:00-20:00"],
        "thu": ["09:00-14:00", "16:00-20:00"],
        "fri": ["09:00-15:00"],
    },
    "quality_models": ["Courtesy", "Written channels"],
    "forms": ["Customer data"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-madrid",
            "numbers": ["+34910001000", "+34910001001"],
            "strategy": "leastrecent",
            "service_level_seconds": 20,
            "max_queue": 40,
            "max_queue_seconds": 180,
            "wrap_up_seconds": 20,
            "language": "es-ES",
            "record": False,
            "automations": {"on_start": "recording-notice", "on_end": "csat-survey"},
            "out_of_hours_message": (
                "Ha llamado a Acme (dev). Nuestro horario es de lunes a jueves de 9 a 14 y de 16 "
                "a 20, y los viernes de 9 a 15."
            ),
        },
        "sms": {"enabled": True, "connector": "sms-spain", "numbers": ["+34600001000"]},
        "whatsapp": {
            "enabled": True,
            "connector": "wa-spain",
            "numbers": ["+34600002000"],
            "strategy": "ringall",
            "service_level_seconds": 90,
        },
        "email": {
            "enabled": True,
            "connector": "mail-spain",
            "strategy": "rrmemory",
            "service_level_seconds": 28800,
            "max_per_agent": 6,
            "signature": "Firma España",
            "confirmation_message": (
                "Hemos recibido su consulta y le responderemos en un día laborable."
            ),
        },
        "webchat": {
            "enabled": True,
            "connector": "web-spain",
            "service_level_seconds": 120,
            "welcome": {
                "es": "¡Hola! ¿En qué podemos ayudarle?",
                "ca": "Hola! En què us podem ajudar?",
                "eu": "Kaixo! Nola lagun dezakegu?",
            },
            "no_agent_message": {
                "es": (
                    "No hay nadie disponible en este momento. Déjenos su correo y le escribiremos."
                )
            },
        },
    },
    "members": [
        "aitor",
        "begona",
        "carmen",
        {"user": "dani", "penalty": 30, "channels": {"webchat": {"receive": True, "create": True}}},
        {
            "user": "eneko",
            "penalty": 30,
            "channels": {"webchat": {"receive": True, "create": True}},
        },
        "francisca",
        "guillermo",
    ],
    "templates": [
        {
            "name": "Firma España",
            "type": "html",
            "content": (
                '<p style="font-family: Arial, sans-serif; font-size: 13px;">\n'
                "  <strong>{{ agent_name }}</strong><br>\n"
                "  Atención al cliente · lunes a jueves de 9 a 14 y de 16 a 20, viernes de 9 a "
                "15\n"
                "</p>\n"
                '<p style="font-family: Arial, sans-serif; font-size: 11px; color: #888888;">\n'
                "  Tratamos sus datos para responderle.\n"
                '  <a href="https://acme.example/privacidad">Sus derechos</a>.\n'
                "</p>\n"
            ),
        }
    ],
}

CAMPAIGNS = [ATENCION_ESPANA]
