"""The quality models, one per theme."""

from __future__ import annotations

from typing import Any


def _question(text: str, scores: dict[str, int], description: str = "") -> dict[str, Any]:
    options = [{"label": label, "score": score} for label, score in scores.items()]
    return {"text": text, "description": description, "options": options}


QUALITY_MODELS: list[dict[str, Any]] = [
    {
        "name": "Courtesy",
        "description": "Tone and respect, for every campaign that talks to people.",
        "categories": [
            {
                "name": "Opening",
                "questions": [
                    _question(
                        "Did the agent greet and say their name?",
                        {"Yes": 15, "Only one of them": 8, "No": 0},
                    ),
                    _question(
                        "Did the agent use the customer's name?",
                        {"Yes": 10, "No": 0},
                        "Once is enough. Judge the way the customer introduced themselves.",
                    ),
                ],
            },
            {
                "name": "Conversation",
                "questions": [
                    _question(
                        "Did the agent listen without interrupting?",
                        {"Always": 30, "Mostly": 15, "No": 0},
                    ),
                    _question(
                        "Was the language plain?",
                        {"Yes": 25, "No": 0},
                        "No jargon, no internal codes, no names of our systems.",
                    ),
                ],
            },
            {
                "name": "Closing",
                "questions": [
                    _question(
                        "Did the agent check that nothing was left open?", {"Yes": 20, "No": 0}
                    )
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
                    _question(
                        "Were the total price and the instalments stated?",
                        {"Both": 30, "One of them": 10, "Neither": 0},
                    ),
                    _question(
                        "Was the right of withdrawal explained?",
                        {"Yes": 30, "No": 0},
                        "Five working days in Uruguay, ten days in Argentina, fourteen in Spain.",
                    ),
                ],
            },
            {
                "name": "Consent",
                "questions": [
                    _question(
                        "Did the customer clearly accept?",
                        {"Yes": 40, "Doubtful": 10, "No": -50},
                        'A "yes" to the offer as read out. "OK, OK" in passing is a no.',
                    )
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
                    _question(
                        "Was the debtor identified before the debt was mentioned?",
                        {"Yes": 40, "No": -100},
                    )
                ],
            },
            {
                "name": "Agreement",
                "questions": [
                    _question(
                        "Was a payment date agreed and repeated?",
                        {"Yes": 35, "Date without amount": 15, "No": 0},
                    ),
                    _question(
                        "Was there any pressure or threat?",
                        {"No pressure": 25, "Pressure or threat": -100},
                    ),
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
                    _question(
                        "Was it free of spelling mistakes?", {"Yes": 20, "One or two": 10, "No": 0}
                    ),
                    _question(
                        "Was the right template used?", {"Yes": 10, "Not needed": 10, "No": 0}
                    ),
                ],
            },
            {
                "name": "Substance",
                "questions": [
                    _question(
                        "Did the first reply answer the question?",
                        {"Fully": 50, "Partly": 20, "No": 0},
                    ),
                    _question("Did the customer have to repeat themselves?", {"No": 20, "Yes": 0}),
                ],
            },
        ],
    },
]
