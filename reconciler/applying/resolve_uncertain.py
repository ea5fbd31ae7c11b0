"""Settle uncertain steps by reading the platform.

A resource equal to `after` means success. A resource still as before may be sent again under the
same key. Anything else is a failure that names who changed the resource.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.applying.answers import addresses_of, is_made, is_unmade, resume_when_readable
from reconciler.applying.batches import RequestLimits, read_all
from reconciler.applying.collateral import (
    affected_referrers,
    collateral_message,
    referrer_collateral,
)
from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.rechecks.edits import last_edit
from reconciler.applying.run_progress import RunProgress
from reconciler.errors import Unreachable
from reconciler.kinds.registry import place
from reconciler.live.platform import Outcome, Writer
from reconciler.message import Message
from reconciler.planning.change import Change
from reconciler.state.journal import StepState
from reconciler.text import counted

_FOUND_DONE = Message.plain("found done")


async def settle(
    changes: Sequence[Change], progress: RunProgress, writer: Writer, limits: RequestLimits
) -> list[Change]:
    """Read uncertain changes and record their outcomes; the changes to send again are returned.

    A change of the ledger alone is always returned. Raises PlatformError when something cannot be
    read: that stays uncertain.
    """
    again = [change for change in changes if not change.writes]
    written = [change for change in changes if change.writes]
    unread: list[Change] = []
    for start in range(0, len(written), limits.steps):
        chunk = written[start : start + limits.steps]
        addresses = [address for change in chunk for address in addresses_of(change)]
        referrers = affected_referrers(chunk, progress)
        found = await read_all(writer, [*addresses, *referrers], limits)
        outcomes = iter(found)
        around = {
            str(address): outcome
            for address, outcome in zip(referrers, found[len(addresses) :], strict=True)
        }
        for change in chunk:
            own = [next(outcomes) for _ in addresses_of(change)]
            if not all(outcome.shows_resource for outcome in own):
                unread.append(change)
            elif not _is_settled(change, own, progress, around):
                again.append(change)
    if unread:
        more = f" and {counted(len(unread) - 1, 'more resource')}" if len(unread) > 1 else ""
        raise Unreachable(
            Message.of(
                "{address}{more} cannot be read, so the outcome is unknown",
                address=place(unread[0].address),
                more=more,
            ),
            next_step=resume_when_readable(progress.journal.run_id),
        )
    return again


def _is_settled(
    change: Change, own: Sequence[Outcome], progress: RunProgress, around: Mapping[str, Outcome]
) -> bool:
    """Record the outcome of a change where the platform shows it; whether it does.

    `own` holds what is at its addresses, `around` what is at its referrers, by address.
    """
    status, new = own[0].status, own[0].resource
    old = own[1].resource if len(own) > 1 else new
    if is_made(change, new, old):
        collateral = referrer_collateral([change], progress, around).get(change.key, ())
        for found in collateral:
            progress.notify(found)
        detail = collateral_message((), collateral) or _FOUND_DONE
        done = progress.outcome(
            change, StepState.SUCCEEDED, detail, status, needs_look=bool(collateral)
        )
        progress.record([done], list(ledger_changes(change)))
        return True
    if is_unmade(change, new, old):
        return False
    detail = Message.of(
        "neither as before nor as planned: changed{author} before the answer arrived",
        author=last_edit(new or old),
    )
    progress.record([progress.outcome(change, StepState.FAILED, detail, status)])
    return True
