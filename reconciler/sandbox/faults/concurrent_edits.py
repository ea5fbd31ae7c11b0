"""Edits by another user while a client reads a list."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import ColumnElement

from reconciler.sandbox.domain.collections import campaign_name, listing_of
from reconciler.sandbox.domain.operations import Operation, perform
from reconciler.sandbox.faults.rules import Edit
from reconciler.sandbox.paths import target_of
from reconciler.sandbox.permissions import RIGHTS, SECTIONS, Caller
from reconciler.sandbox.store.idempotency import Answers
from reconciler.sandbox.store.session import Session
from reconciler.sandbox.store.tables import RESOURCES

OpenSession = Callable[[str], AbstractContextManager[Session]]
"""Opens a transaction on behalf of a user."""

EDITOR = "somebody"
_EDITOR_WITH_ALL_RIGHTS = Caller(
    EDITOR, "administrator", {section: frozenset(RIGHTS) for section in SECTIONS}
)


def edit_list(open_session: OpenSession, path: str, edit: Edit | None) -> None:
    """Make an edit, if there is one, and change the ETag of the list at `path`.

    Raises ValueError for an edit that the platform refuses.
    """
    listing = listing_of(target_of(path).names)
    assert listing is not None  # noqa: S101  the rule matches lists only
    with open_session(EDITOR) as session:
        if edit is not None:
            operation = Operation(edit.op, edit.address, edit.body)
            answer = perform(session, _EDITOR_WITH_ALL_RIGHTS, operation, Answers(session))
            if answer.status >= 400:
                problem = (answer.body or b"").decode()
                raise ValueError(f"the platform refused the edit of a changing-page: {problem}")
        where: list[ColumnElement[bool]] = [RESOURCES.c.collection == listing.collection]
        if listing.campaign is not None:
            where.append(RESOURCES.c.campaign == campaign_name(session, listing.campaign))
        for stored in session.rows(*where, limit=1):
            session.touch(stored)
