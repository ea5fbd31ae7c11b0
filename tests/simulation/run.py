"""Plays thousands of stories on all cores, and prints the results.

    make simulate STORIES=100000          seeds from 0 on
    make simulate SEED=397 STORIES=1      one story as text, and its shortest form

Exits with 1 when a counter is not zero, or when fewer stories were played than requested.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.simulation import saved
from tests.simulation.checker import COUNTERS, check
from tests.simulation.shrink import failures, shrunk
from tests.simulation.story import Story, drawn
from tests.simulation.world import play

_CHUNK = 50
_PROGRESS = 1000
_MOST_SHRUNK = 5
_MOST_LISTED = 40


@dataclass(slots=True)
class Part:
    """The results of some stories: counts, and the failed seeds with their findings."""

    stories: int = 0
    cpu_seconds: float = 0.0
    tally: Counter[str] = field(default_factory=Counter)
    counters: Counter[str] = field(default_factory=Counter)
    forgiven: Counter[str] = field(default_factory=Counter)
    failed: dict[int, str] = field(default_factory=dict)

    def take(self, other: Part) -> None:
        """Add another part to this one."""
        self.stories += other.stories
        self.cpu_seconds += other.cpu_seconds
        self.tally.update(other.tally)
        self.counters.update(other.counters)
        self.forgiven.update(other.forgiven)
        self.failed.update(other.failed)


def played(seeds: Iterable[int]) -> Part:
    """Play the stories of some seeds."""
    part = Part()
    started = time.process_time()
    gc.disable()
    try:
        for seed in seeds:
            _play_one(part, seed)
            if part.stories % 10 == 0:
                gc.collect(1)
    finally:
        gc.enable()
    part.cpu_seconds = time.process_time() - started
    return part


def _play_one(part: Part, seed: int) -> None:
    history = play(drawn(seed))
    verdict = check(history)
    part.stories += 1
    part.tally.update(history.tally)
    part.forgiven.update(verdict.forgiven)
    for counter in verdict.failed:
        part.counters[counter] += len(verdict.found[counter])
        part.failed.setdefault(seed, f"{counter}: {verdict.found[counter][0]}")


def run(first: int, stories: int) -> Part:
    """Play stories on all cores."""
    chunks = [
        range(start, min(start + _CHUNK, first + stories))
        for start in range(first, first + stories, _CHUNK)
    ]
    whole = Part()
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(os.cpu_count()) as pool:
        for part in pool.imap_unordered(played, chunks):
            whole.take(part)
            if whole.stories % _PROGRESS == 0:
                sys.stderr.write(f"{whole.stories:,} stories, {len(whole.failed)} failed\n")
    return whole


# ---- output ---------------------------------------------------------------------


def table(whole: Part, first: int, wall_seconds: float) -> Iterator[str]:
    """The lines of the report, as Markdown."""
    rate = whole.stories / whole.cpu_seconds if whole.cpu_seconds else 0.0
    tally = whole.tally
    yield "| what | how many |"
    yield "|---|---:|"
    yield f"| seeds | {first:,} to {first + whole.stories - 1:,} |"
    yield f"| stories | {whole.stories:,} |"
    yield f"| stories a second of one core | {rate:.1f} |"
    yield f"| wall clock | {wall_seconds:,.0f} s on {os.cpu_count()} cores |"
    yield f"| commands | {_sum(tally, 'command: '):,} |"
    yield f"| runs | {tally['run']:,} |"
    yield f"| steps | {_sum(tally, 'step: '):,} |"
    yield f"| changes on the platform | {tally['write']:,} |"
    yield f"| edits by people | {tally['edit']:,} |"
    yield f"| stories that were led to their end | {tally['converged']:,} |"
    for prefix in ("command: ", "step: ", "fault: ", "refused: ", "stopped: ", "exit "):
        for name in sorted(tally):
            if name.startswith(prefix):
                yield f"| {name} | {tally[name]:,} |"
    for name, count in sorted(whole.forgiven.items()):
        yield f"| not promised: {name} | {count:,} |"
    for counter in COUNTERS:
        yield f"| **{counter}** | **{whole.counters[counter]:,}** |"


def _sum(tally: Counter[str], prefix: str) -> int:
    return sum(count for name, count in tally.items() if name.startswith(prefix))


def story_lines(story: Story) -> Iterator[str]:
    """A story as text, with its findings."""
    history = play(story)
    verdict = check(history)
    yield f"features: {', '.join(sorted(story.features))}"
    for revisions, name in zip(story.revisions, ("acme", "beta"), strict=False):
        for number, revision in enumerate(revisions):
            kept = revision.without(story.dropped)
            yield f"{name}, revision {number}: " + "; ".join(
                [str(item) for item in kept.declared.values()]
                + [f"list {item.address} removes {item.removes}" for item in kept.lists.values()]
            )
    yield from history.words
    for counter in verdict.failed:
        for text in verdict.found[counter]:
            yield f"{counter}: {text}"


def _say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    first, stories = arguments.seed, arguments.stories
    started = time.monotonic()
    whole = run(first, stories)
    _say(table(whole, first, time.monotonic() - started))
    for seed in sorted(whole.failed)[:_MOST_LISTED]:
        _say([f"seed {seed}: {whole.failed[seed]}"])
    for seed in sorted(whole.failed)[:_MOST_SHRUNK]:
        short = shrunk(drawn(seed))
        _say(
            ["", f"The shortest form of: make simulate SEED={seed} STORIES=1", *story_lines(short)]
        )
        _say([f"To keep it, add to {saved.FILE.name}: {saved.dumped(short)}"])
    if stories == 1 and not whole.failed:
        _say(story_lines(drawn(first)))
    if whole.stories < stories:
        _say([f"only {whole.stories} of {stories} stories were played"])
    return 1 if whole.failed or whole.stories < stories else 0


__all__ = ["failures", "main", "played", "run", "story_lines", "table"]

if __name__ == "__main__":
    sys.exit(main())
