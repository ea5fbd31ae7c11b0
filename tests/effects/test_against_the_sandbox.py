"""Predicted effects equal what the sandbox shows: a slice of `make effects`."""

from __future__ import annotations

import pytest

from tests.effects.mutants import MUTANTS, Mutant
from tests.effects.trial import run_trial

_TRIALS, _PARTS = 24, 4
_MOST_TRIALS = 40
"""A mutant must be noticed within this number of trials, when its seed no longer notices it."""


@pytest.mark.parametrize("part", range(_PARTS))
def test_predicted_effects_equal_observed_effects(part: int) -> None:
    for seed in range(part, _TRIALS, _PARTS):
        trial = run_trial(seed)
        assert not trial.found, f"seed {seed}: {trial.found[0]}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_prediction_is_noticed(mutant: Mutant) -> None:
    with mutant():
        assert any(run_trial(seed).found for seed in (MUTANTS[mutant], *range(_MOST_TRIALS)))
