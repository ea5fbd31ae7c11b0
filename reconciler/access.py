"""What comes from outside a project's folder: the token, another host, and where the state is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Access:
    """The token, the address that replaces the environment's, and the process's variables."""

    token: str | None = None
    url: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Access:
        """From RECONCILER_TOKEN, RECONCILER_URL and RECONCILER_STATE."""
        return cls(
            token=variables.get("RECONCILER_TOKEN"),
            url=variables.get("RECONCILER_URL") or None,
            variables=variables,
        )
