"""Settling what is uncertain by reading, not by guessing.

Equal to `after` it succeeded; still as before it may be sent again under the same key; anything
else failed, and says who changed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.applying.answers import is_made, is_unmade, places
from reconciler.applying.batches import RequestLimits, look
from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.rechecks.consequences import Aftermath, differs
from reconciler.applying.run_progress import Progress
from reconciler.errors import Unreachable
from reconciler.live.platform import Outcome, Writer
from reconciler.planning.change import Change
from reconciler.state.journal import StepState


async def settle(
    changes: Sequence[Change], progress: Progress, writer: Writer, limits: RequestLimits
) -> list[Change]:
    """Read what is uncertain and record it; those still as before are returned, to be sent.

    What writes only the ledger was never uncertain. Raises PlatformError when something cannot
    be read: it stays uncertain.
    """
    again = [one for one in changes if not one.writes]
    written = [one for one in changes if one.writes]
    unseen: list[Change] = []
    for start in range(0, len(written), limits.steps):
        chunk = written[start : start + limits.steps]
        where = [address for one in chunk for address in places(one)]
        referrers = Aftermath(progress).referrers(chunk)
        seen = await look(writer, [*where, *referrers], limits)
        outcomes = iter(seen)
        around = {str(one): found for one, found in zip(referrers, seen[len(where) :], strict=True)}
        for change in chunk:
            here = [next(outcomes) for _ in places(change)]
            if not all(one.shows_resource for one in here):
                unseen.append(change)
            elif not _is_settled(change, here, progress, around):
                again.append(change)
    if unseen:
        raise Unreachable(
            f"what became of {unseen[0].address} cannot be read"
            f"{f' (nor of {len(unseen) - 1} more)' if len(unseen) > 1 else ''}: go on with "
            "`reconciler apply --resume` once it can"
        )
    return again


def _is_settled(
    change: Change, here: Sequence[Outcome], progress: Progress, around: Mapping[str, Outcome]
) -> bool:
    """Whether what is there says what became of it; that is recorded. `around` holds what is there
    of referrers, by address."""
    status, new = here[0].status, here[0].resource
    old = here[1].resource if len(here) > 1 else new
    if is_made(change, new, old):
        found = Aftermath(progress).collateral([change], around).get(change.key, ())
        for one in found:
            progress.tell(one)
        done = progress.outcome(change, StepState.SUCCEEDED, differs(found) or "found done", status)
        progress.record([done], list(ledger_changes(change)))
        return True
    if is_unmade(change, new, old):
        return False
    by = new or old
    who = f" by {by.updated_by} at {by.updated_at}" if by is not None and by.updated_by else ""
    detail = f"neither as before nor as planned: changed{who} while the answer was out"
    progress.record([progress.outcome(change, StepState.FAILED, detail, status)])
    return True
