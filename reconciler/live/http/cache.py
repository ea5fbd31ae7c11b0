"""A disk cache of collections: an unchanged collection costs a 304 and a parse.

A file for each collection: a line of JSON, then the pages. Only its owner may read it. Its name is
a hash of platform, address and token, so it never serves another of these. A file that cannot be
read, or is damaged, is ignored.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import JsonValue

from reconciler.atomic_files import replace_file

_FORMAT = 1
_SUFFIX = ".pages"
_KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class CachedPages:
    """The pages of a collection, and their ETag."""

    etag: str
    pages: tuple[bytes, ...]


class PageCache:
    """The cached pages of one platform's collections for one token."""

    def __init__(self, directory: Path, *, base: str, platform: str, version: str, token: str):
        self._directory = directory
        token_digest = hashlib.sha256(token.encode()).hexdigest()
        self._owner = "\0".join([base, platform, version, token_digest])

    def _file(self, collection: str) -> Path:
        key = hashlib.sha256(f"{self._owner}\0{collection}".encode()).hexdigest()
        return self._directory / f"{key[:40]}{_SUFFIX}"

    def load(self, collection: str) -> CachedPages | None:
        """The cached pages of a collection; None when missing or damaged."""
        file = self._file(collection)
        try:
            header, _, content = file.read_bytes().partition(b"\n")
            os.utime(file)
            return _unpacked(orjson.loads(header), content, collection)
        except (OSError, ValueError):
            return None

    def store(self, collection: str, etag: str, pages: Sequence[bytes]) -> None:
        """Cache pages; a failed write is not an error."""
        content = b"".join(pages)
        header = orjson.dumps(
            {
                "format": _FORMAT,
                "collection": collection,
                "etag": etag,
                "lengths": [len(page) for page in pages],
                "digest": _digest(content),
            }
        )
        with contextlib.suppress(OSError):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._file(collection), header + b"\n" + content, durable=False)

    def forget(self, collection: str) -> None:
        """Delete the cached pages of a collection."""
        with contextlib.suppress(OSError):
            self._file(collection).unlink(missing_ok=True)

    def prune(self) -> None:
        """Delete files that were not used for a month, of any platform or token."""
        oldest = time.time() - _KEPT_SECONDS
        with contextlib.suppress(OSError):
            for file in sorted(self._directory.glob(f"*{_SUFFIX}")):
                if file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)


def _unpacked(header: JsonValue, content: bytes, collection: str) -> CachedPages | None:
    if not isinstance(header, dict):
        return None
    etag, lengths = header.get("etag"), header.get("lengths")
    if header.get("format") != _FORMAT or header.get("collection") != collection:
        return None
    if not isinstance(etag, str) or not isinstance(lengths, list):
        return None
    if header.get("digest") != _digest(content):
        return None
    pages: list[bytes] = []
    start = 0
    for length in lengths:
        if not isinstance(length, int):
            return None
        pages.append(content[start : start + length])
        start += length
    return CachedPages(etag, tuple(pages)) if pages and start == len(content) else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
