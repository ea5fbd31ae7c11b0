"""Breaks the product in one place at a time, to check that stories detect it.

python -m tests.simulation.mutants [STORIES] [NAME]
"""

from __future__ import annotations

import itertools
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from reconciler.applying.rechecks.change_state import ChangeState
from tests.simulation.checker import check, sentences
from tests.simulation.story import drawn
from tests.simulation.world import play

_STORIES = 3000


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is wrong in the product: each name that is patched, with what is made of the present
    value. Only stories with the features in `among` are tried."""

    name: str
    patches: Mapping[str, Callable[[Any], Any]]
    among: frozenset[str] = frozenset()

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Break the product inside the context."""
        with ExitStack() as stack:
            for target, make in self.patches.items():
                module, _, attribute = target.rpartition(".")
                present = _found(module, attribute)
                stack.enter_context(patch(target, make(present)))
            yield


def _found(owner: str, attribute: str) -> Any:
    found: Any = None
    names = owner.split(".")
    for end in range(len(names), 0, -1):
        try:
            found = __import__(".".join(names[:end]), fromlist=["_"])
        except ImportError:
            continue
        for name in names[end:]:
            found = getattr(found, name)
        break
    return getattr(found, attribute)


def _giving(value: Any) -> Callable[[Any], Any]:
    """A function with a constant result."""
    return lambda _: lambda *_, **__: value


def _never_stale(checked: Any) -> Any:
    def wrong(*args: Any, **how: Any) -> Any:
        return {
            key: replace(item, state=ChangeState.TO_DO, why="")
            if item.state is ChangeState.STALE
            else item
            for key, item in checked(*args, **how).items()
        }

    return wrong


def _without_ledger(record: Any) -> Any:
    return lambda self, outcomes, _: record(self, outcomes, ())


def _without_etag(request_for: Any) -> Any:
    return lambda change, **how: request_for(change, **{**how, "if_match": None})


def _new_key(present: Any) -> Any:
    numbers = iter(range(10**9))
    return lambda self, change: f"{present(self, change)}-{next(numbers)}"


async def _at_once(*_: Any, **__: Any) -> None:
    return None


def _as_given(known: Any, outcomes: Any, *, finished: bool) -> Any:
    return list(outcomes), {}


async def _nothing_blocks(*_: Any, **__: Any) -> Any:
    return ()


def _newest_lease(store: Any, key: Any, _: int) -> Any:
    return store.state.leases[key]


def _yes(_: Any) -> bool:
    return True


def _zero(_: Any) -> int:
    return 0


_LEDGER_TRUSTED: dict[str, Callable[[Any], Any]] = {
    "reconciler.applying.verify.stale_entries": _giving({}),
    "reconciler.applying.rechecks.guards.with_ledger_facts": lambda _: lambda state: state.plan,
}
_STORE_LETS_ALL: dict[str, Callable[[Any], Any]] = {
    "tests.simulation.memory_store.refuse": _giving(None),
    "tests.simulation.memory_store.MemoryStore._is_taken": _giving(False),
}

