"""Deletes, and what goes with them: descendants, belongings, traffic, and names left dangling."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy import delete as sql_delete

from reconciler.kinds.address import identity
from reconciler.kinds.base import Life
from reconciler.kinds.campaign import CAMPAIGN
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
    """Delete a resource and everything below it. In use is no reason not to, unless asked."""
    kind = kind_of(stored)
    if kind.life is not Life.ENTRY:
        raise not_allowed(
            f"a {kind.noun} exists as long as its campaign: it cannot be deleted",
            "GET",
            "PATCH",
            code="not-deletable",
        )
    rules.check_match(stored, stored.document()["etag"], if_match)
    rules.check_deletable(kind, stored)
    gone = [stored, *(session.below(stored.address) if kind.is_tree or kind is CAMPAIGN else ())]
    if require_unused:
        rules.check_unused(usage_of(session, [stored] if kind is CAMPAIGN else gone))
    remove(session, gone)


def remove(session: Session, gone: Sequence[Stored]) -> None:
    """Take resources away, their traffic, and their names out of what refers to them."""
    for one in gone:
        kind = kind_of(one)
        audit.record(session, kind, one.address, before=fields_of(kind, one.document()), after=None)
        if kind is CAMPAIGN:
            _forget_campaign(session, one.document()["name"])
    referrers = _referrers(session, gone)
    for start in range(0, len(gone), _CHUNK):
        seqs = [one.seq for one in gone[start : start + _CHUNK]]
        session.connection.execute(sql_delete(USES).where(USES.c.resource.in_(seqs)))
        session.connection.execute(sql_delete(AGENTS).where(AGENTS.c.status.in_(seqs)))
    session.remove(gone)
    _drop_dangling(session, referrers, {identity(one.address) for one in gone})


def _forget_campaign(session: Session, name: str) -> None:
    for table in (INTERACTIONS, USES, AGENTS):
        session.connection.execute(sql_delete(table).where(table.c.campaign == name))


def _referrers(session: Session, gone: Sequence[Stored]) -> list[Stored]:
    leaving = {one.seq for one in gone}
    sources: dict[int, None] = {}
    for start in range(0, len(gone), _CHUNK):
        targets = [identity(one.address) for one in gone[start : start + _CHUNK]]
        query = select(LINKS.c.source).where(LINKS.c.target.in_(targets)).distinct()
        sources.update(dict.fromkeys(session.connection.execute(query).scalars()))
    staying = [seq for seq in sources if seq not in leaving]
    return session.rows(RESOURCES.c.seq.in_(staying)) if staying else []


def _drop_dangling(session: Session, referrers: Sequence[Stored], gone: set[str]) -> None:
    for stored in referrers:
        kind, document = kind_of(stored), stored.document()
        fields = fields_of(kind, document)
        for one in list(kind.references(stored.address, fields)):
            hit = any(identity(candidate) in gone for candidate in one.candidates)
            # A campaign's own signature that goes away may leave a global one of that name.
            if hit and not any(session.find(candidate) for candidate in one.candidates):
                fields = rules.without(fields, one)
        write_fields(session, stored, document, fields)


def clear_customer(session: Session, customer: str) -> int:
    """Delete a customer's blacklist entries everywhere, however they are written; how many went."""
    try:
        name = clean_customer(customer)
    except ValueError as error:
        raise bad_request("bad-query", str(error)) from error
    return _clear(session, RESOURCES.c.search == identity(name))


def clear_campaign(session: Session, campaign: str) -> int:
    """Delete a campaign's own blacklist entries; how many went."""
    return _clear(session, RESOURCES.c.campaign == campaign)


def _clear(session: Session, where: ColumnElement[bool]) -> int:
    lists = ("blacklist", "campaigns/-/blacklist")
    rows = session.rows(RESOURCES.c.collection.in_(lists), where)
    remove(session, rows)
    return len(rows)
