"""The sales, retention and survey campaigns of Uruguay."""

from __future__ import annotations

from typing import Any

SALES: dict[str, Any] = {
    "name": "Sales",
    "time_zone": "America/Montevideo",
    "schedule": {
        "mon": ["09:00-13:00", "15:00-19:00"],
        "tue": ["09:00-13:00", "15:00-19:00"],
        "wed": ["09:00-13:00", "15:00-19:00"],
        "thu": ["09:00-13:00", "15:00-19:00"],
        "fri": ["09:00-13:00", "15:00-19:00"],
        "sat": ["09:00-13:00"],
    },
    "quality_models": ["Courtesy", "Sales compliance"],
    "forms": ["Customer data", "Sales order"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-montevideo",
            "numbers": ["+59829001000"],
            "strategy": "rrmemory",
            "service_level_seconds": 20,
            "max_queue": 30,
            "max_queue_seconds": 300,
            "wrap_up_seconds": 15,
            "language": "es-UY",
            "record": False,
            "automations": {
                "on_start": "recording-notice",
                "on_end": "crm-log",
                "on_timeout": "callback-offer",
            },
            "out_of_hours_message": (
                "Gracias por llamar a Acme (dev). Atendemos de lunes a viernes de 9 a 13 y de 15 "
                "a 19, y los sábados de 9 a 13."
            ),
        },
        "whatsapp": {
            "enabled": True,
            "connector": "wa-main",
            "numbers": ["+59899002001"],
            "strategy": "rrmemory",
            "service_level_seconds": 60,
            "automations": {"on_start": "welcome-menu", "on_end": "crm-log"},
        },
        "email": {
            "enabled": True,
            "connector": "mail-sales",
            "strategy": "least_busy",
            "service_level_seconds": 14400,
            "max_per_agent": 5,
            "signature": "Firma de ventas",
            "confirmation_message": (
                "Recibimos tu mensaje. Te respondemos dentro de las cuatro horas hábiles."
            ),
        },
        "instagram": {
            "enabled": True,
            "connector": "ig-acme",
            "strategy": "least_busy",
            "service_level_seconds": 600,
        },
        "messenger": {
            "enabled": True,
            "connector": "fb-acme",
            "strategy": "least_busy",
            "service_level_seconds": 600,
        },
    },
    "members": [
        "ana",
        {
            "user": "luis",
            "penalty": 10,
            "channels": {"whatsapp": {"receive": True, "create": False}},
        },
        "camila",
        "diego",
        {"user": "elena", "channels": {"telephony": {"receive": False, "create": True}}},
        "federico",
        "gabriela",
        {"user": "hector", "penalty": 5},
        "ines",
    ],
    "dispositions": [
        {
            "name": "Refund",
            "text_code": "RF",
            "levels": [
                {"name": "Full", "text_code": "RF-F"},
                {
                    "name": "Partial",
                    "text_code": "RF-P",
                    "actions": {"respool": True},
                    "levels": ["Damaged item", "Late delivery"],
                },
            ],
        }
    ],
    "statuses": [{"name": "Coaching", "icon": "headset", "color": "#3366ff"}],
    "templates": [
        {
            "name": "Firma de ventas",
            "type": "html",
            "content": (
                '<table role="presentation" cellpadding="0" cellspacing="0" border="0"\n'
                '       style="font-family: Arial, Helvetica, sans-serif; font-size: 13px; '
                'color: #333333;">\n'
                "  <tr>\n"
                '    <td style="padding: 0 0 8px;">\n'
                '      <p style="margin: 0; font-size: 15px;"><strong>{{ agent_name '
                "}}</strong></p>\n"
                '      <p style="margin: 2px 0 0; color: #666666;">Asesoría comercial</p>\n'
                "    </td>\n"
                "  </tr>\n"
                "  <tr>\n"
                '    <td style="padding: 8px 12px; background-color: #eef4ff;">\n'
                "      Tu presupuesto <strong>{{ quote_number }}</strong> vale hasta el {{ "
                "quote_expiry }}.\n"
                '      <a href="https://acme.example/presupuestos/{{ quote_number }}" '
                'style="color: #2f6fde;">Verlo</a>\n'
                "    </td>\n"
                "  </tr>\n"
                "  <tr>\n"
                '    <td style="padding: 8px 0 0; font-size: 11px; color: #888888;">\n'
                "      Precios con impuestos incluidos. Toda compra a distancia puede dejarse "
                "sin efecto dentro de los\n"
                "      cinco días hábiles (Ley 17.250, artículo 16).\n"
                "    </td>\n"
                "  </tr>\n"
                "</table>\n"
            ),
        },
        {
            "name": "Oferta de la semana",
            "type": "text",
            "content": (
                "¡Hola, {{ customer_name }}! Esta semana: {{ offer_title }}, por {{ offer_price }}."
            ),
        },
    ],
}

RETENTION: dict[str, Any] = {
    "name": "Retention",
    "time_zone": "America/Montevideo",
    "schedule": {
        "mon": ["09:00-12:00", "13:00-17:00", "18:00-20:30"],
        "tue": ["09:00-12:00", "13:00-17:00", "18:00-20:30"],
        "wed": ["09:00-12:00", "13:00-17:00", "18:00-20:30"],
        "thu": ["09:00-12:00", "13:00-17:00", "18:00-20:30"],
        "fri": ["09:00-12:00", "13:00-17:00"],
    },
    "quality_models": ["Courtesy"],
    "forms": ["Churn interview"],
    "channels": {
        "telephony": {
            "enabled": True,
            "connector": "tel-montevideo",
            "numbers": ["+59829001004"],
            "strategy": "fewestcalls",
            "service_level_seconds": 15,
            "wrap_up_seconds": 60,
            "language": "es-UY",
            "record": False,
            "automations": {"on_end": "crm-log", "on_timeout": "callback-offer"},
        },
        "whatsapp": {
            "enabled": True,
            "connector": "wa-main",
            "numbers": ["+59899002003"],
            "strategy": "wrandom",
            "service_level_seconds": 60,
        },
    },
    "members": [
        "ana",
        {
            "user": "luis",
            "penalty": 10,
            "channels": {"whatsapp": {"receive": True, "create": False}},
        },
        "camila",
        "diego",
        {"user": "elena", "channels": {"telephony": {"receive": False, "create": True}}},
        "federico",
        "gabriela",
        "maria",
        {"user": "olga", "penalty": 20},
    ],
    "dispositions": [
        {"name": "Saved", "text_code": "SV", "levels": ["With a discount", "With an upgrade"]},
        {
            "name": "Lost",
            "text_code": "LO",
            "levels": [
                "To a competitor",
                "Moving abroad",
                {"name": "Price", "text_code": "LO-PRICE", "actions": {"reschedule": True}},
            ],
        },
    ],
}

SURVEYS: dict[str, Any] = {
    "name": "Surveys",
    "time_zone": "America/Montevideo",
    "schedule": "never",
    "forms": ["Satisfaction survey"],
    "channels": {
        "sms": {"enabled": True, "connector": "sms-uruguay", "numbers": ["+59899001002"]},
        "email": {"enabled": True, "connector": "mail-support", "signature": "Firma corporativa"},
    },
    "members": ["maria", "tania"],
    "templates": [
        {
            "name": "Encuesta por SMS",
            "type": "text",
            "content": (
                "¿Cómo te atendimos? Respóndenos en https://encuestas.dev.acme.example/{{ "
                "survey_code }}. Baja: BAJA"
            ),
        }
    ],
}

CAMPAIGNS = [SALES, RETENTION, SURVEYS]
