"""Reading one collection whole: page after page, unchanged while it was read, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from pydantic import JsonValue

from reconciler.errors import PlatformError
from reconciler.live.cache import PageCache
from reconciler.live.client import Answer, Client

_READINGS = 2
_STALE_TOKEN = frozenset({400, 404, 409, 410, 412})


class NotWhole(Exception):
    """A collection could not be read whole; the message says why."""


class _Torn(Exception):
    """Its pages are not of one moment."""


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

    Raises NotWhole when its pages disagree even at a second reading, and whatever `Client.get`
    raises.
    """
    reason = ""
    for _ in range(_READINGS):
        try:
            return await _read_once(client, path, page_size=page_size, cache=cache, view=view)
        except _Torn as torn:
            reason = str(torn)
            if cache is not None:
                cache.forget(path)
    raise NotWhole(f"it was read {_READINGS} times and never whole: {reason}")


async def _read_once(
    client: Client, path: str, *, page_size: int, cache: PageCache | None, view: str
) -> list[JsonValue]:
    query = [("page_size", str(page_size)), *([("view", view)] if view else [])]
    kept = cache.load(path) if cache is not None else None
    answer = await client.get(path, query, known_etag=kept.etag if kept else "")
    if answer.status == 304 and kept is not None:
        return _joined([_page(body, kept.etag, path) for body in kept.pages])
    answers, pages = [answer], [_page_of(answer)]
    seen: set[str] = set()
    while token := pages[-1].next_token:
        if token in seen:
            raise _Torn(f"page '{token}' leads back to itself")
        seen.add(token)
        answers.append(await _further(client, path, [*query, ("page_token", token)]))
        pages.append(_page_of(answers[-1]))
    items = _joined(pages)
    if cache is not None and pages[0].etag:
        cache.store(path, pages[0].etag, [each.body for each in answers])
    return items


async def _further(client: Client, path: str, query: Sequence[tuple[str, str]]) -> Answer:
    try:
        return await client.get(path, query)
    except PlatformError as error:
        if error.status in _STALE_TOKEN:
            raise _Torn(f"a further page was refused ({error})") from error
        raise


def _joined(pages: Sequence[_Page]) -> list[JsonValue]:
    first = pages[0]
    items = first.items if len(pages) == 1 else [item for page in pages for item in page.items]
    if any(page.etag != first.etag or page.total != first.total for page in pages):
        raise _Torn("it changed between its pages")
    if len(items) != first.total:
        raise _Torn(f"it holds {first.total} items and {len(items)} came")
    return items


def _page_of(answer: Answer) -> _Page:
    return _checked(answer.json, answer.etag, answer.url)


def _page(body: bytes, etag: str, path: str) -> _Page:
    return _checked(orjson.loads(body), etag, path)


def _checked(json: JsonValue, etag: str, where: str) -> _Page:
    if isinstance(json, dict):
        items, total = json.get("items"), json.get("total")
        token = json.get("next_page_token") or ""
        if isinstance(items, list) and isinstance(total, int) and isinstance(token, str):
            return _Page(items, token, total, etag)
    raise NotWhole(f"{where} is no list with items, total and next_page_token")
