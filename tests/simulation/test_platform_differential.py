"""The simulated platform gives the same answers as the sandbox.

The tests compare statuses, codes, resources, lists, usage and the audit log; ETags only by their
effect. `DIFFERENTIAL_STORIES=5000` plays more stories; `DIFFERENTIAL_SEED` is the first seed.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.platform_stories import difference, shortened, story_of

_STORIES = int(os.environ.get("DIFFERENTIAL_STORIES", "36"))
_FIRST = int(os.environ.get("DIFFERENTIAL_SEED", "1"))
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
def test_the_simulated_platform_answers_like_the_sandbox(part: int) -> None:
    for seed in range(_FIRST + part, _FIRST + _STORIES, _PARTS):
        story = story_of(seed)
        if difference(story):
            story = shortened(story, lambda operation: bool(difference(operation)))
            pytest.fail(f"seed {seed}, shortened:\n{story}\n{difference(story)}")
