"""Predicts the effects of random plans, applies them, and compares with the sandbox.

    make effects PLANS=2000               seeds from 0 on, on one core
    python -m tests.effects.run --plans 1 --seed 397 --jobs 1

Exits with 1 for a mismatch.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator

from reconciler.planning.effects.effects import Effects
from tests.effects.trial import Trial, run_trial

_MOST_LISTED = 20
_PROGRESS = 200
_GARBAGE_EVERY = 50


def _run(seed: int) -> tuple[int, tuple[str, ...], Counter[str]]:
    started = time.process_time()
    trial = run_trial(seed)
    if seed % _GARBAGE_EVERY == 0:
        gc.collect()
    tally = _tally(trial)
    tally["milliseconds of processor time"] = round((time.process_time() - started) * 1000)
    return seed, trial.found, tally


def _tally(trial: Trial) -> Counter[str]:
    effects = trial.effects
    return Counter(
        {
            "changes": trial.changes,
            "facts compared": trial.compared,
            "requests": trial.requests,
            **dict(_counts(effects)),
        }
    )


def _counts(effects: Effects) -> Iterator[tuple[str, int]]:
    yield "campaigns with other hours", len(effects.hours)
    yield "campaigns that close now", sum(hours.closes_now for hours in effects.hours)
    intervals = sum(len(hours.lost) + len(hours.gained) for hours in effects.hours)
    yield "intervals lost and gained", intervals
    days = sum(len(holiday.closes) + len(holiday.opens) for holiday in effects.holidays)
    yield "campaigns that a holiday closes or opens", days
    yield "channels that stop", sum(service.stops for service in effects.services)
    yield "channels that start", sum(service.starts for service in effects.services)
    yield "customers reachable or blocked", len(effects.blacklist.customers)
    yield "toggles", len(effects.blacklist.toggles)
    yield "statuses that vanish", len(effects.statuses)
    yield "members who leave", len(effects.members)
    yield "campaigns lost", len(effects.lost_campaigns)
    yield "shared resources", len(effects.shared)
    yield "dispositions", len(effects.dispositions)
    yield "shadows", len(effects.shadows)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.plans)
    started, total = time.monotonic(), Counter[str]()
    failed: dict[int, tuple[str, ...]] = {}
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(arguments.jobs) as pool:
        for done, (seed, found, tally) in enumerate(pool.imap_unordered(_run, seeds, 10), 1):
            total.update(tally)
            if found:
                failed[seed] = found
            if done % _PROGRESS == 0:
                sys.stderr.write(f"{done:,} plans, {len(failed)} failed\n")
    lines = ["| what | how many |", "|---|---:|", f"| plans | {len(seeds):,} |"]
    lines.append(f"| seconds on {arguments.jobs} cores | {time.monotonic() - started:,.0f} |")
    lines += [f"| {name} | {count:,} |" for name, count in total.items()]
    lines.append(f"| **mismatches** | **{sum(map(len, failed.values())):,}** |")
    for seed in sorted(failed)[:_MOST_LISTED]:
        lines += [f"seed {seed}: {text}" for text in failed[seed]]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
