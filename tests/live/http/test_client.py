"""Retries, pauses, refusals: each told in words, and never a wait that is real."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace

import httpx
import pytest

from reconciler.errors import AccessDenied, PlatformError, Unreachable, UsageError
from reconciler.live.http.connect import base_of, connect_reader, connect_writer
from reconciler.live.http.limiter import Limiter
from reconciler.live.http.transport import ForbiddenRequest, OneHostTransport, ReadOnlyTransport
from reconciler.live.platform import PlatformInfo, Reader, Snapshot
from tests.live.connected import QUICK, Connected
from tests.live.fake_platform import (
    TOKEN,
    URL,
    FakePlatform,
    FakeTime,
    answer,
    broken,
    problem,
    raw,
)


async def info(reader: Reader) -> PlatformInfo:
    return await reader.info()


async def snapshot(reader: Reader) -> Snapshot:
    return await reader.snapshot()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(
    platform: FakePlatform, connected: Connected, status: int
) -> None:
    platform.faults["platform"] = [raw(status, b"<html>bad gateway", "text/html")] * 3
    assert connected.read(info).id == "acme-test"
    assert len(platform.seen) == 4


def test_a_connection_that_breaks_is_tried_again(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.faults["statuses"] = [broken(httpx.ReadError), broken(httpx.RemoteProtocolError)]
    assert connected.read(snapshot).unknown == {}


def test_an_answer_cut_short_is_tried_again(platform: FakePlatform, connected: Connected) -> None:
    platform.faults["platform"] = [raw(200, b'{"id": "acme')]
    assert connected.read(info).id == "acme-test"
    platform.always["platform"] = raw(200, b'{"id": "acme')
    with pytest.raises(Unreachable, match="incomplete") as raised:
        connected.read(info)
    assert f"{URL}/v1/platform" in str(raised.value)


def test_a_server_error_that_stays_is_told(platform: FakePlatform, connected: Connected) -> None:
    platform.always["platform"] = problem(500, "internal", "division by zero")
    with pytest.raises(PlatformError, match="division by zero") as raised:
        connected.read(info)
    assert (raised.value.status, raised.value.code, raised.value.exit_code) == (500, "internal", 1)
    assert len(platform.seen) == QUICK.attempts


def test_one_server_error_makes_no_list_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.faults["statuses"] = [problem(500, "internal", "oops")]
    assert connected.read(snapshot).unknown == {}


def test_what_a_server_cannot_do_is_not_tried_again(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["platform"] = problem(501, "not-implemented", "no such thing")
    with pytest.raises(PlatformError, match="no such thing"):
        connected.read(info)
    assert len(platform.seen) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry_After": "7"},
        {
            "Retry_After": "Mon, 23 Nov 2026 11:00:07 GMT",
            "Date": "Mon, 23 Nov 2026 11:00:00 GMT",
        },
        {"Retry_After": "Mon, 23 Nov 2026 12:00:07 GMT"},
    ],
)
def test_retry_after_is_kept_in_seconds_and_as_a_date(
    platform: FakePlatform, connected: Connected, time: FakeTime, headers: dict[str, str]
) -> None:
    platform.faults["platform"] = [problem(429, "too-many", "slow down", **headers)]
    assert connected.read(info).id == "acme-test"
    assert time.slept == [7.0]


@pytest.mark.parametrize("asked", ["", "soon", "Mon, 99 Nov", "-5"])
def test_a_retry_after_that_says_nothing_is_no_pause(
    platform: FakePlatform, connected: Connected, time: FakeTime, asked: str
) -> None:
    platform.faults["platform"] = [problem(429, "too-many", "slow down", Retry_After=asked)]
    assert connected.read(info).id == "acme-test"
    assert time.slept == []


def test_everybody_pauses_when_one_was_asked_to(
    platform: FakePlatform, connected: Connected, time: FakeTime
) -> None:
    sent_at: list[float] = []

    class Watched(FakePlatform):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            sent_at.append(time.now)
            return super().__call__(request)

    watched = Watched()
    watched.faults["quality_models"] = [problem(429, "too-many", "slow down", Retry_After="30")]
    found = Connected(watched, time).read(snapshot)
    assert found.unknown == {}
    early = [at for at in sent_at if at < 1030]
    assert len(early) <= 1 + 6


def test_a_pause_longer_than_the_deadline_is_not_sat_out(
    platform: FakePlatform, connected: Connected, time: FakeTime
) -> None:
    platform.always["platform"] = problem(429, "too-many", "slow down", Retry_After="3600")
    with pytest.raises(Unreachable, match="pause of another 3600 s"):
        connected.read(info)
    assert time.slept == []


def test_attempts_end_at_the_deadline(
    platform: FakePlatform, connected: Connected, time: FakeTime
) -> None:
    platform.always["platform"] = problem(429, "too-many", "slow down", Retry_After="50")
    with pytest.raises(Unreachable):
        connected.read(info)
    assert sum(time.slept) <= QUICK.deadline_seconds


def test_no_more_than_the_width_are_under_way_at_once(connected: Connected) -> None:
    platform = FakePlatform()
    under_way = most = 0

    async def handle(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return platform(request)

    async def run() -> None:
        async with connect_reader(
            URL, TOKEN, limiter=Limiter(6), transport=httpx.MockTransport(handle)
        ) as reader:
            await reader.snapshot()

    asyncio.run(run())
    assert most == 6


def chained(error: Exception, *causes: Exception) -> Exception:
    """The error with its causes chained as httpx chains them."""
    current = error
    for cause in causes:
        current.__cause__ = cause
        current = cause
    return error


@pytest.mark.parametrize(
    ("cause", "words", "attempts"),
    [
        (socket.gaierror(-2, "Name or service not known"), "'acme.example' is not known", 2),
        (ConnectionRefusedError(111, "refused"), "the connection is refused", 2),
        (ssl.SSLCertVerificationError("self-signed"), "certificate that is not trusted", 1),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "is it http, not https", 1),
        (OSError(101, "Network is unreachable"), "cannot be reached", 2),
    ],
)
def test_a_host_that_cannot_be_connected_to_is_told_at_once(
    platform: FakePlatform, connected: Connected, cause: Exception, words: str, attempts: int
) -> None:
    platform.always["platform"] = broken(httpx.ConnectError, cause)
    with pytest.raises(Unreachable, match=words) as raised:
        connected.read(info)
    assert raised.value.exit_code == 6
    assert len(platform.seen) == attempts


def test_a_host_that_has_answered_before_is_given_more_attempts(
    platform: FakePlatform, connected: Connected
) -> None:
    refused = broken(httpx.ConnectError, ConnectionRefusedError(111, "refused"))
    platform.faults["statuses"] = [refused] * 5
    assert connected.read(snapshot).unknown == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ReadTimeout, "did not answer within 30 s"),
        (httpx.ConnectTimeout, "cannot be reached in time"),
        (httpx.RemoteProtocolError, "is not an HTTP server"),
        (httpx.ReadError, "broke before an answer came"),
    ],
)
def test_a_host_that_does_not_answer_is_unreachable(
    platform: FakePlatform,
    connected: Connected,
    error: type[httpx.TransportError],
    words: str,
) -> None:
    platform.always["platform"] = broken(error)
    with pytest.raises(Unreachable, match=words):
        connected.read(info)
    assert len(platform.seen) == 2


def test_an_answer_that_trickles_ends_at_the_deadline(time: FakeTime) -> None:
    async def trickle(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def run() -> None:
        async with connect_reader(
            URL,
            TOKEN,
            limiter=Limiter(clock=time.clock, sleep=time.sleep),
            settings=replace(QUICK, deadline_seconds=0.01),
            transport=httpx.MockTransport(trickle),
        ) as reader:
            await reader.info()

    with pytest.raises(Unreachable, match="did not answer completely"):
        asyncio.run(run())


@pytest.mark.parametrize("status", [200, 403, 404])
def test_a_web_page_is_named_as_such(
    platform: FakePlatform, connected: Connected, status: int
) -> None:
    platform.always["platform"] = raw(status, b"<!DOCTYPE html><p>Welcome", "text/html")
    with pytest.raises(Unreachable, match="with a web page, not with the platform's API: check"):
        connected.read(info)
    assert len(platform.seen) == 1


def test_an_unknown_token_names_the_variable(platform: FakePlatform, connected: Connected) -> None:
    platform.always["platform"] = problem(401, "unauthenticated", "token unknown")
    with pytest.raises(AccessDenied, match="RECONCILER_TOKEN") as raised:
        connected.read(info)
    assert raised.value.status == 401
    assert TOKEN not in str(raised.value)


def test_a_304_nobody_asked_for_is_no_answer(platform: FakePlatform, connected: Connected) -> None:
    platform.always["platform"] = answer(304)
    with pytest.raises(Unreachable, match="redirects"):
        connected.read(info)


@pytest.mark.parametrize("token", [None, "", "  \n"])
def test_without_a_token_nothing_is_sent(
    platform: FakePlatform, connected: Connected, token: str | None
) -> None:
    with pytest.raises(AccessDenied, match="set RECONCILER_TOKEN"):
        connected.read(info, token=token)
    assert platform.seen == []


@pytest.mark.parametrize("token", ["two words", "caf\u00e9", "a\nb"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(
    platform: FakePlatform, connected: Connected, token: str
) -> None:
    with pytest.raises(AccessDenied) as raised:
        connected.read(info, token=token)
    assert token not in str(raised.value)
    assert platform.seen == []


def test_the_token_is_sent_as_a_bearer(platform: FakePlatform, connected: Connected) -> None:
    connected.read(info, token=f"{TOKEN}\n")
    assert platform.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(
    platform: FakePlatform, connected: Connected, status: int
) -> None:
    platform.always["platform"] = answer(status, Location="https://evil.example/v1/platform")
    with pytest.raises(Unreachable, match=r"redirects to https://evil\.example"):
        connected.read(info)
    assert {each.url.host for each in platform.seen} == {"acme.example"}


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "http://acme.example/", "https://acme.example:8443/"]
)
def test_the_token_goes_to_one_origin_only(platform: FakePlatform, url: str) -> None:
    carrier = OneHostTransport(platform.transport, origin=httpx.URL(URL), token=TOKEN)
    with pytest.raises(ForbiddenRequest):
        asyncio.run(carrier.handle_async_request(httpx.Request("GET", url)))
    assert platform.seen == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "OPTIONS", "BREW"])
def test_a_reader_s_transport_sends_nothing_that_could_write(
    platform: FakePlatform, method: str
) -> None:
    carrier = ReadOnlyTransport(platform.transport)
    with pytest.raises(ForbiddenRequest):
        asyncio.run(carrier.handle_async_request(httpx.Request(method, f"{URL}/v1/batch")))
    assert platform.seen == []


def test_a_reader_cannot_write_even_by_its_client_s_inside(platform: FakePlatform) -> None:
    async def run() -> None:
        async with connect_reader(URL, TOKEN, transport=platform.transport) as reader:
            public = [name for name in dir(reader) if not name.startswith("_")]
            assert public == ["audit", "info", "requests", "snapshot", "usage"]
            client = reader._client  # type: ignore[attr-defined]
            assert [n for n in dir(client) if not n.startswith("_")] == ["base", "get", "requests"]
            with pytest.raises(ForbiddenRequest):
                await client._http.post(f"{URL}/v1/batch", content=b"{}")

    asyncio.run(run())
    assert platform.seen == []


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://acme.example", "https://acme.example"),
        (" https://acme.example/ ", "https://acme.example"),
        ("https://acme.example/v1/", "https://acme.example"),
        ("http://127.0.0.1:8080/cc/v1", "http://127.0.0.1:8080/cc"),
    ],
)
def test_an_address_may_be_written_with_or_without_its_api(url: str, base: str) -> None:
    assert base_of(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.example",
        "ftp://a",
        "https://",
        "https://u:p@a",
        "https://a?x=1",
        "https://a:x",
        "https://xn--a.x",
        "https://a..b",
    ],
)
def test_an_address_that_cannot_be_one_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        base_of(url)
    assert raised.value.exit_code == 64
    assert "u:p" not in str(raised.value)


def test_a_writer_needs_a_token_too(platform: FakePlatform) -> None:
    async def run() -> None:
        async with connect_writer(URL, None, transport=platform.transport):
            pass

    with pytest.raises(AccessDenied):
        asyncio.run(run())


def test_opening_a_connection_module_does_not_load_httpx() -> None:
    import subprocess
    import sys

    code = "import reconciler.live.http.connect, sys; assert 'httpx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
