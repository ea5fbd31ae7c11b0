"""The audit log: who changed which field, and when. Rows are never edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from pydantic import JsonValue
from sqlalchemy import ColumnElement, func, or_, select

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Kind
from reconciler.sandbox.store.paging import PageRequest, page_body
from reconciler.sandbox.store.session import Session
from reconciler.sandbox.store.tables import AUDIT


def row_of(
    *,
    at: str,
    by: str,
    address: Address,
    action: str,
    changes: Sequence[Mapping[str, Any]],
    previous: Address | None = None,
) -> dict[str, Any]:
    """A row of the log. `previous` is the address before a rename."""
    item: dict[str, Any] = {
        "at": at,
        "by": by,
        "address": address,
        "action": action,
        "changes": changes,
    }
    if previous is not None:
        item["previous_address"] = previous
    return {
        "at": at,
        "identity": identity(address),
        "previous": None if previous is None else identity(previous),
        "body": orjson.dumps(item),
    }


def record(
    session: Session,
    kind: Kind,
    address: Address,
    *,
    before: Mapping[str, JsonValue] | None,
    after: Mapping[str, JsonValue] | None,
) -> None:
    """Log a write. `before` is None for a create, `after` for a delete."""
    action = "create" if before is None else "delete" if after is None else "update"
    changes = list(_changes(before or {}, after or {}, kind.replaced_whole))
    session.log(
        row_of(at=session.now, by=session.user, address=address, action=action, changes=changes)
    )


def record_move(session: Session, address: Address, previous: Address, changes: list[Any]) -> None:
    """Log a change of address, from `previous` to `address`."""
    session.log(
        row_of(
            at=session.now,
            by=session.user,
            address=address,
            action="rename",
            changes=changes,
            previous=previous,
        )
    )


def _changes(
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    whole: Iterable[str] = (),
    path: str = "",
) -> Iterator[dict[str, JsonValue]]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new and name in before and name in after:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and name not in whole:
            yield from _changes(old, new, (), f"{path}{name}.")
        else:
            yield {"path": f"{path}{name}", "before": old, "after": new}


def read(
    session: Session,
    page: PageRequest,
    *,
    addresses: Sequence[str],
    since: str | None,
) -> bytes:
    """A page of the log as JSON, newest first."""
    where: list[ColumnElement[bool]] = []
    if addresses:
        wanted = [identity(address) for address in addresses]
        where.append(or_(AUDIT.c.identity.in_(wanted), AUDIT.c.previous.in_(wanted)))
    if since is not None:
        where.append(AUDIT.c.at >= since)
    total = session.connection.execute(select(func.count()).select_from(AUDIT).where(*where))
    query = select(AUDIT.c.seq, AUDIT.c.body).where(*where).order_by(AUDIT.c.seq.desc())
    if page.after is not None:
        query = query.where(AUDIT.c.seq < page.after)
    rows = [(row[0], row[1]) for row in session.connection.execute(query.limit(page.size + 1))]
    return page_body(rows, page, total.scalar_one())
