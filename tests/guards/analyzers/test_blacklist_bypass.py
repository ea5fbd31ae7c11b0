"""blacklist-bypass: a channel that stops honouring the blacklist."""

from __future__ import annotations

import pytest

from tests.guards.guard_builders import found, only, review, update

CODE = "blacklist-bypass"
CHANNEL = "campaigns/Sales/channels/webchat"


@pytest.mark.parametrize("toggle", ["block_inbound", "block_outbound"])
def test_turning_a_toggle_off_is_blocked(toggle: str) -> None:
    finding = only(CODE, review(update(CHANNEL, {toggle: True}, {toggle: False})))

    assert finding.blocks
    assert f"`{toggle}: true`" in str(finding.safer)


def test_turning_both_off_is_one_finding() -> None:
    off = {"block_inbound": False, "block_outbound": False}
    finding = only(CODE, review(update(CHANNEL, {}, off)))

    assert "contact it and agents could contact" in str(finding.message)


def test_turning_it_on_passes() -> None:
    assert found(CODE, review(update(CHANNEL, {"block_inbound": False}, {}))) == []
