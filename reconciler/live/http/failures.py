"""Turn httpx's exceptions and HTTP answers into this package's errors, with the next step."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

import httpx
import orjson
from pydantic import JsonValue

from reconciler.errors import (
    AccessDenied,
    PlatformError,
    RequestRefused,
    RequestTooLarge,
    Unreachable,
    Unsent,
)
from reconciler.kinds.registry import quote
from reconciler.live.platform import Answer
from reconciler.message import NO_MESSAGE, Argument, FreeText, Message

CHECK_URL = "check RECONCILER_URL, or the environment's url"
NOT_SEEN = frozenset({403, 404})
"""The statuses of what does not exist, or may not be viewed."""

_EXCERPT = 200
_ANSWERS = {404: Answer.GONE, 412: Answer.CHANGED}
_UNCERTAIN = frozenset({429, 500, 502, 503, 504})
"""Statuses of one operation that leave open whether it took effect."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of the connection: its error, and whether it may be temporary.

    The error is Unsent when the platform cannot have received the request.
    """

    error: Unreachable
    temporary: bool = True


def of_connection(error: httpx.HTTPError, base: str, *, read_seconds: float) -> Failure:
    """The failure for an exception of httpx."""
    causes = _causes(error)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return _of_connecting(error, causes, base)
    if isinstance(error, httpx.TimeoutException):
        text = f"{base} did not answer within {read_seconds:g} s"
        return Failure(Unreachable(text, next_step="try again later"))
    if isinstance(error, httpx.UnsupportedProtocol):
        text = f"{base} is not an http address"
        return Failure(Unsent(text, next_step=CHECK_URL), temporary=False)
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        text = f"{base} interrupted its answer, or is not an HTTP server ({error})"
        return Failure(Unreachable(text, next_step=f"{CHECK_URL}, and try again"))
    text = f"the connection to {base} broke before an answer came ({_words(error)})"
    tip = "is it https, not http?" if base.startswith("http:") else "try again"
    return Failure(Unreachable(text, next_step=tip))


def _of_connecting(error: Exception, causes: list[BaseException], base: str) -> Failure:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            text = f"{base} has a certificate that is not trusted ({_words(cause)})"
            tip = "check the host's name; for a private certificate authority, set SSL_CERT_FILE"
            return Failure(Unsent(text, next_step=tip), temporary=False)
        if isinstance(cause, ssl.SSLError):
            text = f"{base} does not answer TLS as expected ({_words(cause)})"
            return Failure(Unsent(text, next_step="is it http, not https?"), temporary=False)
        if isinstance(cause, socket.gaierror):
            text = f"the host name '{httpx.URL(base).host}' is not known (DNS)"
            return Failure(Unsent(text, next_step=f"{CHECK_URL}, and the network"))
        if isinstance(cause, ConnectionRefusedError) or "All connection attempts" in str(cause):
            text = f"nothing answers at {base}: the connection is refused"
            tip = f"make sure that the platform runs, and {CHECK_URL}"
            return Failure(Unsent(text, next_step=tip))
    if isinstance(error, httpx.ConnectTimeout):
        text = f"{base} cannot be reached in time"
        return Failure(Unsent(text, next_step=f"{CHECK_URL}, and the network or firewall"))
    text = f"{base} cannot be reached ({_words(error)})"
    return Failure(Unsent(text, next_step=f"{CHECK_URL}, and the network"))


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or cause in found:
            continue
        found.append(cause)
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
    return found


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def of_redirect(url: str, location: str) -> Unreachable:
    """The error for a redirect, which is never followed: the token is for one host only."""
    return Unreachable(
        Message.of(
            "{url} redirects to {location}, and the token is sent to the configured host only",
            url=FreeText(url),
            location=FreeText(location or "nowhere"),
        ),
        next_step=CHECK_URL,
    )


def of_web_page(url: str, status: int) -> Unreachable:
    """The error for HTML instead of JSON."""
    return Unreachable(
        Message.of("{url} answers with a web page, not with the platform's API", url=FreeText(url)),
        next_step=CHECK_URL,
        status=status,
    )


def of_late_answer(url: str, seconds: float) -> Unreachable:
    """The error for an answer that took too long; a write may have taken effect."""
    return Unreachable(
        Message.of(
            "{url} did not answer completely within {seconds} s",
            url=FreeText(url),
            seconds=f"{seconds:g}",
        ),
        next_step="try again later",
    )


def of_size(url: str, what: str) -> Unreachable:
    """The error for an answer that was too large to read; a write may have taken effect."""
    return Unreachable(
        Message.of(
            "{url} answers with {what}, and was not read completely", url=FreeText(url), what=what
        ),
        next_step=CHECK_URL,
    )


def of_part(url: str, status: int) -> Unreachable:
    """The error for a success other than 200: part of an answer, or none."""
    return Unreachable(
        Message.of(
            "{url} answers with {status}, which is not a complete answer",
            url=FreeText(url),
            status=status,
        ),
        next_step=f"{CHECK_URL}, and any proxy or cache",
        status=status,
    )


def of_garbled(url: str, status: int, body: bytes) -> Unreachable:
    """The error for an answer that is not JSON."""
    start = body[:_EXCERPT].decode("utf-8", "replace")
    return Unreachable(
        Message.of(
            "{url} returned an answer that is not JSON, or is incomplete: {start}",
            url=FreeText(url),
            start=quote(start, _place_of(url)),
        )
        if body
        else Message.of("{url} returned an empty answer", url=FreeText(url)),
        next_step=f"{CHECK_URL}, and try again",
        status=status,
    )


def of_shape(url: str, what: Message) -> PlatformError:
    """The error for JSON of another shape than expected."""
    return PlatformError(
        Message.of(
            "{url} does not answer like the platform's API ({what})", url=FreeText(url), what=what
        ),
        next_step=f"{CHECK_URL}, and that this version of reconciler supports the platform's",
        code="shape",
    )


def of_status(url: str, status: int, body: bytes) -> PlatformError:
    """The error for a status of 400 or more."""
    code, said = problem_of(body)
    arguments: dict[str, Argument] = {
        "url": FreeText(url),
        "status": status,
        "detail": after_colon(said, _place_of(url)),
    }
    if status == 401:
        message = Message("the platform does not know this token{detail}", arguments)
        return AccessDenied(message, next_step="check RECONCILER_TOKEN", status=status, code=code)
    if status == 403:
        place = "{detail}" if said else " ({url})"
        message = Message(f"the token's profile may not do this{place}", arguments)
        return AccessDenied(message, status=status, code=code)
    if status in (429, 502, 503, 504):
        what = "has had too many requests" if status == 429 else "is not available"
        message = Message(f"the platform {what} ({{status}} from {{url}}{{detail}})", arguments)
        error = Unsent if status == 429 else Unreachable
        return error(message, next_step="try again later", status=status, code=code)
    refused: type[PlatformError] = PlatformError
    if 400 <= status < 500:
        refused = RequestTooLarge if status == 413 else RequestRefused
    message = Message("the platform refused {url} ({status}){detail}", arguments)
    return refused(message, status=status, code=code)


def after_colon(said: str, about: str = "") -> Message:
    """The platform's sentence about an address, after a colon; empty without a sentence."""
    return Message.of(": {said}", said=quote(said, about)) if said else NO_MESSAGE


