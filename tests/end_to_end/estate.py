"""A small estate with every kind: the platform's directory, and the manifests by file."""

from __future__ import annotations

from typing import Any

AGENTS = tuple(f"agent{number:02}" for number in range(1, 62))

SEED: dict[str, Any] = {
    "platform": {"id": "test", "name": "Test"},
    "users": [
        {"name": name, "full_name": name.title()} for name in ("ana", "luis", "maria", *AGENTS)
    ],
    "connectors": [
        {"name": "tel", "type": "telephony", "numbers": ["+59829001000", "+59829001001"]},
        {"name": "sms", "type": "sms", "numbers": ["+59899001001"]},
        {"name": "wa", "type": "whatsapp", "numbers": ["+59899002001"]},
        {"name": "mail", "type": "email", "numbers": []},
        {"name": "web", "type": "webchat", "numbers": []},
    ],
    "forms": [{"name": "Order"}],
    "profiles": {
        "no-contacts": {"*": ["*"], "contacts": []},
        "no-new-templates": {"*": ["*"], "templates": ["view", "update", "delete"]},
        "nothing-new": {"*": ["view", "update", "delete"]},
        "no-statuses": {"*": ["*"], "statuses": []},
        "no-models": {"*": ["*"], "quality_models": []},
        "no-campaigns": {"*": ["*"], "campaigns": []},
    },
    "tokens": {
        "maria": {"user": "maria", "profile": "administrator"},
        "no-contacts": {"user": "ci", "profile": "no-contacts"},
        "no-new-templates": {"user": "ci", "profile": "no-new-templates"},
        "nothing-new": {"user": "ci", "profile": "nothing-new"},
        "no-statuses": {"user": "ci", "profile": "no-statuses"},
        "no-models": {"user": "ci", "profile": "no-models"},
        "no-campaigns": {"user": "ci", "profile": "no-campaigns"},
    },
}

FILES: dict[str, str] = {
    "reconciler.yaml": "project: acme\n",
    "environments/test.yaml": 'platform: {url: "http://127.0.0.1:1", id: test}\n',
    "campaigns/sales.yaml": """\
kind: Campaign
name: Sales
time_zone: America/Montevideo
quality_models: [Courtesy]
channels:
  email: {enabled: true, connector: mail, signature: Signature}
  webchat: {enabled: true, connector: web, welcome: {en: "Hello!"}}
members:
  - ana
  - {user: luis, penalty: 10}
dispositions:
  - name: Refund
    levels: [Full, Partial]
statuses:
  - {name: Coaching, icon: headset, color: "#3366ff"}
templates:
  - {name: Welcome, type: text, content: "Hi, {{ customer_name }}!"}
""",
    "campaigns/support.yaml": """\
kind: Campaign
name: Support
members: [luis]
""",
    "quality.yaml": """\
kind: QualityModel
name: Courtesy
categories:
  - name: Opening
    questions:
      - text: Did the agent greet?
        options: [{label: "Yes", score: 10}, {label: "No"}]
""",
    "signature.yaml": "kind: Template\nname: Signature\ntype: html\ncontent: <p>Acme</p>\n",
    "dispositions.yaml": """\
kind: Disposition
name: Sale
levels: [Completed, Postponed]
""",
    "lunch.yaml": 'kind: Status\nname: Lunch\nicon: utensils\ncolor: "#e0a800"\n',
    "holidays.yaml": """\
kind: Holiday
items:
  - {name: Christmas 2098, date: 2098-12-25, campaigns: all}
""",
    "blacklist.yaml": """\
kind: BlacklistEntry
items: ["+59829001234", {customer: pest@example.com, campaign: Sales}]
""",
    "contacts.yaml": """\
kind: Contact
items:
  - {contact_name: Carla Techera, phone: "+59829008000", email: carla@example.com}
""",
}

STRICTER = "project: acme\nguards: {mass-change: {count: 19}}\n"
"""A project file that changes the plan of the estate: equal plans of one second are one plan."""
