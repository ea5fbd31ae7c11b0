"""Creates an estate of a given size: manifests, a platform that differs by one percent, a ledger.

The same size gives the same bytes. The folder contains

    git/         the current manifests
    seed.json    the platform, from the manifests before one resource in a hundred was edited
    state.db     the ledger of an apply of these earlier manifests

It is a separate script, so its cost is not part of the measurement:
`python benchmarks/estate.py SIZE FOLDER`.
"""

from __future__ import annotations

import gc
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

PROJECT, ENVIRONMENT, PLATFORM = "bench", "bench", "bench-platform"
PER_FILE = 1000
"""The number of contacts or blacklist entries per file."""

_EDITED_EVERY = 100
_EDITED_AT = 42
_USERS = 400
_CONTACTS_PERCENT = 65
_FIRST = ("Ana", "Bruno", "Camila", "Diego", "Elena", "Federico", "Gabriela", "Héctor", "Inés")
_LAST = ("Acosta", "Benítez", "Cabrera", "Duarte", "Ferreyra", "Giménez", "Ibarra", "Laxalt")
_ZONES = ("America/Montevideo", "America/Argentina/Buenos_Aires", "Europe/Madrid", "UTC")
_CHANNELS = ("telephony", "whatsapp", "email", "webchat")
_STATUSES = ("Coaching", "Warranty desk")
_COLOURS = ("#e0a800", "#2f6fde", "#7a4fd0")


