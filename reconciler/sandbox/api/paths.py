"""Reads a request's raw path: split on raw slashes first, decoded after, so a name may hold any.

A verb (`:usage`) is one only when its colon came unencoded on the last segment.
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
    """What a request is about: plain names, and the verb after them if there is one."""

    names: tuple[str, ...]
    verb: str | None = None

    @property
    def address(self) -> Address:
        """The names as an address."""
        return join(*self.names)


def raw_path(scope: Mapping[str, Any]) -> str:
    """The path as it came over the wire, without the query."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return quote(scope["path"])
    return raw.partition(b"?")[0].decode("ascii", "replace")


def target_of(path: str) -> Target:
    """Take a raw path below `/v1/` apart. Raises 400 for encodings that are none."""
    segments = path.removeprefix(PREFIX).split("/")
    last, colon, verb = segments[-1].rpartition(":")
    if colon and verb in VERBS and last:
        return Target((*map(_decoded, segments[:-1]), _decoded(last)), verb)
    return Target(tuple(map(_decoded, segments)))


def _decoded(segment: str) -> str:
    if "%" not in segment:
        if not segment.isascii():
            raise bad_request("bad-path", "a path is ASCII; percent-encode the rest as UTF-8")
        return segment
    try:
        return unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request("bad-path", f"'{segment}' is not percent-encoded UTF-8") from error
