"""Every exception this package raises on purpose, each with the exit code the CLI ends with.

    ReconcilerError                      1
    ├── UsageError                      64   the command line asked for something that cannot be
    ├── ManifestError                    1   problems in the files, all of them at once
    ├── StateError                       1   the state store cannot be used as it is
    │   └── Locked                       7   somebody else holds the lease
    ├── PlatformError                    1   the platform answered, and not with what was asked
    │   ├── AccessDenied                 1   401 and 403
    │   ├── RequestRefused               1   the platform refused the request for its content
    │   │   └── RequestTooLarge          1   the request has too many bytes or operations
    │   ├── PlatformMismatch             1   another platform than the environment is bound to
    │   └── Unreachable                  6   no usable answer at all
    │       └── Unsent                   6   and certainly nothing was carried out
    ├── Blocked                          3   a guard stopped it
    ├── PlanRefused                      4   a plan that must not be applied
    │   ├── PlanUnreadable                   truncated, edited, or of another format version
    │   ├── PlanForged                       not written with the key of this state
    │   ├── PlanForeign                      another platform, project, environment or ledger
    │   ├── PlanConsumed                     already applied
    │   ├── PlanStale                        what it touches has changed since
    │   └── PlanUnsigned                     no signature of it by a key that is trusted
    └── Interrupted                    130   asked to stop before anything was written

Exit codes are DESIGN's, and 130 the shell's; 2 (changes present) is an answer, and 5 (partly
applied) what became of a run: neither is an error. The pages of the tree that carry structure
(problems, problem+json members, a lease's holder) keep it in attributes, so that views need not
parse messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a manifest, at a place a person can open.

    `file` is relative to the project folder; `line` and `column` count from 1, and 0 means the
    whole file. `hint` says what would be right; `excerpt` is the source line itself, masked where
    a customer may be in it.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    excerpt: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, or the file alone where the problem is the whole file."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


def quoted(said: str) -> str:
    """What the platform said, as it stands in a message of ours: “…”.

    Views find it by these quotation marks, and mask it where it may be about a customer.
    """
    inside = said.replace("“", '"').replace("”", '"')
    return f"“{inside}”"


class ReconcilerError(Exception):
    """The root: catch it to catch everything raised on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(ReconcilerError):
    """The command line asked for something that cannot be."""

    exit_code = 64


class ManifestError(ReconcilerError):
    """The manifests hold problems; `problems` has every one of the run, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(f"{p.place}: {p.message}" for p in self.problems))


class StateError(ReconcilerError):
    """The state store cannot be used as it is."""


class Locked(StateError):
    """Somebody else holds the lease."""

    exit_code = 7


class PlatformError(ReconcilerError):
    """The platform answered, and not with what was asked."""

    def __init__(self, message: str, *, status: int = 0, code: str = "") -> None:
        self.status = status
        self.code = code
        super().__init__(message)


class AccessDenied(PlatformError):
    """The token is unknown (401) or its profile may not do this (403)."""


class RequestRefused(PlatformError):
    """The platform refused the request for its content: sent again, it would be refused again."""


class RequestTooLarge(RequestRefused):
    """The platform refused the request for its size: half of it may be accepted."""


class PlatformMismatch(PlatformError):
    """The platform at this address is not the one the environment is bound to."""


class Unreachable(PlatformError):
    """No usable answer: refused, timed out, or not the platform's language."""

    exit_code = 6


class Unsent(Unreachable):
    """No usable answer, and certainly nothing was carried out: it was refused unlooked at, or
    never on its way."""


class Blocked(ReconcilerError):
    """A guard stopped it, and no approval covers what it found."""

    exit_code = 3


class PlanRefused(ReconcilerError):
    """A plan that must not be applied."""

    exit_code = 4


class PlanUnreadable(PlanRefused):
    """Truncated, edited, or written by another format version."""


class PlanForged(PlanRefused):
    """Whole, and not written with the key of this state."""


class PlanForeign(PlanRefused):
    """Made for another platform, project, environment or ledger."""


class PlanConsumed(PlanRefused):
    """Already applied."""


class PlanStale(PlanRefused):
    """What it touches has changed since it was made."""


class PlanUnsigned(PlanRefused):
    """No signature of it by a key that is trusted."""


class Interrupted(ReconcilerError):
    """Asked to stop before anything was written."""

    exit_code = 130
