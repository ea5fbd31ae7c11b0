"""Read one collection whole, page by page; fail if it changes while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from pydantic import JsonValue

from reconciler.errors import PlatformError
from reconciler.live.http.cache import PageCache
from reconciler.live.http.client import ApiResponse, Client
from reconciler.message import NO_MESSAGE, Message, as_message

_READINGS = 2
_STALE_TOKEN = frozenset({400, 404, 409, 410, 412})
_MOST_ITEMS = 10_000_000
_MOST_PAGES = 10_000
_MOST_EMPTY_PAGES = 5


class NotWhole(Exception):
    """A collection could not be read whole; the message is the reason."""

    def __init__(self, message: str | Message) -> None:
        self.message = as_message(message)
        super().__init__(message)


class _PagesDisagree(NotWhole):
    """The pages are from different moments."""


@dataclass(frozen=True, slots=True)
class _Page:
    items: list[JsonValue]
    next_token: str
    total: int
    etag: str


async def read_whole(
    client: Client,
    path: str,
    *,
    page_size: int,
    cache: PageCache | None = None,
    view: str = "",
) -> list[JsonValue]:
    """Every item of a collection.

    Raises NotWhole when the pages disagree twice, and the errors of `Client.get`.
    """
    reason = NO_MESSAGE
    for _ in range(_READINGS):
        try:
            return await _read_once(client, path, page_size=page_size, cache=cache, view=view)
        except _PagesDisagree as torn:
            reason = torn.message
            if cache is not None:
                cache.forget(path)
    raise NotWhole(
        Message.of(
            "it was read {count} times and never whole: {reason}", count=_READINGS, reason=reason
        )
    )


@dataclass(slots=True)
class PageTokens:
    """The page tokens of one reading; detects tokens that repeat, and empty pages without end."""

    _seen: set[str] = field(default_factory=set)
    _empty: int = 0

    def why_stop(self, token: str, items: Sequence[JsonValue]) -> str:
        """Why to stop before `token`, after a page with these items; "" to continue."""
        if token in self._seen:
            return f"page '{token}' leads back to itself"
        self._seen.add(token)
        self._empty = 0 if items else self._empty + 1
        if self._empty > _MOST_EMPTY_PAGES:
            return f"{self._empty} pages in a row hold nothing, and another follows"
        if len(self._seen) > _MOST_PAGES:
            return f"more than {_MOST_PAGES:,} pages follow"
        return ""


class _Reading:
    """The pages of a collection so far; fails as soon as they cannot be complete."""

    def __init__(self) -> None:
        self._pages: list[_Page] = []
        self._count = 0

    def add(self, page: _Page) -> None:
        """One more page. Raises _PagesDisagree, NotWhole."""
        self._pages.append(page)
        self._count += len(page.items)
        first = self._pages[0]
        if not 0 <= page.total <= _MOST_ITEMS:
            raise NotWhole(f"it reports {page.total} items")
        if page.etag != first.etag or page.total != first.total:
            raise _PagesDisagree("it changed between its pages")
        if self._count > first.total:
            raise _PagesDisagree(f"it has {first.total} items, and more were sent")

    def whole(self) -> list[JsonValue]:
        """Every item. Raises _PagesDisagree when items are missing."""
        total = self._pages[0].total
        if self._count != total:
            raise _PagesDisagree(f"it has {total} items, and {self._count} were sent")
        if len(self._pages) == 1:
            return self._pages[0].items
        return [item for page in self._pages for item in page.items]


async def _read_once(
    client: Client, path: str, *, page_size: int, cache: PageCache | None, view: str
) -> list[JsonValue]:
    query = [("page_size", str(page_size)), *([("view", view)] if view else [])]
    kept = cache.load(path) if cache is not None else None
    answer = await client.get(path, query, known_etag=kept.etag if kept else "")
    reading = _Reading()
    if answer.status == 304 and kept is not None:
        for body in kept.pages:
            reading.add(_page(orjson.loads(body), kept.etag, path))
        return reading.whole()
    answers, tokens = [answer], PageTokens()
    page = _page(answer.json, answer.etag, answer.url)
    reading.add(page)
    while token := page.next_token:
        why = tokens.why_stop(token, page.items)
        if why:
            raise _PagesDisagree(why)
        answer = await _further(client, path, [*query, ("page_token", token)])
        answers.append(answer)
        page = _page(answer.json, answer.etag, answer.url)
        reading.add(page)
    items = reading.whole()
    if cache is not None and page.etag:
        cache.store(path, page.etag, [each.body for each in answers])
    return items


async def _further(client: Client, path: str, query: Sequence[tuple[str, str]]) -> ApiResponse:
    try:
        return await client.get(path, query)
    except PlatformError as error:
        if error.status in _STALE_TOKEN:
            refused = Message.of("a further page was refused ({error})", error=error.message)
            raise _PagesDisagree(refused) from error
        raise


def _page(json: JsonValue, etag: str, where: str) -> _Page:
    if isinstance(json, dict):
        items, total = json.get("items"), json.get("total")
        token = json.get("next_page_token") or ""
        if isinstance(items, list) and isinstance(total, int) and isinstance(token, str):
            return _Page(items, token, total, etag)
    raise NotWhole(f"{where} is not a list with items, total and next_page_token")
