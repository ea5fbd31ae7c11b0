"""The demo: Acme's development platform as it is found, which is not quite what git says.

The estate is written down as it was set up; `drift` is what people did to it since; `traffic` is
what makes parts of it in use. All times are hours before the sandbox's clock.
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
from reconciler.sandbox.seeds.demo.estate import (
    Resource,
    campaign,
    contact,
    levels,
    named,
    placed,
)
from reconciler.sandbox.seeds.demo.holidays import HOLIDAYS
from reconciler.sandbox.seeds.demo.outcomes import DISPOSITIONS
from reconciler.sandbox.seeds.demo.people import BLACKLIST, CONTACTS
from reconciler.sandbox.seeds.demo.quality import QUALITY_MODELS
from reconciler.sandbox.seeds.demo.shared import STATUSES, TEMPLATES
from reconciler.sandbox.seeds.directory import CONNECTORS, FORMS, USERS


def seed() -> dict[str, Any]:
    """The seed document."""
    estate = {one["address"]: one for one in _as_set_up()}
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


def _as_set_up() -> list[Resource]:
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
        *(one for document in campaigns for one in campaign(document)),
        *(
            {"address": placed(None, "holidays", name), "date": date}
            | {"recurring": recurring, "campaigns": closed}
            for name, date, recurring, closed in HOLIDAYS
        ),
        *({"address": placed(where, "blacklist", customer)} for where, customer in BLACKLIST),
        *map(contact, CONTACTS),
    ]
