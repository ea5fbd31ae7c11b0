"""Deletes with their consequences: descendants, traffic, and references to what is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy import delete as sql_delete

from reconciler.kinds.address import identity
from reconciler.kinds.base import Life
from reconciler.kinds.values.customers import clean_customer
from reconciler.sandbox.domain import rules
from reconciler.sandbox.domain.usage import usage_of
from reconciler.sandbox.domain.writes import write_fields
from reconciler.sandbox.problems import bad_request, not_allowed
from reconciler.sandbox.store import audit
from reconciler.sandbox.store.documents import fields_of, kind_of
from reconciler.sandbox.store.session import Session, Stored
from reconciler.sandbox.store.tables import AGENTS, INTERACTIONS, LINKS, RESOURCES, USES

_CHUNK = 5000


def delete(session: Session, stored: Stored, if_match: str | None, *, require_unused: bool) -> None:
    """Delete a resource and its descendants, even in use unless `require_unused` is set."""
    kind = kind_of(stored)
    if kind.life is not Life.ENTRY:
        raise not_allowed(
            f"a {kind.noun} cannot be deleted: it exists as long as its campaign",
            "GET",
            "PATCH",
            code="not-deletable",
        )
    rules.check_match(stored, stored.document()["etag"], if_match)
    rules.check_deletable(kind, stored)
    has_parts = kind.is_tree or kind.holds_resources
    gone = [stored, *(session.below(stored.address) if has_parts else ())]
    if require_unused:
        rules.check_unused(usage_of(session, [stored] if kind.holds_resources else gone))
    remove(session, gone)


def remove(session: Session, gone: Sequence[Stored]) -> None:
    """Remove resources, their traffic, and the references to them."""
    for stored in gone:
        kind, document = kind_of(stored), stored.document()
        before = fields_of(kind, document)
        audit.record(session, kind, stored.address, before=before, after=None)
        if kind.holds_resources:
            _delete_traffic(session, document["name"])
    referrers = _referrers(session, gone)
    for start in range(0, len(gone), _CHUNK):
        seqs = [stored.seq for stored in gone[start : start + _CHUNK]]
        session.connection.execute(sql_delete(USES).where(USES.c.resource.in_(seqs)))
        session.connection.execute(sql_delete(AGENTS).where(AGENTS.c.status.in_(seqs)))
    session.remove(gone)
    _drop_references(session, referrers, {identity(stored.address) for stored in gone})


def _delete_traffic(session: Session, name: str) -> None:
    for table in (INTERACTIONS, USES, AGENTS):
        session.connection.execute(sql_delete(table).where(table.c.campaign == name))


def _referrers(session: Session, gone: Sequence[Stored]) -> list[Stored]:
    leaving = {stored.seq for stored in gone}
    sources: dict[int, None] = {}
    for start in range(0, len(gone), _CHUNK):
        targets = [identity(stored.address) for stored in gone[start : start + _CHUNK]]
        query = select(LINKS.c.source).where(LINKS.c.target.in_(targets)).distinct()
        sources.update(dict.fromkeys(session.connection.execute(query).scalars()))
    staying = [seq for seq in sources if seq not in leaving]
    return session.rows(RESOURCES.c.seq.in_(staying)) if staying else []


def _drop_references(session: Session, referrers: Sequence[Stored], gone: set[str]) -> None:
    for stored in referrers:
        kind, document = kind_of(stored), stored.document()
        fields = fields_of(kind, document)
        for reference in list(kind.references(stored.address, fields)):
            hit = any(identity(candidate) in gone for candidate in reference.candidates)
            # After a campaign's own signature is deleted, the name may mean a global one.
            if hit and not any(session.find(candidate) for candidate in reference.candidates):
                fields = rules.without(fields, reference)
        write_fields(session, stored, document, fields)


def clear_customer(session: Session, customer: str) -> int:
    """Delete all blacklist entries of a customer and return their number. Raises 400."""
    try:
        name = clean_customer(customer)
    except ValueError as error:
        raise bad_request("bad-query", str(error)) from error
    return _clear(session, RESOURCES.c.search == identity(name))


def clear_campaign(session: Session, campaign: str) -> int:
    """Delete a campaign's blacklist entries and return their number."""
    return _clear(session, RESOURCES.c.campaign == campaign)


def _clear(session: Session, where: ColumnElement[bool]) -> int:
    lists = ("blacklist", "campaigns/-/blacklist")
    rows = session.rows(RESOURCES.c.collection.in_(lists), where)
    remove(session, rows)
    return len(rows)
