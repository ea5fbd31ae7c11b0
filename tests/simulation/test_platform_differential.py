"""The simulated platform answers as the sandbox does: the same requests, the same everything.

Statuses, codes, resources, what is listed afterwards, usage, and the audit log are compared; ETags
are not, but what they decide is. `DIFFERENTIAL_STORIES=5000` tells more stories, and
`DIFFERENTIAL_SEED` is the first one's seed.
"""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.simulation.pair import Pair
from tests.simulation.retelling import Batch, Contacted, Pause, Step, Story, Took, shortened, told

_STORIES = int(os.environ.get("DIFFERENTIAL_STORIES", "40"))
_FIRST = int(os.environ.get("DIFFERENTIAL_SEED", "1"))
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
def test_the_simulated_platform_answers_as_the_sandbox_does(part: int) -> None:
    for seed in range(_FIRST + part, _FIRST + _STORIES, _PARTS):
        story = told(seed)
        if _difference(story):
            story = shortened(story, lambda one: bool(_difference(one)))
            pytest.fail(f"seed {seed}, shortened:\n{story}\n{_difference(story)}")


def _difference(story: Story) -> str:
    """How the two differ; "" where they do not."""
    try:
        asyncio.run(_carried_out(story))
    except AssertionError as difference:
        return str(difference) or repr(difference)
    return ""


async def _carried_out(story: Story) -> None:
    async with Pair() as pair:
        for step in story.steps:
            await _taken(pair, step)
        await pair.compare(story.reader)


async def _taken(pair: Pair, step: Step) -> None:
    match step:
        case Batch(user, asks):
            await pair.send(user, asks)
        case Pause(passed):
            pair.pass_time(passed)
        case Contacted(campaign, used, fields):
            await pair.interact(campaign, used, **fields)
        case Took(user, status, campaign):
            await pair.take_status(user, status, campaign)
