"""A batch takes effect once; what is not known is never said to be known."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import replace

import httpx
import orjson
import pytest

from reconciler.errors import AccessDenied, PlatformError, Unreachable, Unsent
from reconciler.kinds.address import Address
from reconciler.live.http.connect import connect_writer
from reconciler.live.http.limiter import Limiter
from reconciler.live.http.settings import HttpSettings
from reconciler.live.http.transport import ForbiddenRequest
from reconciler.live.platform import Outcome, Request, Writer
from tests.live.connected import QUICK, Connected
from tests.live.fake_platform import (
    TOKEN,
    URL,
    FakePlatform,
    FakeTime,
    Fault,
    answer,
    broken,
    problem,
    raw,
)

CREATE = Request("create", Address("statuses/Lunch"), {"icon": "fork"}, key="k1")
DELETE = Request("delete", Address("statuses/Old"), if_match='"7"', key="k2")
READ = Request("get", Address("campaigns/Sales"))
KEYLESS = Request("create", Address("statuses/Lunch"), {})


def send(connected: Connected, batch: Sequence[Request]) -> tuple[Outcome, ...]:
    async def use(writer: Writer) -> tuple[Outcome, ...]:
        return await writer.send(batch, may_send=lambda: None)

    return connected.write(use)


def test_operations_are_sent_as_they_are_and_come_back_in_order(
    platform: FakePlatform, connected: Connected
) -> None:
    created, deleted, read = send(connected, [CREATE, DELETE, READ])
    assert orjson.loads(platform.seen[0].content) == {
        "operations": [
            {
                "op": "create",
                "address": "statuses/Lunch",
                "body": {"icon": "fork"},
                "idempotency_key": "k1",
            },
            {
                "op": "delete",
                "address": "statuses/Old",
                "if_match": '"7"',
                "idempotency_key": "k2",
            },
            {"op": "get", "address": "campaigns/Sales"},
        ]
    }
    assert created.succeeded
    assert created.resource is not None
    assert created.resource.fields == {"icon": "fork", "color": "#808080"}
    assert created.resource.kind.name == "Status"
    assert (deleted.status, deleted.code) == (404, "not-found")
    assert deleted.detail == "no such thing (address: unknown)"
    assert read.resource is not None
    assert read.resource.address == "campaigns/Sales"


def lost_answer(platform: FakePlatform) -> Fault:
    """The platform does it, and the answer never arrives."""

    def lose(request: httpx.Request) -> httpx.Response:
        for operation in orjson.loads(request.content)["operations"]:
            platform._apply(operation)
        raise httpx.ReadError("reset by peer")

    return lose


def test_a_lost_answer_is_asked_for_again_with_the_same_keys(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.faults["batch"] = [lost_answer(platform)]
    (created,) = send(connected, [CREATE])
    assert created.succeeded
    assert created.replayed
    assert len(platform.lists["statuses"]) == 1
    assert platform.seen[0].content == platform.seen[1].content


@pytest.mark.parametrize(
    "fault",
    [
        problem(429, "too-many", "slow", Retry_After="3"),
        problem(503, "maintenance", "soon"),
        problem(500, "internal", "oops"),
        raw(200, b'{"outcomes": ['),
        broken(httpx.ReadTimeout),
        broken(httpx.ConnectError),
    ],
)
def test_a_batch_with_keys_is_sent_again_after_any_failure(
    platform: FakePlatform, connected: Connected, fault: Fault
) -> None:
    platform.faults["batch"] = [fault]
    (created, _) = send(connected, [CREATE, READ])
    assert created.succeeded
    assert len({each.content for each in platform.seen}) == 1


@pytest.mark.parametrize(
    "fault", [problem(503, "maintenance", "soon"), broken(httpx.ReadTimeout), raw(200, b"{")]
)
def test_a_write_without_a_key_is_not_sent_twice(
    platform: FakePlatform, connected: Connected, fault: Fault
) -> None:
    platform.faults["batch"] = [fault]
    with pytest.raises(Unreachable):
        send(connected, [KEYLESS])
    assert len(platform.seen) == 1


@pytest.mark.parametrize("fault", [problem(429, "too-many", "slow"), broken(httpx.ConnectError)])
def test_a_write_without_a_key_that_cannot_have_arrived_is_sent_again(
    platform: FakePlatform, connected: Connected, fault: Fault
) -> None:
    platform.faults["batch"] = [fault]
    assert send(connected, [KEYLESS])[0].succeeded


def test_a_platform_that_keeps_failing_is_unreachable(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["batch"] = problem(500, "internal", "oops")
    with pytest.raises(Unreachable, match="unknown"):
        send(connected, [CREATE])
    assert len(platform.seen) == 6


@pytest.mark.parametrize(
    ("status", "error"), [(401, AccessDenied), (403, AccessDenied), (413, PlatformError)]
)
def test_a_batch_refused_whole_says_so(
    platform: FakePlatform, connected: Connected, status: int, error: type[PlatformError]
) -> None:
    platform.always["batch"] = problem(status, "no", "not like this")
    with pytest.raises(error, match="not like this") as raised:
        send(connected, [CREATE])
    assert not isinstance(raised.value, Unreachable)
    assert len(platform.seen) == 1


def test_a_refusal_after_a_lost_answer_does_not_say_that_nothing_took_effect(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.faults["batch"] = [lost_answer(platform), problem(401, "expired", "token expired")]
    with pytest.raises(Unreachable, match="may have taken effect") as raised:
        send(connected, [CREATE])
    assert raised.value.status == 401


NOT_CARRIED_OUT = pytest.mark.parametrize(
    "fault",
    [
        problem(429, "too-many", "slow", Retry_After="200"),
        problem(429, "too-many", "slow"),
        broken(httpx.ConnectError, ConnectionRefusedError(111, "refused")),
        broken(httpx.ConnectError, ssl.SSLCertVerificationError("self-signed")),
        broken(httpx.ConnectTimeout),
    ],
)


@NOT_CARRIED_OUT
def test_what_was_certainly_not_carried_out_is_told_so(
    platform: FakePlatform, connected: Connected, fault: Fault
) -> None:
    platform.always["batch"] = fault
    with pytest.raises(Unsent) as raised:
        send(connected, [CREATE])
    assert raised.value.exit_code == 6


@NOT_CARRIED_OUT
def test_it_is_not_told_so_where_an_earlier_attempt_got_no_answer(
    platform: FakePlatform, connected: Connected, fault: Fault
) -> None:
    platform.faults["batch"] = [lost_answer(platform)]
    platform.always["batch"] = fault
    with pytest.raises(Unreachable, match="may have taken effect") as raised:
        send(connected, [CREATE])
    assert not isinstance(raised.value, Unsent)


@pytest.mark.parametrize(
    "fault",
    [
        problem(503, "maintenance", "soon"),
        problem(500, "internal", "oops"),
        broken(httpx.ReadTimeout),
        raw(200, b"{"),
        raw(200, b"<html>", "text/html"),
        answer(302, Location="https://elsewhere.example"),
    ],
)
def test_what_may_have_been_carried_out_is_not_told_otherwise(
    platform: FakePlatform, connected: Connected, fault: Fault
) -> None:
    platform.always["batch"] = fault
    with pytest.raises(Unreachable) as raised:
        send(connected, [CREATE])
    assert not isinstance(raised.value, Unsent)


@pytest.mark.parametrize(
    "body",
    [
        {"outcomes": []},
        {"outcomes": None},
        {},
        [],
        {"outcomes": [{"status": "done"}]},
        {"outcomes": ["done"]},
    ],
)
def test_outcomes_that_do_not_fit_the_batch_leave_nothing_known(
    platform: FakePlatform, connected: Connected, body: object
) -> None:
    platform.always["batch"] = answer(200, body)
    with pytest.raises(Unreachable, match="unknown"):
        send(connected, [CREATE])


def test_a_write_whose_resource_cannot_be_read_still_counts_as_done(
    platform: FakePlatform, connected: Connected
) -> None:
    outcomes = [{"status": 201, "resource": {"address": "nonsense"}, "problem": None}]
    platform.always["batch"] = answer(200, {"outcomes": outcomes})
    (outcome,) = send(connected, [CREATE])
    assert outcome.succeeded
    assert outcome.resource is None
    assert "cannot be read" in outcome.detail


def test_an_attempt_of_a_write_that_trickles_is_given_up_and_made_again(
    platform: FakePlatform, time: FakeTime
) -> None:
    """Whoever comes after us waits as long as one attempt may take, so none takes longer."""
    settings = replace(QUICK, connect_seconds=0.005, read_seconds=0.005, first_attempts=2)
    attempts: list[httpx.Request] = []

    async def trickle_once(request: httpx.Request) -> httpx.Response:
        attempts.append(request)
        if len(attempts) == 1:
            await asyncio.Event().wait()
        return platform(request)

    async def run() -> tuple[Outcome, ...]:
        async with connect_writer(
            URL,
            TOKEN,
            limiter=Limiter(clock=time.clock, sleep=time.sleep),
            settings=settings,
            transport=httpx.MockTransport(trickle_once),
        ) as writer:
            assert writer.attempt_seconds == settings.attempt_seconds == 0.01
            return await writer.send([CREATE], may_send=lambda: None)

    assert asyncio.run(run())[0].succeeded
    assert len(attempts) == 2


def test_an_attempt_takes_no_longer_than_connecting_and_one_silence() -> None:
    assert (
        HttpSettings().attempt_seconds
        == HttpSettings().connect_seconds + HttpSettings().read_seconds
    )
    assert HttpSettings(deadline_seconds=10).attempt_seconds == 10


class Withdrawn(Exception):
    """The right to send is gone."""


@pytest.mark.parametrize(
    "fault",
    [
        problem(429, "too-many", "slow", Retry_After="50"),
        problem(503, "maintenance", "soon"),
        problem(500, "internal", "oops"),
        raw(200, b"{"),
        broken(httpx.ReadTimeout),
        broken(httpx.ConnectError, ConnectionRefusedError(111, "refused")),
    ],
)
def test_every_attempt_of_a_write_asks_whether_it_may_still_be_made(
    platform: FakePlatform, connected: Connected, time: FakeTime, fault: Fault
) -> None:
    platform.always["batch"] = fault
    asked_at: list[float] = []

    def may_send() -> None:
        asked_at.append(time.now)
        if len(asked_at) == 2:
            raise Withdrawn

    async def use(writer: Writer) -> tuple[Outcome, ...]:
        return await writer.send([CREATE], may_send=may_send)

    with pytest.raises(Withdrawn):
        connected.write(use)
    assert len(platform.seen) == 1
    assert asked_at[1] == time.now, "it is asked when the waiting is over"


def test_what_may_not_be_sent_is_not_sent_at_all(
    platform: FakePlatform, connected: Connected
) -> None:
    def may_send() -> None:
        raise Withdrawn

    async def use(writer: Writer) -> tuple[Outcome, ...]:
        return await writer.send([CREATE], may_send=may_send)

    with pytest.raises(Withdrawn):
        connected.write(use)
    assert platform.seen == []


def test_a_batch_that_writes_is_not_sent_where_nobody_allows_it(
    platform: FakePlatform, connected: Connected
) -> None:
    async def use(writer: Writer) -> tuple[Outcome, ...]:
        return await writer.send([READ, CREATE])

    with pytest.raises(ForbiddenRequest):
        connected.write(use)
    assert platform.seen == []


def test_a_batch_that_only_reads_needs_no_leave(
    platform: FakePlatform, connected: Connected
) -> None:
    async def use(writer: Writer) -> tuple[Outcome, ...]:
        return await writer.send([READ])

    assert connected.write(use)[0].succeeded


def test_an_empty_batch_is_no_request(platform: FakePlatform, connected: Connected) -> None:
    assert send(connected, []) == ()
    assert platform.seen == []
