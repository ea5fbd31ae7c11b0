"""The stories that compare the two platforms detect every broken rule."""

from __future__ import annotations

from functools import cache
from itertools import zip_longest

import pytest

from tests.simulation import operations
from tests.simulation.platform_stories import Story, difference, story_of
from tests.simulation.rule_mutants import RULES, Copy, Mutant, mutants

_MOST_STORIES = 200
"""The first few stories detect most rules; the rarest need about thirty."""
_ONLY_SPEED = frozenset(
    {
        "if form is None:",
        "if self._lists is None:",
        "if len(_forms) >= _MOST_FORMS:",
        "if moment != self._moment[0]:",
        "if kind.references is no_references:",
    }
)
"""Conditions that only affect speed or memory."""
_NEVER_ALWAYS = frozenset({"if kind is CHANNEL:"})
"""Conditions that can always be true: no other kind has numbers."""


@cache
def _story(seed: int) -> Story:
    return story_of(seed)


@cache
def _seen(seed: int) -> tuple[object, ...]:
    return tuple(Copy().seen(_story(seed)))


@pytest.mark.parametrize("module", RULES)
def test_a_story_detects_each_broken_rule(module: str) -> None:
    unseen = [
        str(mutant)
        for mutant in mutants(module)
        if not _is_alike(mutant) and not _is_noticed(mutant)
    ]
    assert unseen == []


def _is_noticed(mutant: Mutant) -> bool:
    changed = Copy(mutant)
    return any(
        item != other
        for seed in range(1, _MOST_STORIES)
        for item, other in zip_longest(changed.seen(_story(seed)), _seen(seed))
    )


def _is_alike(mutant: Mutant) -> bool:
    return mutant.text in _ONLY_SPEED or (
        mutant.change == "always" and mutant.text in _NEVER_ALWAYS
    )


def test_a_broken_rule_of_the_simulated_platform_differs_from_the_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not difference(_story(1))
    monkeypatch.setattr(operations, "_check_references", lambda *_: None)
    assert "sandbox" in difference(_story(1))
