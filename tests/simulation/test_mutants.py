"""Stories detect these faults of the product, each within a few hundred stories."""

from __future__ import annotations

import pytest

from tests.simulation import saved
from tests.simulation.checker import check
from tests.simulation.mutants import MUTANTS, hunt
from tests.simulation.world import play

_QUICK = (
    "both of these",
    "a run begins on what another project has",
    "the ledger is not committed with the outcomes",
    "an exit code of 0 whatever happened",
)
_STORIES = 200


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.name in _QUICK], ids=lambda m: m.name)
def test_stories_detect_the_mutant(mutant: object) -> None:
    assert hunt(mutant, _STORIES) is not None  # type: ignore[arg-type]


def test_a_saved_story_detects_a_rare_cascade() -> None:
    story = saved.kept()["a campaign is deleted with what another project adopted in it"]
    mutant = next(item for item in MUTANTS if item.name == "both of these")
    with mutant.alive():
        verdict = check(play(story))
    assert "along with campaigns/North" in verdict.found["wrong owner"][0]
