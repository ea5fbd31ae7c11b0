"""guard-weakened: a change may not loosen the guards on its own way through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.state.safeguards import FrozenDates, Safeguards
from tests.guards.guard_builders import SETTINGS, found, only, owned, review

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
    assert f"{name} was {was} at the last apply and is {now[name]} now" in str(finding.message)


def test_a_stricter_setting_passes() -> None:
    stricter = {"mass-change.count": 50, "delete-in-use.recent_days": 7}

    assert found(CODE, review(ledger=owned(settings=stricter))) == []


def test_more_days_than_the_platform_counts_are_not_stricter() -> None:
    assert found(CODE, review(ledger=owned(settings={"delete-in-use.recent_days": 90}))) == []


def test_a_first_apply_has_nothing_to_weaken() -> None:
    assert found(CODE, review(ledger=owned())) == []


# ---- signatures and freeze windows -----------------------------------------------------------

SIGNED = Safeguards(require_signature=True, keys={"SHA256:ana": "QQ==", "SHA256:eva": "RQ=="})
FROZEN = Safeguards(
    time_zone="America/Montevideo",
    weekly={"fri": ("18:00-24:00",), "sat": ("00:00-24:00",)},
    dated=(FrozenDates("2026-12-20T00:00", "2026-12-28T00:00", "Christmas season"),),
)


def weakened(applied: Safeguards, now: Safeguards, *more: Safeguards) -> list[str]:
    """What is found where an apply recorded one and the files ask for another."""
    one = review(ledger=replace(owned(), safeguards=(applied, *more)))
    return sorted(
        finding.address
        for finding in found(CODE, replace(one, plan=replace(one.plan, safeguards=now)))
        if finding.blocks and finding.approval == finding.address
    )


def test_a_signature_that_is_no_longer_required_is_found_once() -> None:
    assert weakened(SIGNED, Safeguards()) == ["require_signature"]


def test_a_key_that_is_added_is_found_and_one_that_is_removed() -> None:
    other = replace(SIGNED, keys={"SHA256:ana": "QQ==", "SHA256:luis": "TA=="})
    assert weakened(SIGNED, other) == ["trust.SHA256:eva", "trust.SHA256:luis"]


def test_keys_mean_nothing_where_no_signature_was_required() -> None:
    assert weakened(Safeguards(), SIGNED) == []
    assert weakened(SIGNED, SIGNED) == []


def test_a_freeze_window_that_is_gone_is_found_until_it_is_over() -> None:
    windows = ["freeze.2026-12-20T00:00..2026-12-28T00:00", "freeze.fri.18:00-24:00"]
    assert weakened(FROZEN, Safeguards()) == [*windows, "freeze.sat.00:00-24:00"]
    over = replace(FROZEN, dated=(FrozenDates("2026-01-01T00:00", "2026-01-02T00:00"),))
    assert weakened(over, replace(FROZEN, dated=())) == []


def test_what_several_ledgers_of_a_platform_recorded_is_found_together() -> None:
    assert weakened(SIGNED, Safeguards(), replace(FROZEN, weekly={})) == [
        "freeze.2026-12-20T00:00..2026-12-28T00:00",
        "require_signature",
    ]
