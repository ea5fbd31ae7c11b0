"""Problems of one declared resource that depend on the platform: its parent, name and fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from reconciler.errors import Problem
from reconciler.kinds.address import name_of
from reconciler.kinds.registry import place
from reconciler.kinds.values.refusal import messages_in
from reconciler.live.platform import LiveResource
from reconciler.manifests.desired import DesiredResource
from reconciler.message import NO_MESSAGE, Message, Personal
from reconciler.planning.change import Difference
from reconciler.planning.references import (
    FEWEST_TOGETHER,
    PLACES_SHOWN,
    Locate,
    field_problem,
)
from reconciler.text import counted, first_of


def missing_parents(
    orphans: Sequence[DesiredResource], parent: str, *, is_deleted: bool
) -> Iterator[Problem]:
    """The problems of resources whose parent does not exist after the plan; one for many."""
    reason = "this plan deletes" if is_deleted else "does not exist"
    if len(orphans) >= FEWEST_TOGETHER:
        message = Message.of(
            "{count} are in {parent}, which {reason}: {places}",
            count=counted(len(orphans), "resource"),
            parent=place(parent),
            reason=reason,
            places=first_of([str(orphan.source) for orphan in orphans], PLACES_SHOWN),
        )
        hint = Message.of("declare {parent}, or remove them too", parent=place(parent))
        yield orphans[0].source.problem(message, hint)
        return
    for orphan in orphans:
        message = Message.of(
            "{address} is in {parent}, which {reason}",
            address=place(orphan.address),
            parent=place(parent),
            reason=reason,
        )
        hint = Message.of("declare {parent}, or remove this too", parent=place(parent))
        yield orphan.source.problem(message, hint)


def case_change(wanted: DesiredResource, current: LiveResource) -> Problem:
    """The problem of a name that differs only in case, of a kind whose names cannot change."""
    return wanted.source.problem(
        Message.of(
            "{address} is '{current}' on the platform: names of this kind cannot change, not even "
            "their case",
            address=place(wanted.address),
            current=place(current.address),
        ),
        Message.of(
            "write it as the platform does: {name}", name=Personal(name_of(current.address))
        ),
    )


def immutable_fields(
    wanted: DesiredResource, changed: tuple[Difference, ...], locate: Locate
) -> Iterator[Problem]:
    """A problem for each difference in a field that cannot change."""
    for difference in changed:
        name = difference.path.field
        if name not in wanted.kind.immutable:
            continue
        before = Personal(str(difference.before))
        message = Message.of(
            "{name} cannot change from '{before}' to '{after}' once the {noun} exists",
            name=name,
            before=before,
            after=Personal(str(difference.after)),
            noun=wanted.kind.noun,
        )
        hint = Message.of(
            "keep '{before}', or declare it under another name with `renamed_from`", before=before
        )
        yield field_problem(wanted, name, message, hint, locate)


def invalid_fields(
    wanted: DesiredResource, error: ValidationError, locate: Locate
) -> Iterator[Problem]:
    """The problems of declared fields that do not fit the fields on the platform."""
    for each in error.errors(include_url=False):
        path = ".".join(str(part) for part in each["loc"])
        known = messages_in(each.get("ctx"))
        message, hint = known or (Message.of("{text}", text=Personal(each["msg"])), NO_MESSAGE)
        if path:
            message = Message.of("{path}: {message}", path=Personal(path), message=message)
        hint = hint or Message.of(
            "change the fields here so that they fit the fields already on the platform"
        )
        yield field_problem(wanted, path, message, hint, locate)
