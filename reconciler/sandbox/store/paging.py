"""Keyset pages: each page starts after the last sequence number of the previous page."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from reconciler.sandbox.problems import bad_request

MAX_PAGE_SIZE = 5000
DEFAULT_PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The requested page: its size, and the last sequence number of the previous page."""

    size: int = DEFAULT_PAGE_SIZE
    after: int | None = None


def page_request(query: Mapping[str, str]) -> PageRequest:
    """Parse `page_size` and `page_token`. Raises 400 for invalid values."""
    text = query.get("page_size")
    size = DEFAULT_PAGE_SIZE
    if text is not None:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= MAX_PAGE_SIZE:
            raise bad_request(
                "bad-page-size", f"page_size must be 1 to {MAX_PAGE_SIZE}, not '{text}'"
            )
        size = int(text)
    token = query.get("page_token")
    return PageRequest(size, None if token is None else _after(token))


def _after(token: str) -> int:
    try:
        text = urlsafe_b64decode(token.encode("ascii")).decode("ascii")
    except ValueError:
        text = ""
    given = re.fullmatch(r"after:([0-9]{1,18})", text)
    if given is None:
        raise bad_request("bad-page-token", "this page_token is not from this sandbox")
    return int(given[1])


def page_body(rows: Sequence[tuple[int, bytes]], page: PageRequest, total: int) -> bytes:
    """A page as JSON. One row more than the page size means that another page follows."""
    shown = rows[: page.size]
    token = b"null"
    if len(rows) > page.size:
        token = b'"' + urlsafe_b64encode(f"after:{shown[-1][0]}".encode()) + b'"'
    items = b",".join([body for _, body in shown])
    return b'{"items":[%b],"next_page_token":%b,"total":%b}' % (items, token, orjson.dumps(total))
