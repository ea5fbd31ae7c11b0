from __future__ import annotations

import orjson
import pytest

from reconciler.kinds.address import Address
from reconciler.kinds.registry import parse_address
from reconciler.planning.change import Action, ChangeKey, Reason
from reconciler.planning.plan import Consequence, LostReference, Plan
from reconciler.privacy.masking import Masker
from reconciler.views.plan.json import plan_json
from reconciler.views.plan.text import plan_text
from reconciler.views.style.colour import PLAIN
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, change
from tests.views.view_runs import NOW

SIGN = "templates/Sign"
GONE = change(SIGN, Action.DELETE, reason=Reason.REMOVED_FROM_GIT, before={"type": "text"})


def cleared(
    address: str, field: str, before: object, after: object, target: str, **facts: str
) -> Consequence:
    """A field that loses a name because its target is deleted."""
    name = target.rpartition("/")[2]
    lost = LostReference(name, Address(target), None, (ChangeKey(f"delete {target}"),))
    kind = parse_address(address).kind.name
    return Consequence(Address(address), kind, field, before, after, (lost,), **facts)  # type: ignore[arg-type]


def block(plan: Plan, masker: Masker, *parts: str) -> list[str]:
    """The lines about what the platform does by itself."""
    text = plan_text(plan, View(masker, NOW, PLAIN, frozenset(parts)))
    found = [one for one in text.split("\n\n") if one.startswith("Changed by the platform")]
    return found[0].splitlines() if found else []


def test_referrers_with_the_same_consequence_share_an_entry_with_its_cause(masker: Masker) -> None:
    mails = [f"campaigns/{name}/channels/email" for name in ("A", "B")]
    plan = a_plan(
        GONE,
        consequences=(
            *[cleared(one, "signature", "Sign", None, SIGN) for one in mails],
            cleared("holidays/H", "campaigns", ["A", "Old"], ["A"], "campaigns/Old"),
            cleared("holidays/I", "campaigns", ["Old"], [], "campaigns/Old", owner="billing"),
        ),
    )
    assert block(plan, masker) == [
        "Changed by the platform as a result: 4",
        "  ~ campaigns/A/channels/email, campaigns/B/channels/email",
        "      signature: Sign → none",
        "      Because templates/Sign is deleted.",
        "  ~ holidays/H",
        "      campaigns: \N{MINUS SIGN} Old (1 unchanged)",
        "      Because campaigns/Old is deleted.",
        "  ~ holidays/I",
        "      campaigns: Old → empty",
        "      Because campaigns/Old is deleted.",
        "      Owned by another project: billing.",
    ]
    verdict = plan_text(plan, View(masker, NOW, PLAIN)).splitlines()[0]
    assert "2 channels and 2 holidays lose a reference." in verdict


def test_a_name_that_changes_its_meaning_is_shown(masker: Masker) -> None:
    own = Address("campaigns/A/templates/Sign")
    lost = LostReference("Sign", Address(SIGN), own, (ChangeKey(f"create {own}"),))
    mail = Address("campaigns/A/channels/email")
    plan = a_plan(
        change(own, Action.CREATE, after={"type": "text"}),
        consequences=(Consequence(mail, "Channel", "signature", "Sign", "Sign", (lost,)),),
    )
    assert block(plan, masker) == [
        "Changed by the platform as a result: 1",
        "  ~ campaigns/A/channels/email",
        "      signature stays Sign and means campaigns/A/templates/Sign instead of templates/Sign",
        "      Because campaigns/A/templates/Sign is created.",
    ]
    assert "lose a reference" not in plan_text(plan, View(masker, NOW, PLAIN)).splitlines()[0]


@pytest.mark.parametrize(("parts", "shown"), [((), " and 6 more"), (("details",), "email")])
def test_many_referrers_are_folded_without_details(
    masker: Masker, parts: tuple[str, ...], shown: str
) -> None:
    mails = [f"campaigns/{number:02}/channels/email" for number in range(12)]
    found = tuple(cleared(one, "signature", "Sign", None, SIGN) for one in mails)
    line = block(a_plan(GONE, consequences=found), masker, *parts)[1]
    assert line.endswith(shown)


def test_plan_json_has_every_consequence(masker: Masker) -> None:
    mail = "campaigns/A/channels/email"
    plan = a_plan(GONE, consequences=(cleared(mail, "signature", "Sign", None, SIGN),))
    (found,) = orjson.loads(plan_json(plan, View(masker, NOW)))["consequences"]
    assert found == {
        "address": mail,
        "kind": "Channel",
        "field": "signature",
        "before": "Sign",
        "after": None,
        "references": [{"name": "Sign", "meant": SIGN, "means": None}],
        "caused_by": [f"delete {SIGN}"],
        "owner": "",
    }
