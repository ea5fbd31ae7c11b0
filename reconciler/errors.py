"""Every exception that this package raises on purpose, with its exit code.

    ReconcilerError                      1
    ├── UsageError                      64   the command line is wrong
    ├── ManifestError                    1   all problems of the manifests
    │   └── ProjectElsewhere             1   the folder has no project, and one near it has
    ├── StateError                       1   the state cannot be used
    │   └── Locked                       7   another process holds the lease
    ├── PlatformError                    1   the platform gave another answer than expected
    │   ├── AccessDenied                 1   401 and 403
    │   ├── RequestRefused               1   the platform refused the request for its content
    │   │   └── RequestTooLarge          1   the request has too many bytes or operations
    │   ├── PlatformMismatch             1   not the platform that the environment names
    │   └── Unreachable                  6   no usable answer
    │       └── Unsent                   6   no usable answer, and nothing was carried out
    ├── Blocked                          3   a guard blocks the plan
    ├── PlanRefused                      4   the plan must not be applied
    │   ├── PlanUnreadable                   truncated, edited, or of another format version
    │   ├── PlanForged                       not written with the key of this state
    │   ├── PlanForeign                      another platform, project, environment or ledger
    │   ├── PlanConsumed                     already applied
    │   ├── PlanStale                        made from facts that changed since
    │   └── PlanUnsigned                     not signed with a trusted key
    └── Interrupted                    130   stopped by the user before anything was written

Two exit codes are not errors: 2 means that a plan has changes, 5 that a run was partly applied.
Structured facts, such as problems or the holder of a lease, are attributes: views do not
parse messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from reconciler.message import NO_MESSAGE, Command, Message, as_message, joined_messages
from reconciler.text import visible


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in a manifest, with its place.

    `file` is relative to the project folder; `line` and `column` count from 1, and 0 means the
    whole file. `hint` is what to write instead. Values of the file are `Personal` until it is known
    whether the file may hold customers. `excerpt` is the source line, masked where it may.
    """

    file: str
    line: int
    column: int
    message: Message
    hint: Message = NO_MESSAGE
    excerpt: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, or the file alone when the problem is the whole file."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __lt__(self, other: Problem) -> bool:
        """Whether it comes first in file order."""
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, int, str]:
        return self.file, self.line, self.column, str(self.message)


class ReconcilerError(Exception):
    """The root of every exception that this package raises on purpose.

    Views render `message` and `next_step` with a masker; `str` hides customers. A text is searched
    for them. A class may have a `usual_next_step`, for errors without one.
    """

    exit_code: ClassVar[int] = 1
    usual_next_step: ClassVar[Message] = NO_MESSAGE

    def __init__(self, message: str | Message = "", *, next_step: str | Message = "") -> None:
        self.message = as_message(message)
        self.next_step = as_message(next_step)
        super().__init__(message)

    @property
    def message_and_next_step(self) -> Message:
        """The message and, if the error has its own next step, that step after a colon."""
        return joined_messages(filter(None, (self.message, self.next_step)), ": ")

    def __str__(self) -> str:
        return str(self.message_and_next_step)


class UsageError(ReconcilerError):
    """The command line is wrong: an option, an argument, or their combination."""

    exit_code = 64


class ManifestError(ReconcilerError):
    """The manifests have problems; `problems` has all of them, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            "\n".join(visible(f"{each.place}: {each.message}") for each in self.problems)
        )


class ProjectElsewhere(ManifestError):
    """The folder has no project; `folder` is the nearest one that has, from the working folder."""

    def __init__(self, problem: Problem, folder: str) -> None:
        self.folder = folder
        super().__init__([problem])


class StateError(ReconcilerError):
    """The state cannot be used."""


class Locked(StateError):
    """Another process holds the lease."""

    exit_code = 7
    usual_next_step = Message.of(
        "wait, or release the lock with {unlock}", unlock=Command.of("unlock")
    )


class PlatformError(ReconcilerError):
    """The platform gave another answer than expected."""

    def __init__(
        self,
        message: str | Message,
        *,
        next_step: str | Message = "",
        status: int = 0,
        code: str = "",
    ) -> None:
        self.status = status
        self.code = code
        super().__init__(message, next_step=next_step)


class AccessDenied(PlatformError):
    """The platform does not know the token (401), or the profile may not do this (403)."""

    usual_next_step = Message.of(
        "see what the token may do with {permissions}", permissions=Command.of("permissions")
    )


class RequestRefused(PlatformError):
    """The platform refused the request for its content: sent again, it would be refused again."""


class RequestTooLarge(RequestRefused):
    """The platform refused the request for its size: half of it may be accepted."""


class PlatformMismatch(PlatformError):
    """The platform at this URL is not the one that the environment is bound to."""

    usual_next_step = Message.of("check `platform:` of the environment, and RECONCILER_URL")


class Unreachable(PlatformError):
    """No usable answer: connection refused, timeout, or not the platform's API."""

    exit_code = 6
    usual_next_step = Message.of("check the URL and the network, then try again")


class Unsent(Unreachable):
    """No usable answer, and nothing was carried out: not sent, or rejected before it was read."""


class Blocked(ReconcilerError):
    """A guard blocks the plan, and no approval covers the finding."""

    exit_code = 3


class PlanRefused(ReconcilerError):
    """The plan must not be applied."""

    exit_code = 4
    usual_next_step = Message.of("plan again with {plan}", plan=Command.of("plan", "--out", "FILE"))


class PlanUnreadable(PlanRefused):
    """The plan file is truncated, edited, or of another format version."""


class PlanForged(PlanRefused):
    """The plan file is complete, and was not written with the key of this state."""


class PlanForeign(PlanRefused):
    """The plan is for another platform, project, environment or ledger."""


class PlanConsumed(PlanRefused):
    """The plan was already applied."""


class PlanStale(PlanRefused):
    """The plan was made from facts that changed since."""


class PlanUnsigned(PlanRefused):
    """The plan is not signed with a trusted key."""

    usual_next_step = Message.of(
        "sign it with a trusted key: {sign}", sign=Command.of("sign", "PLAN", "--key", "KEY.pem")
    )


class Interrupted(ReconcilerError):
    """The user stopped the command before anything was written."""

    exit_code = 130