MUTANTS = (
    Mutant("apply trusts what the ledger said when the plan was made", _LEDGER_TRUSTED),
    Mutant("a run begins on what another project has", _STORE_LETS_ALL),
    Mutant("both of these", {**_LEDGER_TRUSTED, **_STORE_LETS_ALL}),
    Mutant(
        "a run begins below what another project's run deletes",
        {"reconciler.state.sql.ownership._MOVES_A_TREE": lambda _: ()},
        frozenset({"second project", "strangers"}),
    ),
    Mutant(
        "what the platform has is not compared with the plan",
        {"reconciler.applying.rechecks.plan_state._checked": _never_stale},
    ),
    Mutant(
        "the fencing token is ignored",
        {
            "tests.simulation.memory_store.MemoryStore._holds": _giving(True),
            "tests.simulation.memory_store.MemoryStore._require": lambda _: _newest_lease,
        },
    ),
    Mutant(
        "a resume does not wait for requests in flight",
        {"reconciler.applying.apply.Applier._wait_for_requests": lambda _: _at_once},
        frozenset({"late request", "other token"}),
    ),
    Mutant(
        "the ledger is not committed with the outcomes",
        {"reconciler.applying.run_journal.RunJournal.record": _without_ledger},
    ),
    Mutant(
        "what is uncertain is called done",
        {"reconciler.applying.resolve_uncertain.is_made": _giving(True)},
    ),
    Mutant(
        "what is uncertain is called undone",
        {
            "reconciler.applying.resolve_uncertain.is_made": _giving(False),
            "reconciler.applying.resolve_uncertain.is_unmade": _giving(True),
        },
    ),
    Mutant(
        "what is uncertain is called failed",
        {
            "reconciler.applying.resolve_uncertain.is_made": _giving(False),
            "reconciler.applying.resolve_uncertain.is_unmade": _giving(False),
        },
    ),
    Mutant(
        "each attempt has a new idempotency key",
        {"reconciler.applying.run_progress.RunProgress.idempotency_key": _new_key},
    ),
    Mutant("writes carry no ETag", {"reconciler.applying.executor.request_for": _without_etag}),
    Mutant(
        "intents are not journaled",
        {"reconciler.applying.run_journal.RunJournal.intend": _giving(None)},
    ),
    Mutant(
        "what was created below a delete is not noticed",
        {"reconciler.applying.verify.created_below_deletes": _giving(())},
    ),
    Mutant(
        "the guards are not asked again when applying",
        {"reconciler.applying.verify.Verifier._blocking": lambda _: _nothing_blocks},
    ),
    Mutant(
        "another plan is applied while a run is unfinished",
        {"reconciler.applying.apply.Applier._refuse_while_unfinished": _giving(None)},
    ),
    Mutant(
        "a plan is applied again",
        {"tests.simulation.memory_store.MemoryStore.run_of_plan": _giving(None)},
    ),
    Mutant(
        "what needs a failed step is done all the same",
        {"reconciler.applying.executor.Executor._failed_dependency": _giving(None)},
    ),
    Mutant(
        "late answers are taken like any other",
        {"tests.simulation.memory_store.judged": lambda _: _as_given},
    ),
    Mutant(
        "a failed write is recorded as done",
        {"reconciler.live.platform.Outcome.succeeded": lambda _: property(_yes)},
    ),
    Mutant(
        "an exit code of 0 whatever happened",
        {"reconciler.applying.report.RunReport.exit_code": lambda _: property(_zero)},
    ),
    Mutant(
        "protection is not looked at",
        {"reconciler.guards.analyzers.delete_protected.GUARD.analyze": _giving(())},
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """The first story that detects a mutant: its seed, counters and a finding."""

    story: int
    counters: tuple[str, ...]
    text: str


def hunt(mutant: Mutant, stories: int) -> Found | None:
    """The first story that detects a mutant, or None."""
    tried = (item for item in map(drawn, itertools.count()) if mutant.among <= item.features)
    with mutant.alive():
        for number, story in enumerate(itertools.islice(tried, stories), start=1):
            verdict = check(play(story))
            if verdict.failed:
                counter = verdict.failed[0]
                return Found(number, verdict.failed, verdict.found[counter][0])
    return None


LEDGER_FACTS: Mapping[str, str] = {
    "a protected resource is deleted by an older plan": r"^protection: ",
    "what another project adopted since is deleted": r"^wrong owner: .*: delete \S+, which",
    "the same, along with what it lives in": r"^wrong owner: .*: delete \S+.* along with",
    "what another project adopted since is updated": r"^wrong owner: .*: update ",
    "two projects own one resource": r"^wrong owner: .* is owned by ",
    "an older plan writes older tracking back": (
        r"^unreviewed: .*(update|adopt) .*the ledger said \{.*and the plan showed \{"
    ),
    "what was released since is deleted": (
        r"^unreviewed: .*, delete .*the ledger said nothing, and the plan showed \{"
    ),
    "an older undo is applied": r"^unreviewed: .*\(an undo\).*the ledger said",
    "an older plan forgets what was applied again since": (
        r"^unreviewed: .*, forget .*the ledger said \{"
    ),
}
"""The findings about an apply that trusts the ledger of planning time."""


def ledger_facts(stories: int) -> dict[str, int]:
    """By which story of branches each kind of wrong write was seen, where apply and store trust
    the plan."""
    seen: dict[str, int] = {}
    mutant = next(item for item in MUTANTS if item.name == "both of these")
    with mutant.alive():
        tried = (item for item in map(drawn, itertools.count()) if "branches" in item.features)
        for number, story in enumerate(itertools.islice(tried, stories), start=1):
            for text in sentences([check(play(story))]):
                for name, pattern in LEDGER_FACTS.items():
                    if name not in seen and re.search(pattern, text, re.DOTALL):
                        seen[name] = number
                        sys.stderr.write(f"    story {number}: {name}\n")
            if len(seen) == len(LEDGER_FACTS):
                break
    return seen


def _print_ledger_facts(stories: int) -> int:
    seen = ledger_facts(stories)
    sys.stdout.write("| wrong write | seen by story |\n|---|---:|\n")
    for name in LEDGER_FACTS:
        sys.stdout.write(f"| {name} | {seen.get(name, 'not yet')} |\n")
    return 0 if len(seen) == len(LEDGER_FACTS) else 1


def main(arguments: list[str]) -> int:
    """Search a story for every mutant, and print a table."""
    if arguments[:1] == ["ledger"]:
        return _print_ledger_facts(int(arguments[1]) if arguments[1:] else _STORIES)
    stories = int(arguments[0]) if arguments else _STORIES
    chosen = [item for item in MUTANTS if not arguments[1:] or arguments[1] in item.name]
    missed = 0
    sys.stdout.write(
        "| what is wrong | found by story | counters | seconds |\n|---|---:|---|---:|\n"
    )
    for mutant in chosen:
        started = time.process_time()
        found = hunt(mutant, stories)
        missed += found is None
        seconds = time.process_time() - started
        result = f"{found.story} | {', '.join(found.counters)}" if found else "**none** | "
        sys.stdout.write(f"| {mutant.name} | {result} | {seconds:.1f} |\n")
        if found:
            sys.stderr.write(f"    {found.text[:300]}\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
