"""Whether the platform accepts an interaction, and every reason why it does not.

Reads the state at one moment. It checks all conditions, so a refusal has all reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.kinds.address import Address, ancestors, child, identity, join
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.disposition import DISPOSITION
from reconciler.sandbox.domain.computed_fields import is_open
from reconciler.sandbox.problems import Refusal
from reconciler.sandbox.store.session import Session, Stored


@dataclass(frozen=True, slots=True)
class Attempt:
    """An interaction to check. `customers` are in the form of blacklist entries."""

    campaign: Stored
    channel: str | None
    inbound: bool
    user: str | None
    customers: tuple[str, ...]
    disposition: Stored | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a refusal: a stable code, and a sentence."""

    code: str
    detail: str


def check_accepted(session: Session, attempt: Attempt) -> None:
    """Refuse an interaction that the platform does not accept. Raises 409 with all reasons."""
    reasons = list(_reasons(session, attempt))
    if reasons:
        listed = [{"code": reason.code, "detail": reason.detail} for reason in reasons]
        raise Refusal(409, reasons[0].code, reasons[0].detail, extra={"reasons": listed})


def _reasons(session: Session, attempt: Attempt) -> Iterator[Reason]:
    campaign = attempt.campaign
    if not campaign.document()["enabled"]:
        detail = f"{campaign.address} is disabled: it accepts no interactions"
        yield Reason("campaign-disabled", detail)
    elif attempt.inbound and not is_open(session, campaign, attempt.at):
        yield Reason("closed", f"{campaign.address} is closed at that time")
    channel: Mapping[str, Any] | None = None
    if attempt.channel is not None:
        address = child(campaign.address, "channels", attempt.channel)
        stored = session.find(address)
        channel = stored.document() if stored else {}
        yield from _channel_reasons(address, channel, inbound=attempt.inbound)
        yield from _member_reasons(session, attempt)
    yield from _blacklist_reasons(session, attempt, channel)
    if attempt.disposition is not None:
        yield from _disposition_reasons(session, attempt.disposition)


def _channel_reasons(
    address: Address, channel: Mapping[str, Any], *, inbound: bool
) -> Iterator[Reason]:
    if not channel.get("enabled"):
        yield Reason("channel-disabled", f"{address} is disabled")
    if getattr(CHANNEL.body_of(address), "needs_connector", False) and not channel.get("connector"):
        yield Reason("no-connector", f"{address} has no connector")
    if inbound and "numbers" in CHANNEL.field_names(address) and not channel.get("numbers"):
        yield Reason("no-number", f"{address} has no number: nobody can reach it")


def _member_reasons(session: Session, attempt: Attempt) -> Iterator[Reason]:
    address = child(attempt.campaign.address, "members")
    stored = session.find(address)
    members = stored.document()["members"] if stored else []
    right = "receive" if attempt.inbound else "create"
    permitted = {
        identity(member["user"])
        for member in members
        if member["channels"].get(attempt.channel, {}).get(right, True)
    }
    if not permitted:
        code = "no-receiver" if attempt.inbound else "no-creator"
        yield Reason(code, f"no member of {address} may {right} on {attempt.channel}")
    elif attempt.user is not None and identity(attempt.user) not in permitted:
        detail = f"{attempt.user} may not {right} on {attempt.channel} in {address}"
        yield Reason("user-not-permitted", detail)


def _blacklist_reasons(
    session: Session, attempt: Attempt, channel: Mapping[str, Any] | None
) -> Iterator[Reason]:
    toggle = "block_inbound" if attempt.inbound else "block_outbound"
    if channel is not None and not channel.get(toggle, True):
        return
    for customer in attempt.customers:
        own = child(attempt.campaign.address, "blacklist", customer)
        for address in (join("blacklist", customer), own):
            if session.find(address):
                yield Reason("blacklisted", f"{address} blocks the customer")


def _disposition_reasons(session: Session, disposition: Stored) -> Iterator[Reason]:
    for address in (disposition.address, *ancestors(disposition.address)):
        level = session.find(address)
        if level is None or level.collection.rpartition("/")[2] != DISPOSITION.collection:
            return
        if not level.document()["enabled"]:
            yield Reason("disposition-disabled", f"{level.address} is disabled")
