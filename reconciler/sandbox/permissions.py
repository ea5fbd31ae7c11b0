"""Profiles grant rights per section; each token belongs to a user with one profile.

The default tokens are public constants: a sandbox protects no secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from reconciler.kinds.registry import KINDS
from reconciler.sandbox.problems import Refusal

SECTIONS = tuple(dict.fromkeys(kind.permission_section for kind in KINDS))
RIGHTS = ("view", "create", "update", "delete", "import", "export")

ADMIN_TOKEN = "sandbox-admin"  # noqa: S105
CI_TOKEN = "sandbox-ci"  # noqa: S105
VIEWER_TOKEN = "sandbox-viewer"  # noqa: S105

ProfileSpec = Mapping[str, list[str]]
"""Rights by section. The section `*` means all other sections; the right `*` means all rights."""


class TokenSpec(TypedDict):
    """The user and profile of a token."""

    user: str
    profile: str


DEFAULT_PROFILES: Mapping[str, ProfileSpec] = {
    "administrator": {"*": ["*"]},
    "deployment": {"*": ["view", "create", "update", "delete"]},
    "viewer": {"*": ["view"]},
}
DEFAULT_TOKENS: Mapping[str, TokenSpec] = {
    ADMIN_TOKEN: {"user": "admin", "profile": "administrator"},
    CI_TOKEN: {"user": "ci", "profile": "deployment"},
    VIEWER_TOKEN: {"user": "viewer", "profile": "viewer"},
}


class BadTokens(ValueError):
    """Malformed tokens; the message does not contain any token."""


def token_specs(given: object) -> Mapping[str, TokenSpec]:
    """Check tokens from JSON. Raises BadTokens."""
    if not isinstance(given, Mapping):
        raise BadTokens(
            'tokens must be an object: {"secret": {"user": "ana", "profile": "viewer"}}'
        )
    return {str(token): _token_spec(spec) for token, spec in given.items()}


def _token_spec(spec: object) -> TokenSpec:
    if isinstance(spec, Mapping):
        user, profile = spec.get("user"), spec.get("profile")
        if isinstance(user, str) and isinstance(profile, str):
            return TokenSpec(user=user, profile=profile)
    raise BadTokens('each token needs a user and a profile: {"user": "ana", "profile": "viewer"}')


@dataclass(frozen=True, slots=True)
class Caller:
    """A user, their profile, and its rights by section."""

    user: str
    profile: str
    rights: Mapping[str, frozenset[str]]

    def may(self, section: str, right: str) -> bool:
        """Whether the profile grants a right on a section."""
        return right in self.rights[section]

    def require(self, section: str, right: str) -> None:
        """Raise the 403 that names the missing right."""
        if not self.may(section, right):
            raise Refusal(
                403,
                "forbidden",
                f"the profile '{self.profile}' of {self.user} lacks {right} on {section}",
                extra={"section": section, "right": right},
            )

    def permissions(self) -> dict[str, list[str]]:
        """The rights by section, in display order."""
        return {
            section: [right for right in RIGHTS if right in self.rights[section]]
            for section in SECTIONS
        }


class Access:
    """Finds callers by token. Raises ValueError for a token with an unknown profile."""

    def __init__(
        self, profiles: Mapping[str, ProfileSpec], tokens: Mapping[str, TokenSpec]
    ) -> None:
        granted = {name: _rights(name, spec) for name, spec in profiles.items()}
        self._callers: dict[str, Caller] = {}
        for token, spec in tokens.items():
            if spec["profile"] not in granted:
                raise ValueError(
                    f"a token of {spec['user']} has the unknown profile "
                    f"'{spec['profile']}': there are {', '.join(granted)}"
                )
            self._callers[token] = Caller(spec["user"], spec["profile"], granted[spec["profile"]])

    def caller(self, authorization: str | None) -> Caller:
        """The caller of an `Authorization` header. Raises the 401."""
        scheme, _, token = (authorization or "").partition(" ")
        caller = self._callers.get(token.strip()) if scheme.lower() == "bearer" else None
        if caller is None:
            why = "no bearer token was sent" if not authorization else "the token is unknown"
            raise Refusal(
                401, "unauthenticated", why, headers={"WWW-Authenticate": 'Bearer realm="sandbox"'}
            )
        return caller


def _rights(name: str, spec: ProfileSpec) -> dict[str, frozenset[str]]:
    unknown = [section for section in spec if section not in (*SECTIONS, "*")]
    unknown += [
        right for rights in spec.values() for right in rights if right not in (*RIGHTS, "*")
    ]
    if unknown:
        raise ValueError(
            f"the profile '{name}' names unknown sections or rights: {', '.join(unknown)}"
        )
    granted = {}
    for section in SECTIONS:
        rights = spec.get(section, spec.get("*", []))
        granted[section] = frozenset(RIGHTS if "*" in rights else rights)
    return granted
