"""The quality models, one per theme."""

from __future__ import annotations

from typing import Any

QUALITY_MODELS: list[dict[str, Any]] = [
    {
        "name": "Courtesy",
        "description": "Tone and respect, for every campaign that talks to people.",
        "categories": [
            {
                "name": "Opening",
                "questions": [
                    {
                        "text": "Did the agent greet and say their name?",
                        "options": [
                            {"label": "Yes", "score": 15},
                            {"label": "Only one of them", "score": 8},
                            {"label": "No"},
                        ],
                    },
                    {
                        "text": "Did the agent use the customer's name?",
                        "description": (
                            "Once is enough. Judge the way the customer introduced themselves."
                        ),
                        "options": [{"label": "Yes", "score": 10}, {"label": "No"}],
                    },
                ],
            },
            {
                "name": "Conversation",
                "questions": [
                    {
                        "text": "Did the agent listen without interrupting?",
                        "options": [
                            {"label": "Always", "score": 30},
                            {"label": "Mostly", "score": 15},
                            {"label": "No"},
                        ],
                    },
                    {
                        "text": "Was the language plain?",
                        "description": "No jargon, no internal codes, no names of our systems.",
                        "options": [{"label": "Yes", "score": 25}, {"label": "No"}],
                    },
                ],
            },
            {
                "name": "Closing",
                "questions": [
                    {
                        "text": "Did the agent check that nothing was left open?",
                        "options": [{"label": "Yes", "score": 20}, {"label": "No"}],
                    }
                ],
            },
        ],
    },
    {
        "name": "Sales compliance",
        "description": "What the consumer protection law asks of a distance sale.",
        "categories": [
            {
                "name": "Information",
                "questions": [
                    {
                        "text": "Were the total price and the instalments stated?",
                        "options": [
                            {"label": "Both", "score": 30},
                            {"label": "One of them", "score": 10},
                            {"label": "Neither"},
                        ],
                    },
                    {
                        "text": "Was the right of withdrawal explained?",
                        "description": (
                            "Five working days in Uruguay, ten days in Argentina, "
                            "fourteen in Spain."
                        ),
                        "options": [{"label": "Yes", "score": 30}, {"label": "No"}],
                    },
                ],
            },
            {
                "name": "Consent",
                "questions": [
                    {
                        "text": "Did the customer clearly accept?",
                        "description": (
                            'A "yes" to the offer as read out. "OK, OK" in passing is a no.'
                        ),
                        "options": [
                            {"label": "Yes", "score": 40},
                            {"label": "Doubtful", "score": 10},
                            {"label": "No", "score": -50},
                        ],
                    }
                ],
            },
        ],
    },
    {
        "name": "Collections conduct",
        "description": "Firm and lawful. Reviewed by legal every January.",
        "categories": [
            {
                "name": "Identity",
                "questions": [
                    {
                        "text": "Was the debtor identified before the debt was mentioned?",
                        "options": [{"label": "Yes", "score": 40}, {"label": "No", "score": -100}],
                    }
                ],
            },
            {
                "name": "Agreement",
                "questions": [
                    {
                        "text": "Was a payment date agreed and repeated?",
                        "options": [
                            {"label": "Yes", "score": 35},
                            {"label": "Date without amount", "score": 15},
                            {"label": "No"},
                        ],
                    },
                    {
                        "text": "Was there any pressure or threat?",
                        "options": [
                            {"label": "No pressure", "score": 25},
                            {"label": "Pressure or threat", "score": -100},
                        ],
                    },
                ],
            },
        ],
    },
    {
        "name": "Written channels",
        "description": "Spelling, speed and completeness in chat, messages and mail.",
        "categories": [
            {
                "name": "Form",
                "questions": [
                    {
                        "text": "Was it free of spelling mistakes?",
                        "options": [
                            {"label": "Yes", "score": 20},
                            {"label": "One or two", "score": 10},
                            {"label": "No"},
                        ],
                    },
                    {
                        "text": "Was the right template used?",
                        "options": [
                            {"label": "Yes", "score": 10},
                            {"label": "Not needed", "score": 10},
                            {"label": "No"},
                        ],
                    },
                ],
            },
            {
                "name": "Substance",
                "questions": [
                    {
                        "text": "Did the first reply answer the question?",
                        "options": [
                            {"label": "Fully", "score": 50},
                            {"label": "Partly", "score": 20},
                            {"label": "No"},
                        ],
                    },
                    {
                        "text": "Did the customer have to repeat themselves?",
                        "options": [{"label": "No", "score": 20}, {"label": "Yes"}],
                    },
                ],
            },
        ],
    },
]