def answer_of(status: int) -> Answer:
    """The meaning of the status of one operation in a batch."""
    if 200 <= status < 300:
        return Answer.DONE
    if status in _UNCERTAIN:
        return Answer.UNCERTAIN
    return _ANSWERS.get(status, Answer.REFUSED)


def of_doubt(url: str, status: int, body: bytes) -> Unreachable:
    """The error for a server error after a write, which may have taken effect."""
    code, said = problem_of(body)
    return Unreachable(
        Message.of(
            "the platform failed with {status} at {url}{detail}; what took effect is unknown",
            status=status,
            url=FreeText(url),
            detail=after_colon(said, _place_of(url)),
        ),
        status=status,
        code=code,
    )


def _place_of(url: str) -> str:
    """The address of what a URL of the API is about."""
    return url.partition("/v1/")[2].partition("?")[0]


def problem_of(body: bytes) -> tuple[str, str]:
    """The code and the sentence of a problem+json body; empty for another body."""
    try:
        problem: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    return problem_words(problem)


def problem_words(problem: JsonValue) -> tuple[str, str]:
    """A problem's code, and its detail with the fields of its errors."""
    if not isinstance(problem, dict):
        return "", ""
    said = str(problem.get("detail") or problem.get("title") or "")
    errors = problem.get("errors")
    fields = [
        f"{one.get('path')}: {one.get('message')}" if one.get("path") else str(one.get("message"))
        for one in (errors if isinstance(errors, list) else ())
        if isinstance(one, dict) and str(one.get("message")) not in said
    ]
    if fields:
        said = f"{said} ({'; '.join(fields)})" if said else "; ".join(fields)
    return str(problem.get("code") or ""), said
