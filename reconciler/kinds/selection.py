"""Selects resources by their addresses: globs, and everything below a match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate

from reconciler.kinds.address import identity


class Selection:
    """Matches addresses with globs; no globs match everything.

    A glob that matches a campaign, a level or a list includes everything below it. Case makes no
    difference, as on the platform.
    """

    def __init__(self, globs: Sequence[str]) -> None:
        self._everything = not globs
        self._literal = frozenset(identity(glob.strip("/")) for glob in globs)
        patterns = [translate(glob) for glob in sorted(self._literal)]
        self._pattern = re.compile("|".join(patterns))
        self._known: dict[str, bool] = {"": False}

    def has(self, key: str) -> bool:
        """Whether the resource of this identity is selected."""
        return self._everything or self._has(key)

    def of(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """The selected ones of these addresses."""
        return tuple(address for address in addresses if self.has(identity(address)))

    def _has(self, key: str) -> bool:
        known = self._known.get(key)
        if known is None:
            known = self._has(key.rpartition("/")[0])
            known = known or key in self._literal or self._pattern.match(key) is not None
            self._known[key] = known
        return known
