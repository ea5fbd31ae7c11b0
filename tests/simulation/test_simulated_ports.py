"""The simulated reader and writer: the effects of faults, and points for other processes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.errors import AccessDenied, PlatformError, Unreachable, Unsent
from reconciler.kinds.address import Address
from reconciler.live.platform import Operation, Outcome, Request
from tests.simulation import network as fates
from tests.simulation.network import Answer, Fate, Network
from tests.simulation.ports import SimulatedReader, SimulatedWriter
from tests.simulation.simulated_platform import Platform

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Rough(Network):
    """A network with a fate for each attempt, and an action at a point."""

    def __init__(self, *coming: Fate, reads: dict[str, list[Answer]] | None = None) -> None:
        super().__init__()
        self.coming, self.reads = list(coming), reads or {}
        self.at: dict[str, Callable[[], object]] = {}
        self.points: list[str] = []

    async def point(self, name: str) -> None:
        self.points.append(name)
        if name in self.at:
            self.at.pop(name)()

    def fate(self, batch: Sequence[Request]) -> Fate:  # noqa: ARG002
        return self.coming.pop(0) if self.coming else fates.DELIVERED

    def read_answer(self, path: str) -> Answer:
        coming = self.reads.get(path) or self.reads.get("*") or []
        return coming.pop(0) if coming else Answer.GIVEN


def result(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it was suspended")


def platform(**options: Any) -> Platform:
    return Platform(lambda: NOW, users=["ana"], **options)


def status(name: str, key: str | None = "", operation: Operation = "create") -> Request:
    return Request(operation, Address(f"statuses/{name}"), {}, key=name if key == "" else key)


def sent(
    there: Platform, network: Network, *batch: Request, attempts: int = 1
) -> tuple[Outcome, ...]:
    writer = SimulatedWriter(there, "ci", network, attempts=attempts)
    outcomes: tuple[Outcome, ...] = result(writer.send(batch, may_send=lambda: None))
    return outcomes


def made(there: Platform) -> list[str]:
    return [item.address for item in there.log]


@pytest.mark.parametrize(
    ("fate", "error", "effect"),
    [
        (fates.LOST_REQUEST, Unreachable, 0),
        (fates.LOST_ANSWER, Unreachable, 3),
        (fates.cut_after(2), Unreachable, 2),
        (fates.UNAVAILABLE, Unreachable, 0),
        (Fate(answer=Answer.UNAVAILABLE), Unreachable, 3),
        (fates.BUSY, Unsent, 0),
        (fates.UNSENT, Unsent, 0),
        (fates.DENIED, AccessDenied, 0),
        (fates.LATE, Unreachable, 0),
    ],
)
def test_the_effect_and_the_answer_of_each_fate(
    fate: Fate, error: type[PlatformError], effect: int
) -> None:
    there = platform()
    with pytest.raises(error) as raised:
        sent(there, Rough(fate), status("A"), status("B"), status("C"))
    assert type(raised.value) is error
    assert made(there) == ["statuses/A", "statuses/B", "statuses/C"][:effect]


def test_a_shed_batch_answers_503_for_the_rest() -> None:
    there = platform()
    outcomes = sent(there, Rough(fates.shed_after(1)), status("A"), status("B"))
    assert [outcome.status for outcome in outcomes] == [201, 503]
    assert made(there) == ["statuses/A"]


def test_a_late_batch_takes_effect_when_it_is_delivered() -> None:
    there, network = platform(), Rough(fates.LATE)
    with pytest.raises(Unreachable):
        sent(there, network, status("A"))
    assert network.deliver(there)[0].status == 201
    assert made(there) == ["statuses/A"]
    assert network.in_flight == []


def test_a_repeated_batch_returns_the_first_answers() -> None:
    there = platform()
    outcomes = sent(there, Rough(fates.REPEATED), status("A"), status("B", key=None))
    assert [(outcome.status, outcome.replayed) for outcome in outcomes] == [
        (201, True),
        (409, False),
    ]
    assert made(there) == ["statuses/A", "statuses/B"]


def test_a_second_attempt_returns_the_outcomes_of_the_first() -> None:
    there, network = platform(), Rough(fates.cut_after(1))
    outcomes = sent(there, network, status("A"), status("B"), attempts=2)
    assert [(outcome.status, outcome.replayed) for outcome in outcomes] == [
        (201, True),
        (201, False),
    ]
    assert made(there) == ["statuses/A", "statuses/B"]


def test_a_batch_without_keys_that_may_have_arrived_is_not_sent_again() -> None:
    there = platform()
    with pytest.raises(Unreachable):
        sent(there, Rough(fates.LOST_REQUEST), status("A", key=None), attempts=2)
    assert sent(there, Rough(fates.BUSY), status("B", key=None), attempts=2)[0].succeeded


@pytest.mark.parametrize("second", [fates.DENIED, fates.BUSY])
def test_a_refusal_does_not_settle_an_attempt_without_an_answer(second: Fate) -> None:
    with pytest.raises(Unreachable) as raised:
        sent(platform(), Rough(fates.LOST_ANSWER, second), status("A"), attempts=2)
    assert type(raised.value) is Unreachable


def test_every_attempt_checks_may_send() -> None:
    there, asked = platform(), []

    def may_send() -> None:
        asked.append(len(there.log))
        if len(asked) == 2:
            raise KeyError("fenced")

    writer = SimulatedWriter(there, "ci", Rough(fates.LOST_ANSWER), attempts=3)
    with pytest.raises(KeyError):
        result(writer.send([status("A")], may_send=may_send))
    assert asked == [0, 1]
    assert writer.requests == 1
    with pytest.raises(AssertionError):
        result(writer.send([status("B")]))


def test_a_too_large_batch_is_refused() -> None:
    with pytest.raises(PlatformError) as raised:
        sent(platform(batch_size=1), Network(), status("A"), status("B"))
    assert raised.value.status == 413
    assert sent(platform(), Network()) == ()


def test_a_key_has_up_to_255_characters() -> None:
    outcomes = sent(
        platform(), Network(), status("A", "k" * 255), status("B", "k" * 256), status("C", "ñ")
    )
    assert [outcome.status for outcome in outcomes] == [201, 400, 400]


def test_two_writers_alternate_at_every_point() -> None:
    there = platform()

    class Turns(Network):
        async def point(self, name: str) -> None:  # noqa: ARG002
            await _Turn()

    class _Turn:
        def __await__(self) -> Generator[None, None, None]:
            yield

    def writing(name: str) -> Coroutine[Any, Any, Any]:
        writer = SimulatedWriter(there, name, Turns())
        change = Request("patch", Address("statuses/Break"), {"icon": name}, None, name)
        return writer.send([change], may_send=lambda: None)

    waiting = [writing("ana"), writing("luis")]
    while waiting:
        turn = waiting.pop(0)
        try:
            turn.send(None)
        except StopIteration:
            continue
        waiting.append(turn)
    assert [(item.by, item.before and item.before["icon"]) for item in there.log] == [
        ("ana", "circle"),
        ("luis", "ana"),
    ]


# ---- reading -----------------------------------------------------------------------------


def test_a_campaign_created_during_a_read_is_complete_or_absent() -> None:
    there, network = platform(), Rough()
    network.at["read campaigns/-/channels"] = lambda: there.edit("ana", "create", "campaigns/New")
    snapshot = result(SimulatedReader(there, "ci", network).snapshot())
    assert snapshot.unknown == {}
    assert snapshot.find("campaigns/New") is not None
    assert snapshot.find("campaigns/New/members") is not None
    assert network.points.count("read campaigns/-/channels") == 2


def test_lists_that_disagree_twice_are_unknown() -> None:
    there, network = platform(), Rough()

    def made_again() -> None:
        there.edit("ana", "create", f"campaigns/New {len(there.log)}")
        network.at["read campaigns/-/members"] = made_again

    network.at["read campaigns/-/members"] = made_again
    snapshot = result(SimulatedReader(there, "ci", network).snapshot())
    assert set(snapshot.unknown) == {"campaigns/-/members"}


def test_an_unread_list_is_unknown_and_no_read_list_is_an_error() -> None:
    network = Rough(reads={"statuses": [Answer.UNAVAILABLE]})
    snapshot = result(SimulatedReader(platform(), "ci", network).snapshot())
    assert set(snapshot.unknown) == {"statuses"}
    with pytest.raises(Unreachable):
        result(SimulatedReader(platform(), "ci", Rough(reads={"*": [Answer.LOST] * 50})).snapshot())
    with pytest.raises(AccessDenied):
        result(
            SimulatedReader(platform(), "ci", Rough(reads={"users": [Answer.DENIED]})).snapshot()
        )


def test_hidden_resources_are_unknown_without_usage_or_history() -> None:
    there = platform(rights={"ci": {"statuses": frozenset({"create"})}})
    there.edit("ana", "create", "statuses/A")
    reader = SimulatedReader(there, "ci")
    assert set(result(reader.snapshot()).unknown) == {"statuses", "campaigns/-/statuses"}
    assert result(reader.usage([Address("statuses/A")])) == {}
    assert result(reader.audit([Address("statuses/A")])) == ()


def test_a_stale_list_repeats_the_previous_read() -> None:
    there = platform()
    reader = SimulatedReader(there, "ci", Rough(reads={"statuses": [Answer.GIVEN, Answer.STALE]}))
    before = result(reader.snapshot())
    there.edit("ana", "create", "statuses/A")
    stale = result(reader.snapshot())
    assert stale.find("statuses/A") is None
    assert stale.resources == before.resources
    assert result(reader.snapshot()).find("statuses/A") is not None


def test_usage_and_history_fail_with_the_network() -> None:
    reader = SimulatedReader(
        platform(), "ci", Rough(reads={"usage": [Answer.LOST], "audit": [Answer.BUSY]})
    )
    with pytest.raises(Unreachable):
        result(reader.usage([Address("statuses/Break")]))
    with pytest.raises(Unsent):
        result(reader.audit([Address("statuses/Break")]))
    assert result(reader.usage([])) == {}
    assert result(reader.audit([])) == ()


def test_history_contains_the_changes_since_a_time() -> None:
    moments = [NOW]
    there = Platform(lambda: moments[0])
    there.edit("ana", "create", "statuses/A")
    moments[0] = NOW.replace(hour=11)
    there.edit("ana", "patch", "statuses/A", {"icon": "cup"})
    reader = SimulatedReader(there, "ci")
    found = result(reader.audit([Address("statuses/A")], since=moments[0]))
    assert [(entry.action, entry.changes[0].path) for entry in found] == [("update", "icon")]


def test_the_reader_reports_the_clock_difference() -> None:
    def machine() -> datetime:
        return NOW - timedelta(minutes=5)

    there = platform()
    assert result(SimulatedReader(there, "ci", machine=machine).info()).time(machine()) == NOW
    assert result(SimulatedReader(there, "ci").info()).ahead is None


def test_changes_of_returned_values_are_detected() -> None:
    there = platform()
    there.edit("ana", "create", "statuses/A", {"icon": "bell"})
    there.assert_untouched()
    shown = result(SimulatedReader(there, "ci").snapshot()).find("statuses/A")
    shown.fields["icon"] = "cup"
    with pytest.raises(AssertionError, match="statuses/A was written into"):
        there.assert_untouched()
    shown.fields["icon"] = "bell"
