"""The support, collections and roadside campaigns of Uruguay."""

from __future__ import annotations

from typing import Any

SUPPORT: dict[str, Any] = {
    "name": "Support",
    "time_zone": "America/Montevideo",
    "schedule": {
        "mon": ["08:00-20:00"],
        "tue": ["08:00-20:00"],
        "wed": ["08:00-20:00"],
        "thu": ["08:00-20:00"],
        "fri": ["08:00-20:00"],
        "sat": ["09:00-14:00"],
        "sun": ["09:00-14:00"],
    },
    "quality_models": ["Courtesy", "Written channels"],
    "forms": ["Customer data"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-montevideo",
            "numbers": ["+59829001001", "+59829001002"],
            "strategy": "leastrecent",
            "service_level_seconds": 30,
            "max_queue": 50,
            "max_queue_seconds": 900,
            "max_transfer_seconds": 45,
            "wrap_up_seconds": 30,
            "language": "es-UY",
            "record": False,
            "automations": {
                "on_start": "recording-notice",
                "on_end": "csat-survey",
                "on_timeout": "callback-offer",
            },
        },
        "whatsapp": {
            "enabled": True,
            "connector": "wa-main",
            "numbers": ["+59899002002"],
            "strategy": "least_busy",
            "service_level_seconds": 120,
            "max_queue": 200,
            "automations": {"on_start": "welcome-menu", "on_end": "csat-survey"},
            "out_of_hours_message": (
                "Ahora estamos cerrados. Deja tu consulta y te respondemos al abrir."
            ),
        },
        "email": {
            "enabled": True,
            "connector": "mail-support",
            "strategy": "least_busy",
            "service_level_seconds": 28800,
            "max_per_agent": 8,
            "signature": "Firma corporativa",
            "confirmation_message": (
                "Tu consulta quedó registrada. Respondemos desde soporte@dev.acme.example."
            ),
        },
        "webchat": {
            "enabled": True,
            "connector": "web-uruguay",
            "strategy": "least_busy",
            "service_level_seconds": 120,
            "max_queue": 20,
            "max_queue_seconds": 600,
            "automations": {"on_end": "csat-survey"},
            "welcome": {
                "es": "¡Hola! Cuéntanos qué sucede y te ayudamos.",
                "en": "Hello! Tell us what is going on and we will help.",
                "pt-BR": "Olá! Conte o que está acontecendo e vamos ajudar.",
            },
            "no_agent_message": {
                "es": ("Ahora mismo no hay nadie disponible. Déjanos tu correo y te escribimos."),
                "en": (
                    "Nobody is available right now. Leave your e-mail and we will write to you."
                ),
            },
        },
    },
    "members": [
        "joaquin",
        "karina",
        "leandro",
        "martina",
        "nicolas",
        {"user": "olga", "penalty": 10},
        {"user": "pablo", "penalty": 10},
        "romina",
        {"user": "santiago", "channels": {"telephony": {"receive": False, "create": False}}},
        {
            "user": "tania",
            "channels": {
                "telephony": {"receive": False, "create": False},
                "email": {"create": True},
            },
        },
        {"user": "ana", "penalty": 80},
    ],
    "dispositions": [
        {
            "name": "Fault",
            "text_code": "F",
            "levels": [
                {"name": "Line", "levels": ["No signal", "Noise or drops"]},
                {
                    "name": "Equipment",
                    "levels": [
                        {"name": "Modem", "text_code": "F-EQ-MODEM"},
                        {"name": "Decoder", "text_code": "F-EQ-DECO"},
                    ],
                },
            ],
        },
        {
            "name": "Escalated",
            "levels": [
                "Second line",
                {"name": "Field visit", "text_code": "ESC-VISIT", "actions": {"reschedule": True}},
            ],
        },
    ],
    "statuses": [{"name": "Second line", "icon": "screwdriver-wrench", "color": "#2f6fde"}],
}

