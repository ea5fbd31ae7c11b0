"""Counts, lists and values in messages."""

from __future__ import annotations

import pytest

from reconciler.kinds.registry import KINDS, place
from reconciler.message import Message
from reconciler.text import counted, first_of, joined, short_value, some, verb, with_article


def test_counts_use_singular_and_plural() -> None:
    assert counted(1, "campaign") == "1 campaign"
    assert counted(61, "agent") == "61 agents"
    assert counted(12000, "status", "statuses") == "12,000 statuses"


def test_kinds_are_counted_with_their_nouns_in_registry_order() -> None:
    assert KINDS.counted({"Holiday": 1, "Campaign": 3}) == ["3 campaigns", "1 holiday"]
    assert KINDS.counted({"Status": 2, "BlacklistEntry": 2, "Template": 1}) == [
        "2 statuses",
        "1 template",
        "2 blacklist entries",
    ]


def test_long_lists_are_cut() -> None:
    assert joined([]) == ""
    assert some("abc") == "a, b and c"
    assert some("abcdef") == "a, b, c, d, e and f"
    assert some("abcdefgh") == "a, b, c, d, e and 3 more"
    assert first_of("abc", None) == "a, b, c"
    assert first_of("abcd", 2) == "a, b and 2 more"
    assert first_of("abcd", 2, "; ") == "a; b; and 2 more"


def test_verbs_and_articles_agree() -> None:
    assert verb(1, "is", "are") == "is"
    assert verb(0, "is", "are") == "are"
    assert [with_article(noun) for noun in ("status", "approval", "sms channel", "user")] == [
        "a status",
        "an approval",
        "an sms channel",
        "a user",
    ]


def test_values_are_json_and_cut() -> None:
    assert short_value(None) == "nothing"
    assert short_value(["é", "b"]) == "é, b"
    assert short_value({"user": "ana", "penalty": 5}) == "user ana, penalty 5"
    assert short_value(False) == "no"
    assert short_value("") == short_value([]) == "empty"
    assert len(short_value("x" * 100)) == 60


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("statuses/Lunch", "statuses/Lunch"),
        ("blacklist", "blacklist"),
        ("blacklist/+59829001234", "blacklist/•••"),
        ("campaigns/A/contacts/x", "campaigns/A/contacts/•••"),
        ("campaigns/-/contacts", "campaigns/-/contacts"),
        ("mass-change.count", "mass-change.count"),
        ("nonsense/x", "nonsense/x"),
    ],
)
def test_an_address_in_a_message_names_no_customer(address: str, shown: str) -> None:
    assert str(Message.of("{address}", address=place(address))) == shown
