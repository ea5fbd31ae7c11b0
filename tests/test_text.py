"""Counts, lists and values as people read them."""

from __future__ import annotations

import pytest

from reconciler.guards.wording import counted, joined, of_kinds, shown, some, unmasked


def test_counts_have_their_plural() -> None:
    assert counted(1, "campaign") == "1 campaign"
    assert counted(61, "agent") == "61 agents"
    assert counted(12000, "status", "statuses") == "12,000 statuses"


def test_kinds_are_counted_by_their_own_nouns_in_their_own_order() -> None:
    assert of_kinds({"Holiday": 1, "Campaign": 3}) == "3 campaigns and 1 holiday"
    assert of_kinds({"Status": 2, "BlacklistEntry": 2, "Template": 1}) == (
        "2 statuses, 1 template and 2 blacklist entries"
    )


def test_long_lists_are_cut() -> None:
    assert joined([]) == ""
    assert some("abc") == "a, b and c"
    assert some("abcdef") == "a, b, c, d, e and f"
    assert some("abcdefgh") == "a, b, c, d, e and 3 more"


def test_values_are_json_and_cut() -> None:
    assert shown(None) == "nothing"
    assert shown(["é"]) == '["é"]'
    assert len(shown("x" * 100)) == 60


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("statuses/Lunch", "statuses/Lunch"),
        ("blacklist", "blacklist"),
        ("blacklist/+59829001234", "an entry of blacklist"),
        ("campaigns/A/contacts/x", "an entry of campaigns/A/contacts"),
        ("campaigns/-/contacts", "campaigns/-/contacts"),
        ("mass-change.count", "mass-change.count"),
        ("nonsense/x", "nonsense/x"),
    ],
)
def test_free_text_names_no_customer(address: str, told: str) -> None:
    assert unmasked(address) == told
