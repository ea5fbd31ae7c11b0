"""One HTTP exchange with the platform, repeated where that is safe.

It handles HTTP, pauses, retries and refusals, and knows no resources. `Client` can only GET;
`WritingClient` adds the one POST.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import httpx
import orjson
import stamina
from pydantic import JsonValue

from reconciler.errors import PlatformError, Unreachable, Unsent
from reconciler.live.http import failures
from reconciler.live.http.limiter import Limiter, PauseTooLong
from reconciler.live.http.settings import HttpSettings
from reconciler.live.http.transport import AnswerTooLarge
from reconciler.live.platform import MaySend
from reconciler.message import Message

# stamina logs each retry as a warning; without a handler Python would print it on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())

_TEMPORARY = frozenset({429, 502, 503, 504})
_TEMPORARY_FOR_GET = _TEMPORARY | {500}
"""A write that fails with a 500 is repeated too, but it may have taken effect."""
_LONGEST_PAUSE_SECONDS = 86_400.0
_HTML_STARTS = (b"<!", b"<h", b"<H", b"<?")

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A 200 with its JSON, or a 304 with None."""

    url: str
    status: int
    etag: str
    body: bytes
    json: JsonValue

    def mapping(self) -> Mapping[str, JsonValue]:
        """The JSON as an object. Raises PlatformError when it is not an object."""
        if not isinstance(self.json, dict):
            what = Message.of("a {type}, not an object", type=type(self.json).__name__)
            raise failures.of_shape(self.url, what)
        return self.json


class _Retryable(Exception):
    """Passes a failure that may be temporary to stamina."""

    def __init__(self, failure: PlatformError, *, at_pause: bool = False) -> None:
        self.failure = failure
        self.at_pause = at_pause
        super().__init__(str(failure))

    @property
    def sent(self) -> bool:
        """Whether it may have been carried out."""
        return not isinstance(self.failure, Unsent)


@dataclass(slots=True)
class _Exchange:
    """The state of one exchange so far.

    `doubtful`: an earlier attempt may have taken effect without an answer. `may_send` is called
    before each attempt of a write.
    """

    deadline: float
    repeatable: bool
    may_send: MaySend | None = None
    attempts: int = 0
    doubtful: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def outcome(self, failure: PlatformError) -> PlatformError:
        """The failure of the whole exchange, given the failure of its last attempt.

        A refusal says nothing about an earlier attempt that got no answer.
        """
        is_doubt = isinstance(failure, Unreachable) and not isinstance(failure, Unsent)
        if is_doubt or not self.doubtful:
            return failure
        return Unreachable(
            Message.of(
                "{failure}; an earlier attempt got no answer and may have taken effect",
                failure=failure.message,
            ),
            next_step=failure.next_step,
            status=failure.status,
            code=failure.code,
        )


