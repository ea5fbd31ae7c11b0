"""Answers that never end, or are not what they seem: each is given up, in words, in bounded time
and memory."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from reconciler.errors import PlatformError, Unreachable
from reconciler.kinds.address import Address
from reconciler.live.platform import (
    AuditEntry,
    Outcome,
    PlatformInfo,
    Reader,
    Request,
    Snapshot,
    Writer,
)
from tests.live.connected import QUICK, Connected
from tests.live.fake_platform import URL, FakePlatform, FakeTime, Fault, answer, item, problem

SMALL = replace(QUICK, answer_bytes=100_000)


async def info(reader: Reader) -> PlatformInfo:
    return await reader.info()


async def snapshot(reader: Reader) -> Snapshot:
    return await reader.snapshot()


async def audit(reader: Reader) -> tuple[AuditEntry, ...]:
    return await reader.audit([Address("statuses/A")])


async def create(writer: Writer) -> tuple[Outcome, ...]:
    batch = [Request("create", Address("statuses/A"), {}, key="k")]
    return await writer.send(batch, may_send=lambda: None)


def endless(*items: object, total: int = 9) -> Fault:
    """Pages with these items, and always another token."""
    numbers = itertools.count(1)

    def page(_: httpx.Request) -> httpx.Response:
        body = {"items": list(items), "next_page_token": f"t{next(numbers)}", "total": total}
        return httpx.Response(200, json=body)

    return page


class _Endless(httpx.AsyncByteStream):
    """A body without an end, which counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1000
            yield b" " * 1000

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (endless(), "6 pages in a row hold nothing"),
        (endless(item("statuses/A"), total=3), "it has 3 items, and more were sent"),
        (endless(item("statuses/A"), total=0), "it has 0 items, and more were sent"),
    ],
)
def test_pages_that_never_end_make_a_list_unknown(
    platform: FakePlatform, connected: Connected, fault: Fault, why: str
) -> None:
    platform.always["statuses"] = fault
    found = connected.read(snapshot)
    assert why in found.unknown["statuses"].unmasked()
    assert list(found.unknown) == ["statuses"]
    assert len(platform.asked("statuses")) <= 14


@pytest.mark.parametrize("total", [-1, 10**12])
def test_a_list_of_an_impossible_length_is_unknown(
    platform: FakePlatform, connected: Connected, total: int
) -> None:
    platform.always["statuses"] = endless(item("statuses/A"), total=total)
    assert f"it reports {total} items" in connected.read(snapshot).unknown["statuses"].unmasked()
    assert len(platform.asked("statuses")) == 1


def test_an_empty_page_between_others_is_no_end(
    platform: FakePlatform, connected: Connected
) -> None:
    first = {"items": [item("statuses/A")], "next_page_token": "x", "total": 2}
    empty = {"items": [], "next_page_token": "y", "total": 2}
    last = {"items": [item("statuses/B")], "next_page_token": None, "total": 2}
    platform.faults["statuses"] = [answer(200, page) for page in (first, empty, last)]
    found = connected.read(snapshot)
    assert found.is_whole
    assert found.find("statuses/B") is not None


