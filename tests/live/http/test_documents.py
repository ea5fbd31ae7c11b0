"""The platform's documents: strict types, and nulls that mean the same as missing keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from reconciler.kinds.address import Address
from reconciler.live.http.documents import audit_entry_of, connectors_of, info_of, usage_of
from reconciler.live.http.wire import Unparsable
from reconciler.live.platform import Usage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ADDRESS = Address("statuses/A")


def test_nulls_are_like_missing_keys_and_unknown_keys_are_ignored() -> None:
    assert usage_of(ADDRESS, {"agents_now": None, "open_by_user": None, "x": 1}) == Usage(ADDRESS)
    assert info_of({"id": "acme", "limits": {"batch": None, "x": "y"}}, NOW).batch_size == 1000
    assert connectors_of([{"name": "A", "type": "sms", "numbers": None}])["a"].numbers == ()


def test_nulls_within_audited_values_stay() -> None:
    change: JsonValue = {"path": "channels", "before": {"sms": None}, "after": None}
    entry = audit_entry_of({"at": "", "by": None, "address": "a/b", "changes": [change]})
    assert (entry.by, entry.action) == ("", "")
    assert entry.changes[0].before == {"sms": None}
    assert entry.changes[0].after is None


@pytest.mark.parametrize(
    ("json", "expected"),
    [
        (None, "it is not an object"),
        ({"referrers": [{"address": "a/b"}]}, "'referrers.0.field' is missing"),
        ({"recent_interactions": "5"}, "'recent_interactions' is not a number"),
        ({"open_interactions": True}, "'open_interactions' is not a number"),
        ({"agents_now": "ana"}, "'agents_now' is not a list"),
        ({"agents_now": [7]}, "'agents_now.0' is not text"),
        ({"open_by_user": []}, "'open_by_user' is not an object"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(json: JsonValue, expected: str) -> None:
    with pytest.raises(Unparsable) as refusal:
        usage_of(ADDRESS, json)
    assert str(refusal.value) == expected


def test_a_value_with_too_many_levels_is_refused() -> None:
    value: JsonValue = 1
    for _ in range(300):
        value = [value]
    changes: JsonValue = [{"path": "x", "before": value}]
    with pytest.raises(Unparsable, match="too many levels"):
        audit_entry_of({"at": "", "address": "a/b", "changes": changes})
