"""Blacklisted customers, and contacts."""

from __future__ import annotations

from typing import Any

BLACKLIST: list[tuple[str | None, str]] = [
    (None, "+59829007101"),
    (None, "+59899107102"),
    (None, "+541150107103"),
    (None, "lucia.ferreyra@example.com"),
    (None, "r.aguirre@example.org"),
    (None, "+525550107104"),
    (None, "+34910107105"),
    (None, "pedidos-al-mayor@example.net"),
    (None, "instagram:ofertas.truchas"),
    (None, "+59899107106"),
    ("Collections", "+59899107107"),
    ("Surveys", "+59829007108"),
    ("Surveys", "marta.iglesias@example.com"),
    ("Atención España", "+34600107109"),
]

CONTACTS: list[dict[str, Any]] = [
    {"contact_name": "Acme switchboard", "phone": "+59829008000", "key": "switchboard"},
    {"contact_name": "IT service desk", "phone": "+59829008001", "email": "it@acme.example"},
    {"contact_name": "Fraud desk", "phone": "+59829008002", "email": "fraude@acme.example"},
    {"contact_name": "Legal", "email": "legal@acme.example"},
    {"contact_name": "Data protection officer", "email": "privacidad@acme.example"},
    {"contact_name": "Press office", "phone": "+59829008005", "email": "prensa@acme.example"},
    {
        "contact_name": "Correo del Sur",
        "phone": "+59829018101",
        "email": "operaciones@correodelsur.example",
    },
    {"contact_name": "Mensajería Rioplatense", "phone": "+541150018102"},
    {
        "contact_name": "Paquetería Azteca",
        "phone": "+525550018103",
        "email": "guias@azteca.example",
    },
    {
        "contact_name": "Envíos Ibéricos",
        "phone": "+34910018104",
        "email": "incidencias@iberico.example",
    },
    {
        "contact_name": "Pagos Unidos",
        "phone": "+59829018105",
        "email": "soporte@pagosunidos.example",
    },
    {"contact_name": "Hotel Rambla (Sofía Techera)", "phone": "+59899018201"},
    {
        "contact_name": "Frigorífico Norte (Raúl Suárez)",
        "phone": "+59899018202",
        "email": "rsuarez@norte.example",
    },
    {"contact_name": "Universidad del Plata", "email": "compras@udelplata.example"},
    {"campaign": "Roadside 24/7", "contact_name": "Grúas Carrasco", "phone": "+59899018301"},
    {"campaign": "Roadside 24/7", "contact_name": "Grúas Ruta 1", "phone": "+59899018302"},
    {"campaign": "Roadside 24/7", "contact_name": "Cerrajería Centro", "phone": "+59829018303"},
    {
        "campaign": "Roadside 24/7",
        "key": "highway-police",
        "contact_name": "Highway police",
        "phone": "+59829018304",
    },
    {
        "campaign": "Collections",
        "contact_name": "Estudio Pereyra y Asociados",
        "phone": "+59829018401",
    },
    {"campaign": "Collections", "contact_name": "Credit bureau", "email": "consultas@buro.example"},
    {
        "campaign": "Argentina Support",
        "contact_name": "Servicio técnico Palermo",
        "phone": "+541150018402",
    },
    {
        "campaign": "Argentina Support",
        "contact_name": "Servicio técnico Rosario",
        "phone": "+543415018403",
    },
    {
        "campaign": "Mexico Sales",
        "contact_name": "Distribuidora Coyoacán",
        "phone": "+525550018404",
    },
    {
        "campaign": "Atención España",
        "contact_name": "Junta Arbitral de Consumo",
        "phone": "+34910018405",
    },
    {"campaign": "Atención España", "contact_name": "Taller Chamberí", "phone": "+34910018406"},
]