def campaigns_of(size: int) -> int:
    """The number of campaigns of an estate: 10 for 1,000 resources, 300 for 100,000."""
    return max(min(size // 100, 60), size * 3 // 1000)


def write(size: int, folder: Path) -> None:
    """Fill `folder` with an estate of exactly `size` resources."""
    shutil.rmtree(folder, ignore_errors=True)
    _Writer(folder / "git", edited=True).write(size)
    _Writer(folder / "before", edited=False).write(size)
    _live_and_ledger(folder, size)
    shutil.rmtree(folder / "before")


@dataclass(slots=True)
class _Writer:
    """Writes the manifests; `edited` changes one resource in a hundred."""

    root: Path
    edited: bool
    count: int = 0
    lines: list[str] = field(default_factory=list)

    def write(self, size: int) -> None:
        self._settings()
        campaigns = campaigns_of(size)
        for number in range(campaigns):
            self._campaign(number)
            self._save(f"campaigns/campaign-{number:03}.yaml")
        self._quality_models()
        self._save("quality-models.yaml")
        self._dispositions()
        self._save("dispositions.yaml")
        self._statuses()
        self._save("statuses.yaml")
        self._templates()
        self._save("templates.yaml")
        self._holidays(campaigns)
        self._save("holidays.yaml")
        rest = size - self.count
        if rest < 0:
            raise ValueError(f"an estate has at least {self.count} resources, not {size}")
        contacts = rest * _CONTACTS_PERCENT // 100
        self._contacts(contacts, campaigns)
        self._blacklist(rest - contacts, campaigns)

    def _edit(self) -> bool:
        """Count a resource; return whether it is edited."""
        self.count += 1
        return self.edited and self.count % _EDITED_EVERY == _EDITED_AT

    def _add(self, text: str) -> None:
        self.lines.append(text)

    def _save(self, name: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(self.lines) + "\n")
        self.lines.clear()

    def _settings(self) -> None:
        self._add(f"project: {PROJECT}")
        self._save("reconciler.yaml")
        self._add(f'platform: {{url: "http://127.0.0.1:1", id: {PLATFORM}}}')
        self._add("variables: {company: Acme}")
        self._save(f"environments/{ENVIRONMENT}.yaml")

    # ---- campaigns ---------------------------------------------------------------

    def _campaign(self, number: int) -> None:
        forms = "[Customer data, Sales order]" if self._edit() else "[Customer data]"
        self._add(f"kind: Campaign\nname: Campaign {number:03}")
        self._add(f"time_zone: {_ZONES[number % len(_ZONES)]}\nschedule:")
        for day in ("mon", "tue", "wed", "thu", "fri"):
            self._add(f'  {day}: ["09:00-13:00", "15:00-19:00"]')
        self._add(f"quality_models: [Model {number % 5}]\nforms: {forms}\nchannels:")
        for channel in _CHANNELS:
            level = 45 if self._edit() else 60
            self._channel(channel, number, level)
        self._members(number)
        self._own_dispositions()
        self._add("statuses:")
        for index, name in enumerate(_STATUSES):
            colour = _COLOURS[2] if self._edit() else _COLOURS[index]
            self._add(f'  - {{name: {name}, icon: headset, color: "{colour}"}}')
        self._add("templates:")
        self._template("  - ", f"Signature {number:03}")
        self._template("  - ", f"Offer {number:03}")

    def _channel(self, channel: str, number: int, level: int) -> None:
        self._add(f"  {channel}:\n    enabled: true")
        if channel != "webchat":
            self._add(f"    connector: {channel}-main")
        self._add(f"    strategy: rrmemory\n    service_level_seconds: {level}")
        self._add("    automations: {on_start: welcome-menu, on_end: crm-log}")
        if channel == "email":
            self._add(f"    signature: Signature {number:03}")

    def _members(self, number: int) -> None:
        penalty = 20 if self._edit() else 10
        self._add("members:")
        for place in range(8):
            user = f"agent{(number * 5 + place) % _USERS:03}"
            given = f"{{user: {user}, penalty: {penalty}}}" if place % 4 == 3 else user
            self._add(f"  - {given}")

    def _own_dispositions(self) -> None:
        code = "RF-2" if self._edit() else "RF"
        self._add(f"dispositions:\n  - name: Refund\n    text_code: {code}\n    levels:")
        for name in ("Full", "Partial", "Denied"):
            respool = "true" if self._edit() else "false"
            self._add(f"      - {{name: {name}, actions: {{respool: {respool}}}}}")

    def _template(self, bullet: str, name: str) -> None:
        greeting = "Welcome" if self._edit() else "Hello"
        text = f"{greeting}, {{{{ customer_name }}}}: this is {name} of ${{{{ company }}}}."
        self._add(f'{bullet}name: {name}\n    type: text\n    content: "{text}"')

    # ---- global resources ----------------------------------------------------------------------

    def _quality_models(self) -> None:
        for number in range(5):
            description = "Reviewed every January." if self._edit() else "Tone and respect."
            self._add(f"---\nkind: QualityModel\nname: Model {number}")
            self._add(f"description: {description}\ncategories:")
            for category in ("Opening", "Conversation", "Closing"):
                self._add(f"  - name: {category}\n    questions:")
                self._add(f"      - text: Was the {category.lower()} as it should be?")
                self._add('        options: [{label: "Yes", score: 30}, {label: "No"}]')

    def _dispositions(self) -> None:
        for number in range(5):
            self._disposition("", f"Outcome {number}", f"O{number}")
            self._add("levels:")
            for level in range(3):
                self._disposition("  - ", f"Reason {level}", f"O{number}-{level}")
                self._add("    levels:")
                for leaf in range(3):
                    self._disposition("      - ", f"Detail {leaf}", f"O{number}-{level}-{leaf}")

    def _disposition(self, bullet: str, name: str, code: str) -> None:
        code = f"{code}-B" if self._edit() else code
        if not bullet:
            self._add("---\nkind: Disposition")
        self._add(f"{bullet}name: {name}\n{' ' * len(bullet)}text_code: {code}")

    def _statuses(self) -> None:
        self._add("kind: Status\nitems:")
        for number in range(12):
            colour = _COLOURS[2] if self._edit() else _COLOURS[number % 2]
            self._add(f'  - {{name: Pause {number:02}, icon: mug, color: "{colour}"}}')

    def _templates(self) -> None:
        self._add("kind: Template\nitems:")
        for number in range(20):
            self._template("  - ", f"Message {number:02}")

    def _holidays(self, campaigns: int) -> None:
        self._add("kind: Holiday\nitems:")
        for number in range(24):
            name = f"Campaign {number % campaigns:03}"
            self._edit()  # counted but not edited: guards check a moved holiday
            self._add(f"  - name: Holiday {number:02}")
            self._add(f"    date: 2030-{number % 12 + 1:02}-{number % 27 + 1:02}")
            self._add(f"    recurring: false\n    campaigns: [{name}]")

    # ---- customers -----------------------------------------------------------------------------

    def _contacts(self, count: int, campaigns: int) -> None:
        for number in range(count):
            name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
            if self._edit():
                name += " Rossi"
            self._add("---\nkind: Contact")
            if number % 5 == 0:
                self._add(f"campaign: Campaign {number % campaigns:03}")
            self._add(f"key: crm-{number:06}\ncontact_name: {name}")
            self._add(f'phone: "+5989{1000000 + number * 7}"')
            self._add(f"email: customer.{number:06}@example.com")
            self._add("lifecycle:\n  on_remove: keep")
            if (number + 1) % PER_FILE == 0 or number + 1 == count:
                self._save(f"contacts/contacts-{number // PER_FILE:03}.yaml")

    def _blacklist(self, count: int, campaigns: int) -> None:
        for number in range(count):
            if number % PER_FILE == 0:
                self._add("kind: BlacklistEntry\nitems:")
            customer, network = _customer(number)
            new = self.count % _EDITED_EVERY == _EDITED_AT - 1
            self._edit()
            if self.edited or not new:  # an entry cannot change: an edited entry is a new one
                self._add(f'  - customer: "{customer}"')
                if network:
                    self._add(f"    channel: {network}")
                if number % 3 == 0:
                    self._add(f"    campaign: Campaign {number % campaigns:03}")
            if (number + 1) % PER_FILE == 0 or number + 1 == count:
                self._save(f"blacklist/blacklist-{number // PER_FILE:03}.yaml")


def _customer(number: int) -> tuple[str, str]:
    """A customer and network: 60 % phones, 30 % e-mails, 10 % ids of a social network."""
    if number % 10 < 6:
        return f"+5982{2000000 + number * 11}", ""
    if number % 10 < 9:
        return f"blocked.{number}@example.org", ""
    return str(213_000_000 + number), "instagram"


def _live_and_ledger(folder: Path, size: int) -> None:
    """Write the platform and the ledger after an apply of the earlier manifests."""
    from reconciler.manifests.loading.loader import load_manifests
    from reconciler.state.changes import Upsert
    from reconciler.state.keys import LedgerKey
    from reconciler.state.ledger import LedgerEntry
    from reconciler.state.sql.store import Store

    gc.disable()
    desired = load_manifests(folder / "before", ENVIRONMENT).desired
    resources: list[dict[str, Any]] = [
        {"address": resource.address, **resource.fields} for resource in desired.resources.values()
    ]
    entries = [
        Upsert(
            LedgerEntry(
                resource.address,
                resource.kind.name,
                resource.form,
                resource.fields,
                resource.lifecycle.protect is True,
                resource.lifecycle.on_remove,
            )
        )
        for resource in desired.resources.values()
    ]
    if abs(len(entries) - size) > size // 50:
        raise ValueError(f"{len(entries)} resources were loaded, and {size} are wanted")
    (folder / "seed.json").write_bytes(orjson.dumps(_seed(resources)))
    with Store.open(str(folder / "state.db")) as store:
        store.change_ledger(LedgerKey(PROJECT, ENVIRONMENT, PLATFORM), entries)


def _seed(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "platform": {"id": PLATFORM, "name": "Benchmark"},
        "users": [{"name": f"agent{number:03}"} for number in range(_USERS)],
        "connectors": [
            {"name": f"{channel}-main", "type": channel, "numbers": []}
            for channel in _CHANNELS
            if channel != "webchat"
        ],
        "forms": [{"name": "Customer data"}, {"name": "Sales order"}],
        "resources": resources,
    }


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
