"""Reads the files of `approvals/`."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence

from pydantic import Field

from reconciler.errors import Problem
from reconciler.manifests.config.validated import Model, validated
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.settings import Approval
from reconciler.manifests.yaml.nodes import Document, as_json
from reconciler.message import Message, Personal

PLACEHOLDER = "…"
"""The text in an approval to paste that the approver must replace."""


class ApprovalModel(Model):
    """A reviewed exception to a guard."""

    guard: str = Field(min_length=1, description="Which guard it passes.", examples=["unblock"])
    address: str = Field(
        min_length=1,
        description="Where; a collection for mass-change and empty-desired.",
        examples=["statuses/Lunch"],
    )
    reason: str = Field(min_length=1, description="Why it is acceptable.")
    by: str = Field(default="", description="Who approved it.")
    environment: str | None = Field(
        default=None, description="The environment; left out, all of them."
    )
    expires: datetime.date | None = Field(default=None, description="The last day it is valid.")
    up_to: int | None = Field(
        default=None, ge=0, description="The highest count before the guard blocks again."
    )


def read_approvals(
    documents: Sequence[Document],
    environments: Sequence[str],
    guards: Collection[str],
    problems: list[Problem],
) -> list[Approval]:
    """The approvals of a file, for any environment."""
    found: list[Approval] = []
    for document in documents:
        if not isinstance(document.root, list):
            hint = Message.of("begin each with `- guard:`")
            problems.append(document.source().problem(Message.of("approvals must be a list"), hint))
            continue
        for index, given in enumerate(document.root):
            approval = validated(
                ApprovalModel, as_json(given), document, problems, noun="approval", path=(index,)
            )
            if approval is None:
                continue
            for key, message, hint in _mistakes(approval, environments, guards):
                problems.append(document.source((index, key)).problem(message, hint))
            found.append(Approval(**approval.model_dump(), source=document.source((index,))))
    return found


def _mistakes(
    approval: ApprovalModel, environments: Sequence[str], guards: Collection[str]
) -> Iterator[tuple[str, Message, Message]]:
    """The field, its problem, and a hint."""
    if approval.environment is not None and approval.environment not in environments:
        hint = did_you_mean(approval.environment, environments)
        message = Message.of(
            "there is no environment '{name}'", name=Personal(approval.environment)
        )
        yield "environment", message, hint
    if guards and approval.guard not in guards:
        yield (
            "guard",
            Message.of("there is no guard '{guard}'", guard=Personal(approval.guard)),
            did_you_mean(approval.guard, sorted(guards)),
        )
    for key, text in (("reason", approval.reason), ("by", approval.by)):
        if text.strip() == PLACEHOLDER:
            message = Message.of("the `{key}` of this approval is not filled in", key=key)
            yield key, message, Message.of("complete the line")
