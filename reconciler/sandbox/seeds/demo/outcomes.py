"""The global dispositions."""

from __future__ import annotations

from typing import Any

DISPOSITIONS: list[Any] = [
    {
        "name": "Sale",
        "text_code": "S",
        "levels": [
            {
                "name": "Completed",
                "text_code": "S-OK",
                "levels": [
                    {"name": "Paid in full", "text_code": "S-OK-FULL"},
                    {"name": "Instalments", "text_code": "S-OK-INST"},
                    "Paid with points",
                ],
            },
            {
                "name": "Postponed",
                "text_code": "S-LATER",
                "actions": {"reschedule": True},
                "levels": ["Waiting for payday", "Consulting the family"],
            },
            {
                "name": "Cancelled",
                "text_code": "S-CANC",
                "levels": [
                    "Within withdrawal period",
                    {"name": "Payment refused", "text_code": "S-CANC-PAY"},
                ],
            },
        ],
    },
    {
        "name": "No sale",
        "text_code": "NS",
        "levels": [
            {
                "name": "Not interested",
                "levels": ["Too expensive", "Has a competitor", "No reason given"],
            },
            {
                "name": "Not eligible",
                "levels": [
                    "Out of coverage",
                    {"name": "Credit check failed", "text_code": "NS-CREDIT"},
                ],
            },
        ],
    },
    {
        "name": "No contact",
        "text_code": "NC",
        "levels": [
            {
                "name": "Unreachable",
                "levels": [
                    {"name": "No answer", "text_code": "NC-NA", "actions": {"respool": True}},
                    {"name": "Busy", "text_code": "NC-BUSY", "actions": {"respool": True}},
                    {
                        "name": "Voicemail",
                        "text_code": "NC-VM",
                        "actions": {"respool": True, "respool_alternative": True},
                    },
                ],
            },
            {
                "name": "Wrong person",
                "levels": [
                    {
                        "name": "Wrong number",
                        "text_code": "NC-WRONG",
                        "actions": {"respool_alternative": True},
                    },
                    "Moved away",
                    "Deceased",
                ],
            },
        ],
    },
    {
        "name": "Enquiry",
        "text_code": "Q",
        "levels": [
            {"name": "Billing", "levels": ["Invoice copy", "Due date", "Unknown charge"]},
            {
                "name": "Delivery",
                "levels": [
                    "Where is my order",
                    "Change of address",
                    {"name": "Depot collection", "enabled": False},
                ],
            },
            {"name": "Product", "levels": ["How to use it", "Stock"]},
        ],
    },
    {"name": "Do not contact", "text_code": "DNC"},
]
