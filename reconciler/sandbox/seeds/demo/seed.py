"""Builds the demo seed: Acme's development platform, with drift from git and traffic.

The other modules contain the estate as it was set up. `drift` adds later edits on the platform;
`traffic` adds usage. All times are hours before the sandbox's clock.
"""

from __future__ import annotations

from typing import Any

from reconciler.kinds.address import Address
from reconciler.sandbox.seeds.demo import (
    argentina,
    drift,
    mexico,
    spain,
    traffic,
    uruguay_selling,
    uruguay_service,
)
from reconciler.sandbox.seeds.demo.directory import CONNECTORS, FORMS, USERS
from reconciler.sandbox.seeds.demo.estate import (
    Resource,
    campaign,
    contact,
    levels,
    named,
    resource_address,
)
from reconciler.sandbox.seeds.demo.holidays import HOLIDAYS
from reconciler.sandbox.seeds.demo.outcomes import DISPOSITIONS
from reconciler.sandbox.seeds.demo.people import BLACKLIST, CONTACTS
from reconciler.sandbox.seeds.demo.quality import QUALITY_MODELS
from reconciler.sandbox.seeds.demo.shared import STATUSES, TEMPLATES


def demo_seed() -> dict[str, Any]:
    """The seed document."""
    estate = {resource["address"]: resource for resource in _initial_estate()}
    drift.apply(estate)
    return {
        "platform": {"id": "acme-dev", "name": "Acme (development)"},
        "users": USERS,
        "connectors": CONNECTORS,
        "forms": FORMS,
        "resources": list(estate.values()),
        "interactions": traffic.INTERACTIONS,
        "agents": traffic.AGENTS,
        "audit": drift.AUDIT,
    }


def _initial_estate() -> list[Resource]:
    campaigns = [
        *uruguay_selling.CAMPAIGNS,
        *uruguay_service.CAMPAIGNS,
        *argentina.CAMPAIGNS,
        *mexico.CAMPAIGNS,
        *spain.CAMPAIGNS,
    ]
    return [
        *named(Address("quality_models"), QUALITY_MODELS),
        *named(Address("statuses"), STATUSES),
        *named(Address("templates"), TEMPLATES),
        *levels(Address("dispositions"), DISPOSITIONS),
        *(resource for document in campaigns for resource in campaign(document)),
        *(
            {"address": resource_address(None, "holidays", name), "date": date}
            | {"recurring": recurring, "campaigns": closed}
            for name, date, recurring, closed in HOLIDAYS
        ),
        *(
            {"address": resource_address(where, "blacklist", customer)}
            for where, customer in BLACKLIST
        ),
        *map(contact, CONTACTS),
    ]
