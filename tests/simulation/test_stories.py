"""A fixed sample of the stories of `make simulate`."""

from __future__ import annotations

import pytest

from tests.simulation import saved
from tests.simulation.checker import check
from tests.simulation.run import played
from tests.simulation.shrink import shrunk
from tests.simulation.story import FEATURES, Story, drawn
from tests.simulation.world import play

_STORIES = 600
_CHUNK = 50


@pytest.mark.parametrize("first", range(0, _STORIES, _CHUNK))
def test_stories_have_no_findings(first: int) -> None:
    part = played(range(first, first + _CHUNK))
    assert part.failed == {}, f"replay one with: make simulate STORIES=1 SEED={min(part.failed)}"
    assert part.stories == _CHUNK
    assert part.tally["run"] > _CHUNK
    assert part.tally["write"] > _CHUNK


@pytest.mark.parametrize("name", saved.kept())
def test_saved_stories_do_not_fail(name: str) -> None:
    verdict = check(play(saved.kept()[name]))
    assert {item: verdict.found[item] for item in verdict.failed} == {}


@pytest.mark.parametrize("seed", [3, 17, 128])
def test_a_seed_gives_one_story(seed: int) -> None:
    one, other = play(drawn(seed)), play(drawn(seed))
    assert one.words == other.words
    assert one.writes == other.writes
    assert one.runs == other.runs
    assert one.tally == other.tally


def test_stories_cover_every_feature_and_every_kind_of_step() -> None:
    stories = [drawn(seed) for seed in range(300)]
    assert {feature for story in stories for feature in story.features} == set(FEATURES)
    part = played(range(100))
    made = {name.split()[1] for name in part.tally if name.startswith("step: ")}
    assert made >= {"create", "update", "rename", "replace", "adopt", "delete", "forget"}


def test_a_story_can_be_saved_as_json() -> None:
    story = drawn(5)
    assert saved.loaded(saved.dumped(story)) == story


def test_a_failing_story_is_shrunk() -> None:
    story = next(
        number for number in map(drawn, range(100)) if len(number.operators) > 1 and number.edits
    )
    wanted = story.edits[0]

    def judge(candidate: Story) -> tuple[str, ...]:
        return ("stuck",) if wanted in candidate.edits else ()

    short = shrunk(story, judge=judge)
    assert short.edits == (wanted,)
    assert short.operators == short.before == ()
    assert short.features == frozenset()