def test_an_audit_log_that_never_ends_gives_what_it_has(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["audit"] = endless()
    assert connected.read(audit) == ()
    assert len(platform.asked("audit")) <= 7


def test_an_endless_body_is_broken_off(platform: FakePlatform, connected: Connected) -> None:
    body = _Endless()
    platform.always["platform"] = lambda _: httpx.Response(200, stream=body)
    with pytest.raises(Unreachable, match="more than 100,000 bytes, and was not read") as raised:
        connected.read(info, settings=SMALL)
    assert f"{URL}/v1/platform" in str(raised.value)
    assert body.taken <= 102_000
    assert body.closed
    assert len(platform.seen) == 1


def test_a_list_with_an_endless_body_is_unknown_and_no_other(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["statuses"] = lambda _: httpx.Response(200, stream=_Endless())
    found = connected.read(snapshot, settings=SMALL)
    assert list(found.unknown) == ["statuses"]
    assert "more than 100,000 bytes" in found.unknown["statuses"].unmasked()


def _zipped(content: bytes, encoding: str = "gzip") -> Fault:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}

    def fault(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(content), headers=headers)

    return fault


def test_a_gzip_bomb_is_not_unpacked(platform: FakePlatform, connected: Connected) -> None:
    unpacked = b'{"id": "' + b"a" * 50_000_000 + b'"}'
    platform.always["platform"] = _zipped(gzip.compress(unpacked, 9))
    with pytest.raises(Unreachable, match="more than 100,000 bytes"):
        connected.read(info, settings=SMALL)
    assert len(platform.seen) == 1


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate", "x"])
def test_an_encoding_that_was_not_asked_for_is_not_unpacked(
    platform: FakePlatform, connected: Connected, encoding: str
) -> None:
    platform.always["platform"] = _zipped(gzip.compress(b'{"id": "x"}'), encoding)
    with pytest.raises(Unreachable, match=f"in {encoding}, which was not requested"):
        connected.read(info)


def test_gzip_is_asked_for_and_unpacked_whole(platform: FakePlatform, connected: Connected) -> None:
    one, other = gzip.compress(b'{"id": "acme-'), gzip.compress(b'test", "name": "x"}')
    platform.faults["platform"] = [_zipped(one + other)]
    assert connected.read(info).id == "acme-test"
    assert platform.seen[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("damage", [lambda raw: raw[:-9], lambda raw: b"\x00" + raw, zlib.compress])
def test_gzip_that_is_cut_short_or_is_none_is_tried_again(
    platform: FakePlatform, connected: Connected, damage: object
) -> None:
    content = damage(gzip.compress(b'{"id": "acme-test"}'))  # type: ignore[operator]
    platform.faults["platform"] = [_zipped(content)]
    assert connected.read(info).id == "acme-test"
    platform.always["platform"] = _zipped(content)
    with pytest.raises(Unreachable, match="gzip"):
        connected.read(info)


@pytest.mark.parametrize("status", [201, 203, 204, 206])
def test_another_success_than_200_is_no_whole_answer(
    platform: FakePlatform, connected: Connected, status: int
) -> None:
    body = {"items": [], "next_page_token": None, "total": 0}
    platform.always["blacklist"] = answer(status, body)
    found = connected.read(snapshot)
    assert f"{status}, which is not a complete answer" in found.unknown["blacklist"].unmasked()
    platform.faults["statuses"] = [answer(status, body)]
    assert "statuses" not in connected.read(snapshot).unknown


def test_a_write_whose_answer_is_a_part_or_too_long_may_have_taken_effect(
    platform: FakePlatform, connected: Connected
) -> None:
    for fault in (answer(206, {"outcomes": []}), lambda _: httpx.Response(200, stream=_Endless())):
        platform.always["batch"] = fault
        with pytest.raises(Unreachable) as raised:
            connected.write(create, settings=SMALL)
        assert type(raised.value) is Unreachable, "not Unsent: it may have taken effect"


@pytest.mark.parametrize(
    "asked",
    [
        "9" * 30,
        "9" * 400,
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_a_pause_longer_than_anybody_waits_is_told_as_a_day(
    platform: FakePlatform, connected: Connected, asked: str
) -> None:
    platform.always["platform"] = problem(429, "too-many", "slow down", Retry_After=asked)
    with pytest.raises(Unreachable, match="a pause of another 86400 s"):
        connected.read(info)


@pytest.mark.parametrize(
    "asked",
    [
        "Fri, 31 Dec 99999999 23:59:59 GMT",
        "Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
        "Fri, 31 Dec 2026 23:59:59 +99999999999999",
        "-1",
        "soon",
    ],
)
def test_a_pause_that_cannot_be_is_none(
    platform: FakePlatform, connected: Connected, time: FakeTime, asked: str
) -> None:
    platform.faults["platform"] = [problem(503, "down", "a bad day", Retry_After=asked)]
    assert connected.read(info).id == "acme-test"
    assert time.slept == []


@pytest.mark.parametrize("moment", ["Fri, 31 Dec 99999999 23:59:59 GMT", "x", ""])
def test_a_date_of_the_platform_that_cannot_be_is_passed_over(
    platform: FakePlatform, connected: Connected, time: FakeTime, moment: str
) -> None:
    asked = "Mon, 23 Nov 2026 12:00:07 GMT"
    platform.faults["platform"] = [
        problem(503, "down", "a bad day", Retry_After=asked, Date=moment)
    ]
    assert connected.read(info).id == "acme-test"
    assert time.slept == [7.0]


def test_usage_with_a_moment_that_is_none_counts_as_of_now(
    platform: FakePlatform, connected: Connected
) -> None:
    recent = [{"campaign": "Sales", "count": 3, "last_at": at} for at in ("soon", "2026-11-01")]
    platform.usage["statuses/A"] = {"recent_campaigns": recent}

    async def usage(reader: Reader) -> object:
        return await reader.usage([Address("statuses/A")])

    (found,) = connected.read(usage).values()  # type: ignore[attr-defined]
    assert [use.last_at for use in found.recent] == ["", ""]


def test_what_is_wrong_about_the_platform_itself_is_told_as_its_own(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["platform"] = answer(200, {"id": "x", "limits": {"page_size": "many"}})
    with pytest.raises(PlatformError, match=r"'limits\.page_size' is not a number"):
        connected.read(info)
