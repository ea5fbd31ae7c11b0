"""The history of a story as plain data, the only input of the checker.

A `position` is the number of lines in the platform's audit log at that moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """A line of the audit log. `key` is the idempotency key of its request, None for a person;
    `asked` is the address in that request, `request` the number of its batch."""

    by: str
    address: str
    action: str
    before: Fields | None
    after: Fields | None
    previous: str | None
    asked: str
    key: str | None
    request: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch that reached the platform: its delay after the permission to send, and the position
    at the start of its sender's last read."""

    seconds: float
    read_position: int


@dataclass(frozen=True, slots=True)
class Owned:
    """The entry of a ledger for one resource."""

    address: str
    form: str
    fields: Fields
    protect: bool
    on_remove: str


@dataclass(frozen=True, slots=True)
class LedgerCommit:
    """A transaction that changed a ledger or settled steps: the ledger before and after, by
    identity, and the steps that it settled as succeeded."""

    position: int
    ledger: str
    run: str
    succeeded: tuple[int, ...]
    before: Mapping[str, Owned]
    after: Mapping[str, Owned]


@dataclass(frozen=True, slots=True)
class StepLine:
    """The final state of a step in the journal."""

    seq: int
    address: str
    action: str
    state: str
    key: str
    previous: str | None
    detail: str
    status: int | None
    fenced: bool


@dataclass(frozen=True, slots=True)
class RunLine:
    """The final state of a run in the journal, with the positions of the last read before it began,
    of its begin, and of its end (None for an unfinished run)."""

    id: str
    ledger: str
    plan: str
    steps: tuple[StepLine, ...]
    verified: int
    began: int
    finished: int | None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command: its exit code, and the steps of its run."""

    run: str
    exit_code: int
    finished: bool
    states: tuple[str, ...]


@dataclass(slots=True)
class History:
    """The whole history of a story.

    `plans` are the reviewed and applied plan files, by id. `start` are the platform's resources by
    identity. `blank` are the defaults of a campaign's channels and member list, by the end of their
    address. `stuck` describes what could not be settled, `broken` the crashes.
    """

    start: Mapping[str, Fields] = field(default_factory=dict)
    blank: Mapping[str, Fields] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    sent: dict[int, Sent] = field(default_factory=dict)
    plans: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    commits: list[LedgerCommit] = field(default_factory=list)
    runs: list[RunLine] = field(default_factory=list)
    results: list[CommandResult] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
