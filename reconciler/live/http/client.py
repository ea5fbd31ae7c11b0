"""The request core: one exchange with the platform, tried again where that is safe.

Knows HTTP, pauses, retries and refusals; knows nothing of resources. `Client` can only get;
`WritingClient` adds the one POST there is.
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

# stamina logs each retry as a warning; without a handler Python would print it on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())

_PASSING = frozenset({429, 502, 503, 504})
_PASSING_FOR_A_GET = _PASSING | {500}
"""A write that fails with a 500 is tried again as well, but as one that may have taken effect."""
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
        """The JSON as an object. Raises PlatformError where it is none."""
        if not isinstance(self.json, dict):
            raise failures.of_shape(self.url, f"a {type(self.json).__name__}, no object")
        return self.json


class _Retryable(Exception):
    """Carries a failure that may be worth another try up to stamina."""

    def __init__(self, failure: PlatformError, *, at_pause: bool = False) -> None:
        self.failure = failure
        self.at_pause = at_pause
        super().__init__(str(failure))

    @property
    def sent(self) -> bool:
        """Whether it may have been carried out."""
        return not isinstance(self.failure, Unsent)


@dataclass(slots=True)
class _Course:
    """What has happened to one exchange so far.

    `doubtful`: an earlier attempt may have taken effect although no answer came. `may_send` is
    asked before each attempt of a write.
    """

    deadline: float
    repeatable: bool
    may_send: MaySend | None = None
    attempts: int = 0
    doubtful: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def told(self, failure: PlatformError) -> PlatformError:
        """The failure of the last attempt as that of all: a refusal does not speak for an earlier
        attempt that got no answer."""
        is_doubt = isinstance(failure, Unreachable) and not isinstance(failure, Unsent)
        if is_doubt or not self.doubtful:
            return failure
        return Unreachable(
            f"{failure}; an earlier attempt got no answer and may have taken effect",
            status=failure.status,
            code=failure.code,
        )


class Client:
    """Gets things from one platform, and cannot do anything else."""

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
        """How many requests have been sent so far, retries included."""
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
        course = _Course(deadline, repeatable, may_send, headers=headers)

        def worth_another(error: Exception) -> bool | float:
            if not isinstance(error, _Retryable) or clock() >= course.deadline:
                return False
            if error.sent and not course.repeatable:
                return False
            if not self._answered and course.attempts >= settings.first_attempts:
                return False
            # A pause is kept in the limiter, by everybody; stamina waits after other failures.
            return 0.0 if error.at_pause else True

        try:
            async for attempt in stamina.retry_context(
                on=worth_another,
                attempts=settings.attempts,
                timeout=None,
                wait_initial=settings.backoff_seconds,
                wait_max=settings.backoff_max_seconds,
                wait_jitter=settings.jitter_seconds,
            ):
                with attempt:
                    return await self._attempt(method, url, content, course)
        except _Retryable as last:
            raise course.told(last.failure) from last.__cause__
        except PlatformError as refusal:
            told = course.told(refusal)
            if told is refusal:
                raise
            raise told from refusal
        raise AssertionError("stamina either returns or raises")

    async def _attempt(
        self, method: str, url: str, content: bytes | None, course: _Course
    ) -> ApiResponse:
        left = course.deadline - self._limiter.clock()
        try:
            async with self._limiter.admission(left):
                if course.may_send is not None:
                    course.may_send()
                self._requests += 1
                course.attempts += 1
                response = await self._send(method, url, content, course)
                self._answered = True
                return self._judge(url, response, course)
        except PauseTooLong as pause:
            raise Unsent(
                f"the platform asks for a pause of another {pause.seconds:.0f} s, longer than "
                f"{self._settings.deadline_seconds:g} s: try again later",
                status=429,
            ) from pause

    async def _send(
        self, method: str, url: str, content: bytes | None, course: _Course
    ) -> httpx.Response:
        request = self._http.build_request(method, url, content=content, headers=course.headers)
        left = max(0.0, course.deadline - self._limiter.clock())
        whole = self._settings.deadline_seconds
        if course.may_send is not None:
            whole = self._settings.attempt_seconds
        try:
            async with asyncio.timeout(min(left, whole)):
                return await self._http.send(request)
        except TimeoutError as error:
            course.doubtful = course.doubtful or method != "GET"
            late = Unreachable(f"{url} did not answer whole within {whole:g} s: try again later")
            raise _Retryable(late) from error
        except AnswerTooLarge as error:
            course.doubtful = course.doubtful or method != "GET"
            raise failures.of_size(url, str(error)) from error
        except httpx.HTTPError as error:
            failure = failures.of_connection(
                error, self.base, read_seconds=self._settings.read_seconds
            )
            unsent = isinstance(failure.error, Unsent)
            course.doubtful = course.doubtful or not (unsent or method == "GET")
            if failure.passing:
                raise _Retryable(failure.error) from error
            raise failure.error from error

    def _judge(self, url: str, response: httpx.Response, course: _Course) -> ApiResponse:
        status, body = response.status_code, response.content
        if status in (_PASSING_FOR_A_GET if _is_get(response) else _PASSING):
            pause = self._pause_asked_for(response)
            if pause is not None:
                self._limiter.pause(pause)
            elif status == 429:
                self._limiter.pause(self._settings.backoff_seconds)
            failure = failures.of_status(url, status, body)
            unsent = isinstance(failure, Unsent)
            course.doubtful = course.doubtful or not (unsent or _is_get(response))
            raise _Retryable(failure, at_pause=pause is not None)
        if status == 304 and "If-None-Match" in course.headers:
            return ApiResponse(url, status, response.headers.get("ETag", ""), b"", None)
        if 300 <= status < 400:
            raise failures.of_redirect(url, response.headers.get("Location", ""))
        if _is_html(response) and status != 401:
            raise failures.of_web_page(url, status)
        if status >= 500 and not _is_get(response):
            course.doubtful = True
            raise _Retryable(failures.of_doubt(url, status, body))
        if status >= 400:
            raise failures.of_status(url, status, body)
        return self._whole(url, response, course)

    @staticmethod
    def _whole(url: str, response: httpx.Response, course: _Course) -> ApiResponse:
        """A success, if it is a 200 with JSON: any other is a part of an answer, or none."""
        status, body = response.status_code, response.content
        if status != 200:
            course.doubtful = course.doubtful or not _is_get(response)
            raise _Retryable(failures.of_part(url, status))
        try:
            json: JsonValue = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            course.doubtful = course.doubtful or not _is_get(response)
            raise _Retryable(failures.of_garbled(url, status, body)) from error
        return ApiResponse(url, status, response.headers.get("ETag", ""), body, json)

    def _pause_asked_for(self, response: httpx.Response) -> float | None:
        """Seconds a `Retry-After` asks for, given as seconds or as a date (RFC 9110, 10.2.3); a
        day at most, which is longer than anybody waits."""
        asked = response.headers.get("Retry-After", "").strip()
        if asked.isdecimal():
            return min(float(asked), _LONGEST_PAUSE_SECONDS)
        until = _http_date(asked)
        if until is None:
            return None
        now = _http_date(response.headers.get("Date", "")) or self._settings.now()
        return min(max(0.0, (until - now).total_seconds()), _LONGEST_PAUSE_SECONDS)


class WritingClient(Client):
    """Sends batches as well."""

    @property
    def attempt_seconds(self) -> float:
        """What one attempt of a write may take."""
        return self._settings.attempt_seconds

    async def post(
        self, path: str, content: bytes, *, repeatable: bool, may_send: MaySend | None
    ) -> ApiResponse:
        """`POST /v1/{path}`; tried again where `repeatable`, or where it cannot have arrived.

        Every attempt asks `may_send` when all waiting is over, so that nothing that was waited
        for can have made it wrong; what it raises ends the exchange.

        Raises Unreachable when it may have taken effect all the same; Unsent, AccessDenied and
        PlatformError when it certainly has not.
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
