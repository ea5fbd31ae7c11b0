"""Somebody else's edit, made while a list is read."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from reconciler.sandbox.api.collections import campaign_name, listing_of
from reconciler.sandbox.api.paths import target_of
from reconciler.sandbox.domain.operations import Operation, perform
from reconciler.sandbox.domain.permissions import RIGHTS, SECTIONS, Caller
from reconciler.sandbox.faults.rules import Edit
from reconciler.sandbox.service import Sandbox
from reconciler.sandbox.store.idempotency import Answers
from reconciler.sandbox.store.tables import RESOURCES

EDITOR = "somebody"
_ANYBODY = Caller(EDITOR, "administrator", {section: frozenset(RIGHTS) for section in SECTIONS})


def edit_list(sandbox: Sandbox, path: str, edit: Edit | None) -> None:
    """Make an edit, if there is one, and move the ETag of the list at `path` on in any case.

    Raises ValueError for an edit the platform refuses.
    """
    listing = listing_of(target_of(path).names)
    assert listing is not None  # noqa: S101  the rule looks at lists only
    with sandbox.session(EDITOR) as session:
        if edit is not None:
            operation = Operation(edit.op, edit.address, edit.body)
            answer = perform(session, _ANYBODY, operation, Answers(session))
            if answer.status >= 400:
                said = (answer.body or b"").decode()
                raise ValueError(f"the edit of a changing-page was refused: {said}")
        where: list[ColumnElement[bool]] = [RESOURCES.c.collection == listing.collection]
        if listing.campaign is not None:
            where.append(RESOURCES.c.campaign == campaign_name(session, listing.campaign))
        for one in session.rows(*where, limit=1):
            session.touch(one)