class Client:
    """Sends GET requests to one platform, and no others."""

    def __init__(
        self, http: httpx.AsyncClient, base: str, *, limiter: Limiter, settings: HttpSettings
    ) -> None:
        self.base = base
        self._http = http
        self._limiter = limiter
        self._settings = settings
        self._requests = 0
        self._answered = False

    @property
    def requests(self) -> int:
        """The number of requests sent so far, with retries."""
        return self._requests

    async def get(self, path: str, query: Query = (), *, known_etag: str = "") -> ApiResponse:
        """`GET /v1/{path}`, where `path` is already encoded; 304 only for a known ETag.

        Raises AccessDenied, Unreachable, PlatformError.
        """
        headers = {"If-None-Match": known_etag} if known_etag else {}
        return await self._exchange("GET", self._url(path, query), headers=headers, content=None)

    def _url(self, path: str, query: Query = ()) -> str:
        return f"{self.base}/v1/{path}" + (f"?{urlencode(query)}" if query else "")

    async def _exchange(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes | None,
        repeatable: bool = True,
        may_send: MaySend | None = None,
    ) -> ApiResponse:
        settings, clock = self._settings, self._limiter.clock
        deadline = clock() + settings.deadline_seconds
        exchange = _Exchange(deadline, repeatable, may_send, headers=headers)

        def should_retry(error: Exception) -> bool | float:
            if not isinstance(error, _Retryable) or clock() >= exchange.deadline:
                return False
            if error.sent and not exchange.repeatable:
                return False
            if not self._answered and exchange.attempts >= settings.first_attempts:
                return False
            # The limiter keeps a pause for all requests; stamina waits after other failures.
            return 0.0 if error.at_pause else True

        try:
            async for attempt in stamina.retry_context(
                on=should_retry,
                attempts=settings.attempts,
                timeout=None,
                wait_initial=settings.backoff_seconds,
                wait_max=settings.backoff_max_seconds,
                wait_jitter=settings.jitter_seconds,
            ):
                with attempt:
                    return await self._attempt(method, url, content, exchange)
        except _Retryable as last:
            raise exchange.outcome(last.failure) from last.__cause__
        except PlatformError as refusal:
            failure = exchange.outcome(refusal)
            if failure is refusal:
                raise
            raise failure from refusal
        raise AssertionError("stamina either returns or raises")

    async def _attempt(
        self, method: str, url: str, content: bytes | None, exchange: _Exchange
    ) -> ApiResponse:
        left = exchange.deadline - self._limiter.clock()
        try:
            async with self._limiter.admission(left):
                if exchange.may_send is not None:
                    exchange.may_send()
                self._requests += 1
                exchange.attempts += 1
                response = await self._send(method, url, content, exchange)
                self._answered = True
                return self._judge(url, response, exchange)
        except PauseTooLong as pause:
            raise Unsent(
                f"the platform asks for a pause of another {pause.seconds:.0f} s, longer than "
                f"{self._settings.deadline_seconds:g} s",
                next_step="try again later",
                status=429,
            ) from pause

    async def _send(
        self, method: str, url: str, content: bytes | None, exchange: _Exchange
    ) -> httpx.Response:
        request = self._http.build_request(method, url, content=content, headers=exchange.headers)
        left = max(0.0, exchange.deadline - self._limiter.clock())
        whole = self._settings.deadline_seconds
        if exchange.may_send is not None:
            whole = self._settings.attempt_seconds
        try:
            async with asyncio.timeout(min(left, whole)):
                return await self._http.send(request)
        except TimeoutError as error:
            exchange.doubtful = exchange.doubtful or method != "GET"
            raise _Retryable(failures.of_late_answer(url, whole)) from error
        except AnswerTooLarge as error:
            exchange.doubtful = exchange.doubtful or method != "GET"
            raise failures.of_size(url, str(error)) from error
        except httpx.HTTPError as error:
            failure = failures.of_connection(
                error, self.base, read_seconds=self._settings.read_seconds
            )
            unsent = isinstance(failure.error, Unsent)
            exchange.doubtful = exchange.doubtful or not (unsent or method == "GET")
            if failure.temporary:
                raise _Retryable(failure.error) from error
            raise failure.error from error

    def _judge(self, url: str, response: httpx.Response, exchange: _Exchange) -> ApiResponse:
        status, body = response.status_code, response.content
        if status in (_TEMPORARY_FOR_GET if _is_get(response) else _TEMPORARY):
            pause = self._retry_after(response)
            if pause is not None:
                self._limiter.pause(pause)
            elif status == 429:
                self._limiter.pause(self._settings.backoff_seconds)
            failure = failures.of_status(url, status, body)
            unsent = isinstance(failure, Unsent)
            exchange.doubtful = exchange.doubtful or not (unsent or _is_get(response))
            raise _Retryable(failure, at_pause=pause is not None)
        if status == 304 and "If-None-Match" in exchange.headers:
            return ApiResponse(url, status, response.headers.get("ETag", ""), b"", None)
        if 300 <= status < 400:
            raise failures.of_redirect(url, response.headers.get("Location", ""))
        if _is_html(response) and status != 401:
            raise failures.of_web_page(url, status)
        if status >= 500 and not _is_get(response):
            exchange.doubtful = True
            raise _Retryable(failures.of_doubt(url, status, body))
        if status >= 400:
            raise failures.of_status(url, status, body)
        return self._whole(url, response, exchange)

    @staticmethod
    def _whole(url: str, response: httpx.Response, exchange: _Exchange) -> ApiResponse:
        """A 200 with JSON. Any other success is part of an answer, or none: it is repeated."""
        status, body = response.status_code, response.content
        if status != 200:
            exchange.doubtful = exchange.doubtful or not _is_get(response)
            raise _Retryable(failures.of_part(url, status))
        try:
            json: JsonValue = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            exchange.doubtful = exchange.doubtful or not _is_get(response)
            raise _Retryable(failures.of_garbled(url, status, body)) from error
        return ApiResponse(url, status, response.headers.get("ETag", ""), body, json)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """The seconds of a `Retry-After`, which is a number or a date (RFC 9110); at most a day."""
        asked = response.headers.get("Retry-After", "").strip()
        if asked.isdecimal():
            return min(float(asked), _LONGEST_PAUSE_SECONDS)
        until = _http_date(asked)
        if until is None:
            return None
        now = _http_date(response.headers.get("Date", "")) or self._settings.now()
        return min(max(0.0, (until - now).total_seconds()), _LONGEST_PAUSE_SECONDS)


class WritingClient(Client):
    """Sends batches too."""

    @property
    def attempt_seconds(self) -> float:
        """The longest time of one attempt of a write."""
        return self._settings.attempt_seconds

    async def post(
        self, path: str, content: bytes, *, repeatable: bool, may_send: MaySend | None
    ) -> ApiResponse:
        """`POST /v1/{path}`; repeated if `repeatable`, or if it cannot have arrived.

        Every attempt calls `may_send` after all waiting; an error that it raises ends the exchange.

        Raises Unreachable when the request may have taken effect; Unsent, AccessDenied or
        PlatformError when it has not.
        """
        headers = {"Content-Type": "application/json"}
        return await self._exchange(
            "POST",
            self._url(path),
            headers=headers,
            content=content,
            repeatable=repeatable,
            may_send=may_send,
        )


def _is_get(response: httpx.Response) -> bool:
    return response.request.method == "GET"


def _is_html(response: httpx.Response) -> bool:
    kind = response.headers.get("Content-Type", "")
    return "html" in kind or response.content.lstrip()[:2] in _HTML_STARTS


def _http_date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else None
