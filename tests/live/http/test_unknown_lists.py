"""A list that is not read whole is unknown: its pages disagree, or it is refused or fails."""

from __future__ import annotations

import pytest

from reconciler.errors import AccessDenied, Unreachable
from reconciler.live.platform import Reader, Snapshot
from tests.live.connected import Connected
from tests.live.fake_platform import FakePlatform, answer, item, problem


async def snapshot(reader: Reader) -> Snapshot:
    return await reader.snapshot()


def test_every_page_is_read(platform: FakePlatform, connected: Connected) -> None:
    platform.page_size = 10
    for n in range(25):
        platform.add(f"statuses/S{n:02}")
    found = connected.read(snapshot)
    assert len(platform.asked("statuses")) == 3
    assert sum(key.startswith("statuses/") for key in found.resources) == 25


def test_a_list_that_changes_between_its_pages_is_read_again(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.page_size = 2
    for n in range(4):
        platform.add(f"statuses/S{n}")
    stale = {"items": [item("statuses/S0"), item("statuses/S1")], "next_page_token": "2"}
    platform.faults["statuses"] = [answer(200, {**stale, "total": 4}, ETag='"old"')]
    found = connected.read(snapshot)
    assert found.unknown == {}
    assert found.find("statuses/S3") is not None
    assert len(platform.asked("statuses")) == 4


def test_a_list_that_never_holds_still_is_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    body = {"items": [item("statuses/S0")], "next_page_token": None, "total": 2}
    platform.always["statuses"] = answer(200, body)
    found = connected.read(snapshot)
    assert "it has 2 items, and 1 were sent" in found.unknown["statuses"].unmasked()
    assert found.find("statuses/S0") is None
    assert len(platform.asked("statuses")) == 2


def test_a_refused_page_token_counts_as_a_change(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.page_size = 1
    platform.add("statuses/A")
    platform.add("statuses/B")
    platform.faults["statuses"] = [
        lambda request: platform._list("statuses", request),
        problem(400, "page-token", "the token has expired"),
    ]
    assert connected.read(snapshot).unknown == {}


def test_a_page_token_that_leads_to_itself_ends(
    platform: FakePlatform, connected: Connected
) -> None:
    body = {"items": [item("statuses/S0")], "next_page_token": "x", "total": 9}
    platform.always["statuses"] = answer(200, body)
    assert "leads back to itself" in connected.read(snapshot).unknown["statuses"].unmasked()


def test_what_may_not_be_viewed_is_unknown_and_not_empty(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["blacklist"] = problem(403, "forbidden", "no view on blacklist")
    platform.always["users"] = problem(403, "forbidden", "no view on campaigns")
    found = connected.read(snapshot)
    assert "no view on blacklist" in found.unknown["blacklist"].unmasked()
    assert found.why_unknown("blacklist/ana@example.com") is not None
    assert found.why_unknown("campaigns/Sales/blacklist/ana@example.com") is None
    assert found.directory.users is None
    assert found.directory.forms == {"survey": "Survey"}


@pytest.mark.parametrize("status", [500, 503])
def test_a_list_that_fails_is_unknown(
    platform: FakePlatform, connected: Connected, status: int
) -> None:
    platform.always["campaigns/-/contacts"] = problem(status, "oops", "a bad day")
    assert "a bad day" in connected.read(snapshot).unknown["campaigns/-/contacts"].unmasked()


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([item("statuses/A"), item("statuses/a")], "is listed twice"),
        ([item("templates/A", type="text", content="")], "does not belong in this list"),
        (["A"], "not an object"),
        ([{"address": "statuses/A"}], "etag"),
    ],
)
def test_a_list_with_an_item_that_cannot_be_is_unknown(
    platform: FakePlatform, connected: Connected, items: list[object], why: str
) -> None:
    body = {"items": items, "next_page_token": None, "total": len(items)}
    platform.always["statuses"] = answer(200, body)
    assert why in connected.read(snapshot).unknown["statuses"].unmasked()


def test_a_level_listed_without_the_one_above_makes_the_tree_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("dispositions/Sale/Completed")
    assert "without the level above" in connected.read(snapshot).unknown["dispositions"].unmasked()


def test_a_body_that_is_no_list_makes_it_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["statuses"] = answer(200, ["A"])
    assert "not a list with items" in connected.read(snapshot).unknown["statuses"].unmasked()


def test_a_campaign_that_comes_while_reading_is_read_whole(
    platform: FakePlatform, connected: Connected
) -> None:
    body = {"items": [], "next_page_token": None, "total": 0}
    platform.faults["campaigns"] = [answer(200, body)]
    found = connected.read(snapshot)
    assert found.unknown == {}
    assert found.find("campaigns/Sales") is not None


def test_entries_of_a_campaign_that_is_not_listed_are_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("campaigns/Ghost/statuses/A")
    found = connected.read(snapshot)
    assert list(found.unknown) == ["campaigns/-/statuses"]
    assert "campaigns/Ghost/statuses/A" in found.unknown["campaigns/-/statuses"].unmasked()


def test_channels_that_lack_a_campaign_are_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("campaigns/Bare")
    platform.add("campaigns/Bare/members")
    found = connected.read(snapshot)
    assert {key: str(why) for key, why in found.unknown.items()} == {
        "campaigns/-/channels": "it lacks the channels of 'campaigns/Bare'"
    }


def test_a_refused_token_is_an_error_and_not_an_empty_platform(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["statuses"] = problem(401, "unauthenticated", "unknown token")
    with pytest.raises(AccessDenied, match="RECONCILER_TOKEN"):
        connected.read(snapshot)


def test_a_platform_that_fails_at_every_list_is_unreachable(
    platform: FakePlatform, connected: Connected
) -> None:
    for path in [*platform.lists, *[f"campaigns/-/{path}" for path in platform.lists]]:
        platform.always[path] = problem(503, "maintenance", "back at noon")
    with pytest.raises(Unreachable, match="back at noon") as raised:
        connected.read(snapshot)
    assert raised.value.exit_code == 6
