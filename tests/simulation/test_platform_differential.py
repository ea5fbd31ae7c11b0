"""The simulated platform answers as the sandbox does: the same requests, the same everything.

Statuses, codes, resources, what is listed afterwards, usage, and the audit log are compared; ETags
are not, but what they decide is. `DIFFERENTIAL_STORIES=5000` tells more stories, and
`DIFFERENTIAL_SEED` is the first one's seed.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.retelling import difference, shortened, told

_STORIES = int(os.environ.get("DIFFERENTIAL_STORIES", "36"))
_FIRST = int(os.environ.get("DIFFERENTIAL_SEED", "1"))
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
def test_the_simulated_platform_answers_as_the_sandbox_does(part: int) -> None:
    for seed in range(_FIRST + part, _FIRST + _STORIES, _PARTS):
        story = told(seed)
        if difference(story):
            story = shortened(story, lambda operation: bool(difference(operation)))
            pytest.fail(f"seed {seed}, shortened:\n{story}\n{difference(story)}")
