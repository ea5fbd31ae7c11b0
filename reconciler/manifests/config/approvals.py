"""The files of `approvals/`."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence

from pydantic import Field

from reconciler.errors import Problem
from reconciler.manifests.config.validated import Model, validated
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.settings import Approval
from reconciler.manifests.yaml.nodes import Document, as_json

PLACEHOLDER = "…"
"""What stands in an approval to paste where whoever approves has something to say."""


class ApprovalModel(Model):
    """A reviewed exception to a guard."""

    guard: str = Field(min_length=1, description="Which guard it passes.", examples=["unblock"])
    address: str = Field(
        min_length=1,
        description="Where; a collection for mass-change and empty-desired.",
        examples=["statuses/Lunch"],
    )
    reason: str = Field(min_length=1, description="Why it is right.")
    by: str = Field(default="", description="Who approved it.")
    environment: str | None = Field(default=None, description="Left out: every environment.")
    expires: datetime.date | None = Field(default=None, description="The last day it counts.")
    up_to: int | None = Field(
        default=None, ge=0, description="How far its count may rise before it blocks again."
    )


def read_approvals(
    documents: Sequence[Document],
    environments: Sequence[str],
    guards: Collection[str],
    problems: list[Problem],
) -> list[Approval]:
    """The approvals of a file, for whatever environment."""
    found: list[Approval] = []
    for document in documents:
        if not isinstance(document.root, list):
            hint = "begin each with `- guard:`"
            problems.append(document.source().problem("approvals are a list", hint))
            continue
        for index, given in enumerate(document.root):
            one = validated(
                ApprovalModel, as_json(given), document, problems, noun="approval", path=(index,)
            )
            if one is None:
                continue
            for key, message, hint in _mistakes(one, environments, guards):
                problems.append(document.source((index, key)).problem(message, hint))
            found.append(Approval(**one.model_dump(), source=document.source((index,))))
    return found


def _mistakes(
    one: ApprovalModel, environments: Sequence[str], guards: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """The field, what is wrong with it, and what would be right."""
    if one.environment is not None and one.environment not in environments:
        hint = did_you_mean(one.environment, environments)
        yield "environment", f"there is no environment '{one.environment}'", hint
    if guards and one.guard not in guards:
        yield "guard", f"there is no guard '{one.guard}'", did_you_mean(one.guard, sorted(guards))
    for key, said in (("reason", one.reason), ("by", one.by)):
        if said.strip() == PLACEHOLDER:
            yield key, f"the `{key}` of this approval is still to be written", "complete the line"
