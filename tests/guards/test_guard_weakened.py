"""guard-weakened: a change may not loosen the guards on its own way through."""

from __future__ import annotations

import pytest
from guard_builders import SETTINGS, found, only, owned, review

CODE = "guard-weakened"


@pytest.mark.parametrize(
    ("name", "was"),
    [
        ("mass-change.count", 10),
        ("mass-change.percent", 20),
        ("delete-in-use.recent_days", 20),
    ],
)
def test_a_weaker_setting_is_blocked_and_approved_by_its_name(name: str, was: int) -> None:
    now = {**SETTINGS, "delete-in-use.recent_days": 7}
    finding = only(CODE, review(ledger=owned(settings={name: was}), settings=now))

    assert finding.blocks
    assert finding.address == finding.approval == name
    assert f"{name} was {was} at the last apply and is {now[name]} now" in finding.message


def test_a_stricter_setting_passes() -> None:
    stricter = {"mass-change.count": 50, "delete-in-use.recent_days": 7}

    assert found(CODE, review(ledger=owned(settings=stricter))) == []


def test_days_beyond_those_the_platform_tells_were_never_stricter() -> None:
    assert found(CODE, review(ledger=owned(settings={"delete-in-use.recent_days": 90}))) == []


def test_a_first_apply_has_nothing_to_weaken() -> None:
    assert found(CODE, review(ledger=owned())) == []
