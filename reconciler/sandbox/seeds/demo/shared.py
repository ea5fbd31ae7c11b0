"""The global statuses and templates."""

from __future__ import annotations

from typing import Any

STATUSES: list[dict[str, Any]] = [
    {"name": "Break", "icon": "coffee", "color": "#e0a800"},
    {"name": "Lunch", "icon": "utensils", "color": "#e0a800"},
    {"name": "Medical appointment", "icon": "heart-pulse", "color": "#e0a800"},
    {"name": "Union hours", "icon": "people-group", "color": "#e0a800"},
    {"name": "Back office", "icon": "inbox", "color": "#2f6fde"},
    {"name": "Team meeting", "icon": "comments", "color": "#2f6fde"},
    {"name": "Technical problem", "icon": "plug-circle-xmark", "color": "#2f6fde"},
    {"name": "Training", "icon": "graduation-cap", "color": "#7a4fd0"},
    {"name": "Feedback session", "icon": "comment-dots", "color": "#7a4fd0"},
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "name": "Saludo",
        "type": "text",
        "content": (
            "¡Hola, {{ customer_name }}! Soy {{ agent_name }}, de Acme (dev). ¿En qué puedo "
            "ayudarte?"
        ),
    },
    {
        "name": "Despedida",
        "type": "text",
        "content": (
            "Gracias por comunicarte con Acme (dev). ¡Que tengas un buen día, {{ customer_name }}!"
        ),
    },
    {
        "name": "Un momento",
        "type": "text",
        "content": ("Dame un momento, por favor; lo estoy consultando y enseguida te respondo."),
    },
    {
        "name": "Recordatorio de cita",
        "type": "text",
        "content": (
            "Hola {{ customer_name }}, te esperamos el {{ appointment_date }} a las {{ "
            "appointment_time }} en {{ branch }}. Para cambiar la cita, responde CAMBIAR."
        ),
    },
    {
        "name": "Datos de contacto",
        "type": "text",
        "content": (
            "Puedes escribirnos a soporte@dev.acme.example\n"
            "o por WhatsApp a este mismo número, todos los días.\n"
        ),
    },
    {
        "name": "Pedido confirmado",
        "type": "rich_text",
        "content": (
            "<p>Hola, {{ customer_name }}:</p>\n"
            "<p>Recibimos tu pedido <strong>{{ order_number }}</strong> por {{ order_total "
            "}}.</p>\n"
            "<ul>\n"
            "  <li>Entrega estimada: {{ delivery_date }}</li>\n"
            "  <li>Dirección: {{ delivery_address }}</li>\n"
            "</ul>\n"
            "<p>Tienes derecho a desistir de la compra dentro del plazo que fija la ley de "
            "tu país.</p>\n"
        ),
    },
    {
        "name": "Reclamo recibido",
        "type": "rich_text",
        "content": (
            "<p>Hola, {{ customer_name }}:</p>\n"
            "<p>Tu reclamo quedó registrado con el número <strong>{{ ticket_number "
            "}}</strong>.\n"
            "Te responderemos en un plazo máximo de <em>dos días hábiles</em>.</p>\n"
            "<p>Si quieres agregar algo, responde este mensaje sin cambiar el asunto.</p>\n"
        ),
    },
    {
        "name": "Cómo restablecer el módem",
        "type": "rich_text",
        "content": (
            "<p>Para restablecer tu módem:</p>\n"
            "<ol>\n"
            "  <li>Desconéctalo de la corriente y espera <strong>30 segundos</strong>.</li>\n"
            "  <li>Vuelve a conectarlo.</li>\n"
            "  <li>Espera a que la luz <em>Internet</em> quede fija; puede tardar cinco "
            "minutos.</li>\n"
            "</ol>\n"
        ),
    },
    {
        "name": "Firma corporativa",
        "type": "html",
        "content": (
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0"\n'
            '       style="font-family: Arial, Helvetica, sans-serif; font-size: 13px; '
            'color: #333333;">\n'
            "  <tr>\n"
            '    <td style="padding: 0 16px 0 0; border-right: 2px solid #2f6fde;">\n'
            '      <img src="https://static.acme.example/mail/logo-96.png" width="96" '
            'height="96" alt="Acme"\n'
            '           style="display: block; border: 0;">\n'
            "    </td>\n"
            '    <td style="padding: 0 0 0 16px;">\n'
            '      <p style="margin: 0; font-size: 15px;"><strong>{{ agent_name '
            "}}</strong></p>\n"
            '      <p style="margin: 2px 0 8px; color: #666666;">{{ campaign_name }}</p>\n'
            '      <p style="margin: 0;">\n'
            '        <a href="https://acme.example" style="color: #2f6fde; text-decoration: '
            'none;">acme.example</a>\n'
            "      </p>\n"
            "    </td>\n"
            "  </tr>\n"
            "  <tr>\n"
            '    <td colspan="2" style="padding: 12px 0 0; font-size: 11px; color: '
            '#888888;">\n'
            "      Este mensaje es para {{ customer_email }}. Si lo recibiste por error, "
            "bórralo y avísanos.\n"
            "    </td>\n"
            "  </tr>\n"
            "</table>\n"
        ),
    },
    {
        "name": "Invitación a encuesta",
        "type": "html",
        "content": (
            "<!DOCTYPE html>\n"
            '<html lang="es">\n'
            "<head>\n"
            '  <meta charset="utf-8">\n'
            '  <meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "  <title>¿Cómo te atendimos?</title>\n"
            "  <style>\n"
            "    body { margin: 0; background-color: #f4f6fa; font-family: Arial, Helvetica, "
            "sans-serif; }\n"
            "    .card { max-width: 560px; margin: 24px auto; background-color: #ffffff; "
            "border-radius: 8px; }\n"
            "    .body { padding: 24px 32px; color: #333333; font-size: 15px; line-height: "
            "1.5; }\n"
            "    .scale a { display: inline-block; width: 40px; padding: 10px 0; margin: "
            "2px; border-radius: 4px;\n"
            "               background-color: #2f6fde; color: #ffffff; text-align: center;\n"
            "               text-decoration: none; }\n"
            "    .foot { padding: 16px 32px; color: #888888; font-size: 12px; border-top: "
            "1px solid #e6e9f0; }\n"
            "  </style>\n"
            "</head>\n"
            "<body>\n"
            '  <div class="card">\n'
            '    <div class="body">\n'
            "      <p>Hola, {{ customer_name }}:</p>\n"
            "      <p>\n"
            "        El {{ interaction_date }} hablaste con <strong>{{ agent_name "
            "}}</strong>.\n"
            "        ¿Cómo te atendimos? Te lleva un toque:\n"
            "      </p>\n"
            '      <p class="scale">\n'
            '        <a href="{{ survey_link }}?score=1">1</a>\n'
            '        <a href="{{ survey_link }}?score=2">2</a>\n'
            '        <a href="{{ survey_link }}?score=3">3</a>\n'
            '        <a href="{{ survey_link }}?score=4">4</a>\n'
            '        <a href="{{ survey_link }}?score=5">5</a>\n'
            "      </p>\n"
            "      <p>1 es muy mal y 5 es muy bien. Después puedes dejar un comentario, si "
            "quieres.</p>\n"
            "    </div>\n"
            '    <div class="foot">\n'
            "      Recibes este mensaje porque nos contactaste por {{ channel_name }}.\n"
            '      <a href="{{ unsubscribe_link }}">No quiero más encuestas</a>.\n'
            "    </div>\n"
            "  </div>\n"
            "</body>\n"
            "</html>\n"
        ),
    },
    {
        "name": "Bienvenida",
        "type": "html",
        "content": (
            "<!DOCTYPE html>\n"
            '<html lang="es">\n'
            "<head>\n"
            '  <meta charset="utf-8">\n'
            '  <meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "  <title>Te damos la bienvenida</title>\n"
            "</head>\n"
            '<body style="margin: 0; background-color: #f4f6fa; font-family: Arial, '
            'Helvetica, sans-serif;">\n'
            '  <table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
            'border="0">\n'
            "    <tr>\n"
            '      <td align="center" style="padding: 24px 12px;">\n'
            '        <table role="presentation" width="560" cellpadding="0" cellspacing="0" '
            'border="0"\n'
            '               style="background-color: #ffffff; border-radius: 8px;">\n'
            "          <tr>\n"
            '            <td style="padding: 24px 32px; background-color: #2f6fde; '
            'border-radius: 8px 8px 0 0;">\n'
            '              <h1 style="margin: 0; color: #ffffff; font-size: 22px;">\n'
            "                ¡Te damos la bienvenida, {{ customer_name }}!\n"
            "              </h1>\n"
            "            </td>\n"
            "          </tr>\n"
            "          <tr>\n"
            '            <td style="padding: 24px 32px; color: #333333; font-size: 15px; '
            'line-height: 1.5;">\n'
            '              <p style="margin-top: 0;">\n'
            "                Tu contrato <strong>{{ contract_number }}</strong> ya está "
            "activo. Para empezar:\n"
            "              </p>\n"
            "              <ol>\n"
            '                <li>Entra en <a href="https://acme.example/mi-cuenta">Mi '
            "cuenta</a>.</li>\n"
            "                <li>Elige cómo quieres recibir la factura.</li>\n"
            "                <li>Guarda nuestro número de WhatsApp: <strong>{{ "
            "whatsapp_number }}</strong>.</li>\n"
            "              </ol>\n"
            '              <p style="margin-bottom: 0;">\n'
            "                Tu primera factura llega el {{ first_invoice_date }} y tiene un "
            "prorrateo de los días\n"
            "                de este mes; en la segunda ya verás el precio de siempre.\n"
            "              </p>\n"
            "            </td>\n"
            "          </tr>\n"
            "          <tr>\n"
            '            <td style="padding: 16px 32px; color: #888888; font-size: 12px;\n'
            '                       border-top: 1px solid #e6e9f0;">\n'
            "              Te escribimos a {{ customer_email }} porque contrataste nuestro "
            "servicio.\n"
            "            </td>\n"
            "          </tr>\n"
            "        </table>\n"
            "      </td>\n"
            "    </tr>\n"
            "  </table>\n"
            "</body>\n"
            "</html>\n"
        ),
    },
]
