"""What comes from the environment of the process: token, platform URL, state, and user."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.state.lease import Claim
from reconciler.state.processes import this_process_mark


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Access:
    """The token, the URL that replaces the environment's, and the process's variables.

    `warn` gets one sentence about each unsafe use of them.
    """

    token: str | None = None
    url: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    warn: Callable[[str], None] = _silent

    @classmethod
    def of(cls, variables: Mapping[str, str], warn: Callable[[str], None] = _silent) -> Access:
        """Access with RECONCILER_TOKEN and RECONCILER_URL; RECONCILER_STATE names the state."""
        return cls(
            token=variables.get("RECONCILER_TOKEN"),
            url=variables.get("RECONCILER_URL") or None,
            variables=variables,
            warn=warn,
        )

    @classmethod
    def of_environment(cls, variables: Mapping[str, str], environment: str) -> Access:
        """The token of one environment, for commands that read several platforms."""
        return cls(token=variables.get(token_variable(environment)), variables=variables)


def token_variable(environment: str) -> str:
    """The variable with an environment's token: `RECONCILER_TOKEN_EU_PROD` for `eu-prod`."""
    name = "".join(letter if letter.isalnum() else "_" for letter in environment)
    return f"RECONCILER_TOKEN_{name.upper()}"


def user_name() -> str:
    """The user of this process; `uid 54321` when the machine has no name for the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # which one depends on Python and the system
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def claim_of_process(operation: str) -> Claim:
    """What this process asks for a lease with."""
    return Claim(user_name(), socket.gethostname(), os.getpid(), operation, this_process_mark())
