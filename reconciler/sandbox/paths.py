"""Parses a request's raw path: split at slashes first, then decoded, so names may contain slashes.

A verb (`:usage`) counts only after an unencoded colon in the last segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from reconciler.kinds.address import Address, join
from reconciler.sandbox.problems import bad_request

PREFIX = "/v1/"
VERBS = frozenset({"usage", "rename", "copyMembers", "import", "export", "history"})


@dataclass(frozen=True, slots=True)
class Target:
    """The decoded names of a path, and its verb if it has one."""

    names: tuple[str, ...]
    verb: str | None = None

    @property
    def address(self) -> Address:
        """The address of these names."""
        return join(*self.names)


def raw_path(scope: Mapping[str, Any]) -> str:
    """The encoded path of an ASGI scope, without the query."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return quote(scope["path"])
    return raw.partition(b"?")[0].decode("ascii", "replace")


def target_of(path: str) -> Target:
    """Parse a raw path below `/v1/`. Raises 400 for an invalid encoding."""
    segments = path.removeprefix(PREFIX).split("/")
    last, colon, verb = segments[-1].rpartition(":")
    if colon and verb in VERBS and last:
        return Target((*map(_decoded, segments[:-1]), _decoded(last)), verb)
    return Target(tuple(map(_decoded, segments)))


def _decoded(segment: str) -> str:
    if "%" not in segment:
        if not segment.isascii():
            raise bad_request(
                "bad-path", "the path must be ASCII: percent-encode other characters as UTF-8"
            )
        return segment
    try:
        return unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request("bad-path", f"'{segment}' is not valid percent-encoded UTF-8") from error
