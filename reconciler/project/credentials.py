"""What comes from outside a project's folder: the token, another host, where the state is, and
who is at work."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Access:
    """The token, the address that replaces the environment's, and the process's variables.

    `warn` is told, in a sentence, what is unsafe about using them.
    """

    token: str | None = None
    url: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    warn: Callable[[str], None] = _silent

    @classmethod
    def of(cls, variables: Mapping[str, str], warn: Callable[[str], None] = _silent) -> Access:
        """From RECONCILER_TOKEN, RECONCILER_URL and RECONCILER_STATE."""
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
    """Who runs this process; `uid 54321` where the machine has no name for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # by the versions of Python and the systems there are
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "somebody"
