"""File names for names that people chose: plain ASCII, safe on every system, unique."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

_LONGEST = 60
_DIGITS = 8
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
_UNDECOMPOSED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i"}
)


def file_stems(names: Iterable[str], noun: str) -> Mapping[str, str]:
    """A unique file name, without its ending, for each name; case makes no difference.

    The result depends only on the set of names. Names with the same plain form, or none (then
    `noun` is used), get a part of their SHA-256.
    """
    by_plain: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        by_plain.setdefault(_plain(name), []).append(name)
    result: dict[str, str] = {}
    for plain, own in by_plain.items():
        if plain and len(own) == 1 and plain not in _RESERVED:
            result[own[0]] = plain
    taken = set(result.values())
    for plain, own in by_plain.items():
        for name in own:
            if name not in result:
                result[name] = _with_digest(plain or noun, name, taken)
                taken.add(result[name])
    return result


def _plain(name: str) -> str:
    folded = name.casefold().translate(_UNDECOMPOSED)
    ascii_only = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return _BETWEEN_WORDS.sub("-", ascii_only).strip("-")[:_LONGEST].rstrip("-")


def _with_digest(stem: str, name: str, taken: set[str]) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    digits = _DIGITS
    while f"{stem}-{digest[:digits]}" in taken:
        digits += 1
    return f"{stem}-{digest[:digits]}"
