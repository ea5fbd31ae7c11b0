"""The estate for kills at every point: the platform, the first manifests, and the next ones. The
plan between the two contains every action."""

from __future__ import annotations

from typing import Any

BATCH = 3
"""The number of steps per batch, so the plan needs several batches."""

SEED: dict[str, Any] = {
    "platform": {"id": "test", "name": "Test", "limits": {"batch": BATCH}},
    "users": [{"name": name} for name in ("ana", "luis", "pia")],
    "connectors": [
        {"name": "mail", "type": "email", "numbers": []},
        {"name": "web", "type": "webchat", "numbers": []},
    ],
    "forms": [],
    "resources": [
        {"address": "statuses/Coffee", "icon": "mug", "color": "#112233"},
        {"address": "statuses/Tea", "icon": "cup"},
        {"address": "statuses/Hers", "icon": "heart"},
        {"address": "dispositions/Theirs"},
        {"address": "campaigns/Elsewhere"},
        {"address": "campaigns/Elsewhere/statuses/Far"},
    ],
}

_COMMON = {
    "reconciler.yaml": "project: acme\n",
    "environments/test.yaml": 'platform: {url: "http://127.0.0.1:1", id: test}\n',
}
BEFORE = {
    **_COMMON,
    "all.yaml": """\
kind: Campaign
name: Sales
channels:
  email: {enabled: true, connector: mail, signature: Signature}
members: [ana, luis]
---
kind: Campaign
name: Old
members: [ana]
statuses: [Away, {name: Gone, icon: x}]
dispositions: [{name: Lost, levels: [Early, Late]}]
---
kind: Template
name: Signature
type: html
content: <p>Acme</p>
---
kind: Disposition
name: Sale
levels: [Done, Postponed]
---
kind: Disposition
name: Refund
levels: [Full]
---
kind: Status
name: Lunch
icon: utensils
---
kind: Status
name: Nap
---
kind: Status
name: Pause
lifecycle: {on_remove: keep}
""",
}
AFTER = {
    **_COMMON,
    "all.yaml": """\
kind: Campaign
name: Sales
time_zone: America/Montevideo
channels:
  email: {enabled: true, connector: mail, signature: Signature 2}
members: [luis, ana, pia]
---
kind: Campaign
name: New
channels:
  webchat: {enabled: true, connector: web}
members: [pia]
statuses: [Own, Other]
dispositions: [{name: Won, levels: [Big]}]
---
kind: Template
name: Signature 2
renamed_from: Signature
type: html
content: <p>Acme 2</p>
---
kind: Disposition
name: Sale
levels: [{name: Completed, renamed_from: Done, text_code: OK}, Postponed]
---
kind: Disposition
name: Refunds
renamed_from: Refund
levels: [{name: Full, enabled: false}]
---
kind: Status
name: Lunch
icon: burger
---
kind: Status
name: Coffee
icon: mug
---
kind: Status
name: Tea
icon: leaf
---
kind: Status
name: Brand new
---
kind: Holiday
name: Christmas 2098
date: 2098-12-25
campaigns: [Sales]
""",
}
