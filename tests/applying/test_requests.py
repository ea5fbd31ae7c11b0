"""A change as the one request that makes it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from reconciler.applying.requests import merge_patch, request_for
from reconciler.kinds.address import Address
from reconciler.planning.change import Action, Change, Reason

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.integers(0, 3) | st.text(max_size=2),
        lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


def _patched(target: JsonValue, patch: JsonValue) -> JsonValue:
    """RFC 7396, section 2, word for word."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _patched(result.get(name), value)
    return result


@given(_FIELDS, _FIELDS)
def test_a_merge_patch_turns_before_into_after(
    before: dict[str, JsonValue], after: dict[str, JsonValue]
) -> None:
    assert _patched(before, merge_patch(before, after)) == after


def test_a_schedule_is_written_whole_when_one_day_changes() -> None:
    before: dict[str, JsonValue] = {day: ["09:00-18:00"] for day in _DAYS}
    after: dict[str, JsonValue] = {**before, "sat": []}
    change = Change(
        Address("campaigns/Sales"),
        "Campaign",
        Action.UPDATE,
        Reason.CHANGED,
        before={"schedule": before, "enabled": True},
        after={"schedule": after, "enabled": True},
    )
    assert request_for(change, if_match="e", key="k").body == {"schedule": after}
