"""What a failed exchange is called, in words that say what to do next.

From httpx's exceptions and from HTTP answers to this package's error tree. Not here: whether a
failure is worth another try beyond what the failure itself tells.
"""

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
    quoted,
)
from reconciler.live.platform import Answer

CHECK_URL = "check RECONCILER_URL, or the environment's url"
NOT_SEEN = frozenset({403, 404})
"""What is gone, and what the profile may not view."""

_EXCERPT = 200
_ANSWERS = {404: Answer.GONE, 412: Answer.CHANGED}
_UNCERTAIN = frozenset({429, 500, 502, 503, 504})
"""Statuses of one operation that leave open whether it took effect."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of the connection: its error, Unsent where the platform cannot have got the
    request, and whether it may pass."""

    error: Unreachable
    passing: bool = True


def of_connection(error: httpx.HTTPError, base: str, *, read_seconds: float) -> Failure:
    """What a failure of the connection means."""
    causes = _causes(error)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return _of_connecting(error, causes, base)
    if isinstance(error, httpx.TimeoutException):
        return Failure(
            Unreachable(f"{base} did not answer within {read_seconds:g} s: try again later")
        )
    if isinstance(error, httpx.UnsupportedProtocol):
        return Failure(Unsent(f"{base} is no http address: {CHECK_URL}"), passing=False)
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        what = "broke off its answer, or does not speak HTTP"
        return Failure(Unreachable(f"{base} {what} ({error}): {CHECK_URL}, and try again"))
    text = f"the connection to {base} broke before an answer came ({_words(error)})"
    tip = "is it https, not http?" if base.startswith("http:") else "try again"
    return Failure(Unreachable(f"{text}: {tip}"))


def _of_connecting(error: Exception, causes: list[BaseException], base: str) -> Failure:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            text = (
                f"{base} shows a certificate that is not trusted ({_words(cause)}): check "
                "the host's name; for an authority of your own set SSL_CERT_FILE"
            )
            return Failure(Unsent(text), passing=False)
        if isinstance(cause, ssl.SSLError):
            text = (
                f"{base} does not speak TLS as expected ({_words(cause)}): is it http, not https?"
            )
            return Failure(Unsent(text), passing=False)
        if isinstance(cause, socket.gaierror):
            host = httpx.URL(base).host
            text = f"the host name '{host}' is not known (DNS): {CHECK_URL}, and the network"
            return Failure(Unsent(text))
        if isinstance(cause, ConnectionRefusedError) or "All connection attempts" in str(cause):
            text = (
                f"nothing answers at {base}: the connection is refused. "
                f"See that the platform runs, and {CHECK_URL}"
            )
            return Failure(Unsent(text))
    if isinstance(error, httpx.ConnectTimeout):
        text = f"{base} cannot be reached in time: {CHECK_URL}, and the network or firewall"
        return Failure(Unsent(text))
    text = f"{base} cannot be reached ({_words(error)}): {CHECK_URL}, and the network"
    return Failure(Unsent(text))


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or one in found:
            continue
        found.append(one)
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return found


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def of_redirect(url: str, location: str) -> Unreachable:
    """A redirect: never followed, since the token belongs to the configured host alone."""
    return Unreachable(
        f"{url} redirects to {location or 'nowhere'}, and the token is sent to the configured "
        f"host only: {CHECK_URL}",
    )


def of_web_page(url: str, status: int) -> Unreachable:
    """HTML where JSON should be."""
    return Unreachable(
        f"{url} answers with a web page, not with the platform's API: {CHECK_URL}", status=status
    )


def of_size(url: str, what: str) -> Unreachable:
    """An answer that was broken off for its size: of a write, nothing is known."""
    return Unreachable(f"{url} answers with {what}, and was not read to its end: {CHECK_URL}")


def of_part(url: str, status: int) -> Unreachable:
    """A success other than 200: part of an answer, or none of it."""
    return Unreachable(
        f"{url} answers with {status}, which is not a whole answer: {CHECK_URL}, and any proxy or "
        "cache on the way",
        status=status,
    )


def of_garbled(url: str, status: int, body: bytes) -> Unreachable:
    """Something that is no JSON."""
    start = quoted(body[:_EXCERPT].decode("utf-8", "replace"))
    what = f"an answer that is no JSON, or is cut short: {start}" if body else "an empty answer"
    return Unreachable(f"{url} gave {what}: {CHECK_URL}, and try again", status=status)


def of_shape(url: str, what: str) -> PlatformError:
    """JSON, but not what was asked for."""
    return PlatformError(
        f"{url} does not answer as the platform's API does ({what}): {CHECK_URL}, and that this "
        "version of reconciler suits the platform's",
        code="shape",
    )


def of_status(url: str, status: int, body: bytes) -> PlatformError:
    """A refusal."""
    code, said = problem_of(body)
    detail = f": {quoted(said)}" if said else ""
    if status == 401:
        return AccessDenied(
            f"the platform does not know this token{detail}: check RECONCILER_TOKEN",
            status=status,
            code=code,
        )
    if status == 403:
        return AccessDenied(
            f"the token's profile may not do this{detail or f' ({url})'}", status=status, code=code
        )
    if status in (429, 502, 503, 504):
        what = "has had too many requests" if status == 429 else "is not available"
        told = f"the platform {what} ({status} from {url}{detail}): try again later"
        error = Unsent if status == 429 else Unreachable
        return error(told, status=status, code=code)
    refused: type[PlatformError] = PlatformError
    if 400 <= status < 500:
        refused = RequestTooLarge if status == 413 else RequestRefused
    return refused(f"the platform refused {url} ({status}){detail}", status=status, code=code)


def answer_of(status: int) -> Answer:
    """The meaning of the status of one operation in a batch."""
    if 200 <= status < 300:
        return Answer.DONE
    if status in _UNCERTAIN:
        return Answer.UNCERTAIN
    return _ANSWERS.get(status, Answer.REFUSED)


def of_doubt(url: str, status: int, body: bytes) -> Unreachable:
    """A server error after a write: it may have taken effect, and may not."""
    code, said = problem_of(body)
    return Unreachable(
        f"the platform failed with {status} at {url}{f': {quoted(said)}' if said else ''}; "
        "nothing is known of what took effect",
        status=status,
        code=code,
    )


def problem_of(body: bytes) -> tuple[str, str]:
    """The code and the sentence of a problem+json body; empty where it is none."""
    try:
        problem: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    return problem_words(problem)


def problem_words(problem: JsonValue) -> tuple[str, str]:
    """A problem's code, and its detail with the fields it names, unless it tells them itself."""
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
