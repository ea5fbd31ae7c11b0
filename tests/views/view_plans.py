"""Plans that show every way a change can look, small enough to read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.kinds.address import Address
from reconciler.kinds.registry import parse_address
from reconciler.live.platform import Referrer, Usage
from reconciler.manifests.source import Source
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Difference, Origin, Reason, Tracking
from reconciler.planning.diff import differences
from reconciler.planning.digests import with_digests
from reconciler.planning.findings import ApprovedBy, Evidence, Finding
from reconciler.planning.impact import Impact
from reconciler.planning.plan import Plan, Unknown

LUIS_AT = "2026-11-20T14:03:12Z"


def a_plan(*changes: Change, **facts: Any) -> Plan:
    """A plan of these changes, sealed."""
    given: dict[str, Any] = {
        "project": "acme",
        "environment": "prod",
        "platform_id": "acme-prod",
        "lineage": "line-1",
        "manifests_digest": "0" * 64,
        "created_at": "2026-11-23T09:30:00+00:00",
        "changes": changes,
        "requests_spent": 14,
        "requests_predicted": 18,
    }
    return with_digests(Plan(**{**given, **facts}))


def change(address: str, action: Action, **facts: Any) -> Change:
    """A change, its kind told by its address."""
    kind = parse_address(address).kind.name
    reason = facts.pop("reason", Reason.CHANGED)
    return Change(Address(address), kind, action, reason, **facts)


def create(address: str, source: Source | None = None, **fields: Any) -> Change:
    """A create that declares these fields and gets the rest at their defaults."""
    after = parse_address(address).kind.with_defaults(address, fields)
    return change(
        address,
        Action.CREATE,
        reason=Reason.NEW,
        after=after,
        source=source,
        tracking=Tracking("standalone", fields),
    )


def update(
    address: str,
    before: dict[str, Any],
    after: dict[str, Any],
    base: dict[str, Any] | None = None,
    **facts: Any,
) -> Change:
    """An update with the differences that planning would find; `base` defaults to `before`."""
    kind = parse_address(address).kind
    old, new = kind.with_defaults(address, before), kind.with_defaults(address, after)
    applied = old if base is None else kind.with_defaults(address, base)
    found = tuple(_told(one) for one in differences(kind, old, new, applied))
    return change(address, Action.UPDATE, before=old, after=new, differences=found, **facts)


def _told(one: Difference) -> Difference:
    drifted = one.origin in (Origin.PLATFORM, Origin.BOTH)
    return replace(one, by="luis", at=LUIS_AT) if drifted else one


def blocking(code: str, address: str, message: str | Message, **facts: Any) -> Finding:
    """A finding that stops a plan and can be approved; texts are plain sentences."""
    given = {"approval": address, **facts, "safer": _as_message(facts.get("safer", ""))}
    return Finding(code, "block", address, _as_message(message), **given)


def warning(code: str, address: str, message: str, safer: str = "") -> Finding:
    """A finding that does not stop a plan."""
    return Finding(code, "warn", address, _as_message(message), safer=_as_message(safer))


def _as_message(text: str | Message) -> Message:
    return Message.plain(text) if isinstance(text, str) else text


def full_plan() -> Plan:
    """One of everything, with digests that stay when the model grows."""
    return replace(_full_plan(), digest="45e496d01c" + "0" * 54, content_digest="0c75f09e" * 8)


def _full_plan() -> Plan:
    at = "campaigns/sales.yaml"
    lunch = change(
        "statuses/Lunch",
        Action.DELETE,
        reason=Reason.REMOVED_FROM_GIT,
        before={"icon": "fork", "color": "#808080"},
        usage=Usage(
            Address("statuses/Lunch"),
            referrers=(Referrer(Address("campaigns/Sales"), "statuses"),),
            agents_now=tuple(f"agent{n}" for n in range(61)),
            recent_interactions=1204,
        ),
    )
    surveys = change(
        "campaigns/Surveys",
        Action.DELETE,
        reason=Reason.REMOVED_FROM_GIT,
        before={"enabled": True},
        usage=Usage(Address("campaigns/Surveys"), interactions_total=15320),
        protected=True,
    )
    cascaded = [
        change(
            f"campaigns/Surveys/{tail}",
            Action.DELETE,
            reason=Reason.PARENT_DELETED,
            before={},
            cascaded=True,
        )
        for tail in ("channels/email", "channels/sms", "members", "dispositions/Done")
    ]
    old_model = change(
        "quality_models/Kindness", Action.DELETE, reason=Reason.REPLACED, before={"description": ""}
    )
    new_model = change(
        "quality_models/Courtesy",
        Action.REPLACE,
        reason=Reason.REPLACED,
        previous_address=Address("quality_models/Kindness"),
        after={"description": "How kind we are"},
        source=Source("quality.yaml", 3),
    )
    week = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    sales = update(
        "campaigns/Sales",
        {"schedule": {**week, "sat": ["09:00-13:00", "15:00-17:00"]}},
        {"schedule": {**week, "mon": ["09:00-13:00", "15:00-19:00"], "sat": ["09:00-13:00"]}},
        {"schedule": {**week, "sat": ["09:00-13:00"]}},
        source=Source(at, 2),
    )
    whatsapp = update(
        "campaigns/Sales/channels/whatsapp",
        {"service_level_seconds": 45, "max_queue": 20, "enabled": False},
        {"service_level_seconds": 60, "max_queue": 30, "enabled": True, "connector": "wa-main"},
        {"service_level_seconds": 60, "max_queue": 10, "enabled": False},
        source=Source(at, 9),
    )
    members = update(
        "campaigns/Sales/members",
        {"members": [{"user": name} for name in ("bea", "carla", "ana", "pia", "tania")]},
        {
            "members": [
                {"user": "ana"},
                {"user": "bea"},
                {"user": "carla", "penalty": 5},
                {"user": "luis", "penalty": 10, "channels": {"sms": {"create": False}}},
                {"user": "tania"},
            ]
        },
        source=Source(at, 16),
    )
    template = update(
        "templates/Welcome",
        {"type": "text", "content": "Hello {{ name }},\nwelcome to Acme.\nYours, Acme"},
        {
            "type": "text",
            "content": "Hello {{ name }},\nwelcome to Acme!\nAsk us anything.\nYours, Acme",
        },
        source=Source("templates.yaml", 4),
    )
    tree = [
        change(
            "campaigns/Sales/dispositions/Refund/Part",
            Action.RENAME,
            reason=Reason.RENAMED,
            previous_address=Address("campaigns/Sales/dispositions/Refund/Partial"),
            before={},
            after={},
            source=Source(at, 30),
        ),
        update(
            "campaigns/Sales/dispositions/Refund/Part",
            {"text_code": "RF-P"},
            {"text_code": "RF-X"},
            source=Source(at, 30),
        ),
        create("campaigns/Sales/dispositions/Refund/Part/Voucher", Source(at, 31)),
        create("campaigns/Sales/dispositions/Refund/Denied", Source(at, 33)),
        change(
            "campaigns/Sales/dispositions/Refund/Old",
            Action.DELETE,
            reason=Reason.NOT_IN_COMPLETE_LIST,
            before={},
            source=Source(at, 28),
        ),
    ]
    creates = [
        create(f"statuses/Shift {n}", Source("statuses.yaml", n + 1), icon="clock")
        for n in range(1, 10)
    ]
    creates += [
        create("blacklist/+59829001234", Source("blacklist.yaml", 3)),
        create("contacts/+59829005678", contact_name="Berta Rojas", phone="+59829005678"),
    ]
    retention = create("campaigns/Retention", Source("retention.yaml", 1), time_zone="UTC")
    retention_sms = update(
        "campaigns/Retention/channels/sms", {}, {"max_queue": 3}, source=Source("retention.yaml", 5)
    )
    found = replace(
        update("statuses/Break", {"color": "#808080"}, {"color": "#3366ff"}),
        action=Action.ADOPT,
        reason=Reason.FOUND_UNOWNED,
        unowned=True,
        source=Source("statuses.yaml", 40),
    )
    adopts = [
        change(
            f"holidays/{name}",
            Action.ADOPT,
            reason=Reason.FOUND_UNOWNED,
            unowned=True,
            source=Source("holidays.yaml", line),
        )
        for name, line in (("Christmas", 3), ("New Year", 4))
    ]
    forgets = [
        change("statuses/Gone", Action.FORGET, reason=Reason.GONE),
        change("campaigns/Sales/statuses/Old", Action.FORGET, reason=Reason.RELEASED),
    ]
    findings = (
        blocking(
            "delete-in-use",
            "statuses/Lunch",
            "used by 1 campaign, and 61 agents are in it now",
            evidence=Evidence(
                referrers=("campaigns/Sales",), counts={"agents_now": 61}, headline="agents_now"
            ),
            safer="move the agents out of it first",
        ),
        blocking(
            "unblock",
            "blacklist/ana@example.com",
            "this customer is blocked and could be contacted again by all campaigns",
            safer="keep the entry in the manifests",
        ),
        blocking(
            "delete-campaign",
            "campaigns/Surveys",
            "deleting this campaign cannot be undone and loses 15,320 interactions",
            approved=ApprovedBy(
                reason="agreed with the client, Berta Rojas (+59829005678)",
                by="maria",
                source="approvals/2026-11.yaml:1",
                up_to=20000,
                evidence=Evidence(),
            ),
        ),
        warning(
            "reverts-drift",
            "campaigns/Sales/channels/whatsapp",
            "people's edits would be reverted: service_level_seconds from 45 back to 60 (changed "
            "by luis at 2026-11-20T14:03:12Z)",
            safer="take what people did into the manifest if it is meant to stay",
        ),
    )
    return a_plan(
        surveys,
        *cascaded,
        lunch,
        change(
            "blacklist/ana@example.com",
            Action.DELETE,
            reason=Reason.REMOVED_FROM_GIT,
            before={},
        ),
        new_model,
        old_model,
        sales,
        whatsapp,
        members,
        template,
        *tree,
        retention,
        retention_sms,
        *creates,
        found,
        *adopts,
        *forgets,
        findings=findings,
        unknowns=(Unknown("forms", Message.plain("403: your profile may not view forms")),),
        unmanaged=("statuses/Training", "contacts/+59829007777"),
        unchanged=("statuses/Coaching",),
        impact=Impact(
            campaigns=("Retention", "Sales", "Surveys"),
            unblocked=1,
            reverted_people=("luis",),
        ),
        git_commit="1a2b3c4d5e6f7a8b9c0d",
        git_dirty=True,
    )
