"""The declarations of the guards: codes, documentation and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.guards.registry import GUARD_CODES, GUARDS, guide, register
from reconciler.manifests.settings import GuardSettings
from reconciler.planning.plan_header import guard_settings

DESIGNED = """
delete-in-use delete-protected delete-campaign delete-cascade delete-unowned delete-system-default
replace foreign-owner unblock blacklist-bypass open-hours service-stops scope-widens opens-more
shared-edit mass-change empty-desired unknown-live no-ledger stale-checkout conflict reverts-drift
holiday-today-or-past duplicate-number spent-rename likely-rename guard-weakened freeze
unused-approval
"""
_GUIDE = Path(__file__).parents[2] / "docs" / "guards.md"


def test_every_guard_of_the_design_is_registered_once() -> None:
    assert list(GUARD_CODES) == DESIGNED.split()


def test_a_second_guard_with_the_same_code_is_refused() -> None:
    with pytest.raises(ValueError, match="delete-in-use is registered twice"):
        register(GUARDS[0], GUARDS[0])


def test_every_guard_has_a_summary_and_a_help_text_under_its_code() -> None:
    assert all(guard.summary.endswith(".") for guard in GUARDS)
    assert all((guard.help or "").startswith(f"{guard.code}: ") for guard in GUARDS)


def test_the_settings_in_the_project_file_are_the_options_of_the_guards() -> None:
    options = {option.name: option.default for guard in GUARDS for option in guard.options}
    assert options == guard_settings(GuardSettings())


def test_the_guide_is_generated_from_the_guards() -> None:
    """`make schemas` writes it."""
    assert _GUIDE.read_text() == guide()