COLLECTIONS: dict[str, Any] = {
    "name": "Collections",
    "time_zone": "America/Montevideo",
    "schedule": {
        "mon": ["09:00-19:00"],
        "tue": ["09:00-19:00"],
        "wed": ["09:00-19:00"],
        "thu": ["09:00-19:00"],
        "fri": ["09:00-19:00"],
        "sat": ["09:00-12:30"],
    },
    "quality_models": ["Collections conduct"],
    "forms": ["Customer data", "Payment promise"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-montevideo",
            "numbers": ["+59829001003"],
            "strategy": "linear",
            "service_level_seconds": 20,
            "wrap_up_seconds": 45,
            "language": "es-UY",
            "record": True,
            "automations": {"on_start": "recording-notice", "on_end": "crm-log"},
            "block_inbound": True,
            "block_outbound": True,
        },
        "sms": {
            "enabled": True,
            "connector": "sms-uruguay",
            "numbers": ["+59899001001"],
            "block_outbound": True,
        },
        "email": {
            "enabled": True,
            "connector": "mail-collections",
            "service_level_seconds": 86400,
            "max_per_agent": 10,
            "signature": "Firma de cobranzas",
        },
    },
    "members": [
        "bruno",
        "walter",
        "ulises",
        "valeria",
        {"user": "ximena", "penalty": 30, "channels": {"email": {"receive": True, "create": True}}},
    ],
    "dispositions": [
        {
            "name": "Promise",
            "text_code": "PP",
            "levels": [
                {"name": "Full payment", "text_code": "PP-FULL", "actions": {"reschedule": True}},
                {
                    "name": "Instalments",
                    "text_code": "PP-INST",
                    "actions": {"reschedule": True},
                    "levels": ["Three", "Six"],
                },
            ],
        },
        {
            "name": "Dispute",
            "text_code": "DP",
            "levels": [
                "Already paid",
                "Amount disputed",
                {"name": "Not the debtor", "actions": {"respool_alternative": True}},
            ],
        },
    ],
    "templates": [
        {
            "name": "Aviso de vencimiento",
            "type": "text",
            "content": (
                "{{ customer_name }}, tu factura {{ invoice_number }} venció el {{ due_date }}. "
                "Si ya la pagaste, no tengas en cuenta este mensaje."
            ),
        },
        {
            "name": "Convenio de pago",
            "type": "rich_text",
            "content": (
                "<p>{{ customer_name }}:</p>\n"
                "<p>Acordamos el pago de <strong>{{ debt_total }}</strong> en {{ instalments }} "
                "cuotas; la primera\n"
                "vence el {{ first_due_date }}.</p>\n"
                "<p>El convenio queda sin efecto si una cuota se atrasa más de <em>diez "
                "días</em>.</p>\n"
            ),
        },
        {
            "name": "Firma de cobranzas",
            "type": "html",
            "content": (
                '<p style="font-family: Arial, sans-serif; font-size: 13px;">\n'
                "  <strong>{{ agent_name }}</strong><br>\n"
                '  Cobranzas · <a href="https://acme.example/pagos">Formas de pago</a>\n'
                "</p>\n"
            ),
        },
    ],
}

ROADSIDE_24_7: dict[str, Any] = {
    "name": "Roadside 24/7",
    "time_zone": "America/Montevideo",
    "schedule": "always",
    "quality_models": ["Courtesy"],
    "forms": ["Roadside ticket"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-montevideo",
            "numbers": ["+59829001005"],
            "strategy": "ringall",
            "service_level_seconds": 10,
            "max_queue": 0,
            "max_queue_seconds": 0,
            "max_transfer_seconds": 30,
            "wrap_up_seconds": 20,
            "language": "es-UY",
            "record": True,
            "automations": {"on_end": "ticket-close"},
        }
    },
    "members": [
        "yamila",
        {"user": "walter", "penalty": 10},
        {"user": "ximena", "penalty": 10},
        {"user": "nicolas", "penalty": 50},
        {"user": "ulises", "penalty": 50},
    ],
    "dispositions": [
        {
            "name": "Dispatched",
            "text_code": "RS",
            "levels": [
                {"name": "Tow truck", "text_code": "RS-TOW"},
                {"name": "Battery", "text_code": "RS-BAT"},
                {"name": "Locksmith", "text_code": "RS-LOCK"},
                {"name": "Puncture", "text_code": "RS-TYRE"},
            ],
        }
    ],
}

CAMPAIGNS = [SUPPORT, COLLECTIONS, ROADSIDE_24_7]
