"""Usage is asked for one by one, or as one listing: whichever takes fewer requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from reconciler.errors import PlatformError
from reconciler.kinds.address import Address
from reconciler.live.platform import Reader, Usage
from tests.live.connected import Connected
from tests.live.fake_platform import FakePlatform, problem


def ask(
    connected: Connected, addresses: Sequence[str], *, snapshot_first: bool = False
) -> Mapping[str, Usage]:
    async def use(reader: Reader) -> Mapping[str, Usage]:
        if snapshot_first:
            await reader.snapshot()
        return await reader.usage([Address(each) for each in addresses])

    return connected.read(use)


def listed(platform: FakePlatform) -> int:
    return sum(each.url.params.get("view") == "usage" for each in platform.seen)


@pytest.fixture
def used(platform: FakePlatform) -> FakePlatform:
    for n in range(10):
        platform.add(f"statuses/S {n}")
        platform.usage[f"statuses/S {n}"] = {
            "address": f"statuses/S {n}",
            "referrers": [{"address": "campaigns/Sales", "field": "statuses"}],
            "recent_interactions": 12,
            "recent_campaigns": [
                {"campaign": "Sales", "count": 12, "last_at": "2026-11-20T08:00:00Z"}
            ],
            "agents_now": ["ana", "luis"],
            "open_interactions": n,
            "interactions_total": 40,
            "open_by_user": {"ana": 2},
        }
    return platform


def test_a_few_are_asked_one_by_one(used: FakePlatform, connected: Connected) -> None:
    found = ask(connected, ["statuses/S 1", "statuses/s 2"])
    assert listed(used) == 0
    usage = found["statuses/s 1"]
    assert usage.referrers[0].address == "campaigns/Sales"
    assert usage.recent[0].count == usage.recent_interactions == 12
    assert usage.agents_now == ("ana", "luis")
    assert (usage.open_interactions, usage.interactions_total) == (1, 40)
    assert usage.open_by_user == {"ana": 2}


@pytest.mark.parametrize("snapshot_first", [False, True])
def test_many_of_one_list_are_one_listing(
    used: FakePlatform, connected: Connected, snapshot_first: bool
) -> None:
    wanted = [f"statuses/S {n}" for n in range(6)]
    found = ask(connected, wanted, snapshot_first=snapshot_first)
    assert list(found) == [each.lower() for each in wanted]
    assert found["statuses/s 5"].open_interactions == 5
    assert listed(used) == 1


def test_a_few_of_a_long_list_are_asked_one_by_one(
    used: FakePlatform, connected: Connected
) -> None:
    used.page_size = 1
    ask(connected, [f"statuses/S {n}" for n in range(6)])
    assert listed(used) == 0


def test_what_is_gone_or_may_not_be_seen_is_left_out(
    used: FakePlatform, connected: Connected
) -> None:
    used.always["templates/T:usage"] = problem(403, "forbidden", "no view")
    found = ask(connected, ["statuses/Gone", "statuses/S 3", "templates/T"])
    assert list(found) == ["statuses/s 3"]


def test_a_list_that_may_not_be_seen_is_left_out(used: FakePlatform, connected: Connected) -> None:
    used.always["statuses"] = problem(403, "forbidden", "no view")
    assert ask(connected, [f"statuses/Gone {n}" for n in range(6)]) == {}


def test_a_failure_is_raised_since_no_usage_would_read_as_unused(
    used: FakePlatform, connected: Connected
) -> None:
    used.always["statuses/S%203:usage"] = problem(500, "internal", "oops")
    with pytest.raises(PlatformError, match="oops"):
        ask(connected, ["statuses/S 3"])


def test_reserved_characters_are_encoded_and_the_verb_is_not(
    used: FakePlatform, connected: Connected
) -> None:
    ask(connected, ["statuses/a:b%2Fc?d#e"])
    assert used.seen[-1].url.raw_path == b"/v1/statuses/a%3Ab%2Fc%3Fd%23e:usage"
