"""A story as data: the commands, users, times and faults.

`drawn(seed)` creates one. Every part can be removed (`shrink`), and the rest plays as before: each
command draws its faults from its own stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

from tests.simulation.revisions import (
    CAMPAIGNS,
    USERS,
    VARIANTS,
    Revision,
    branched,
    first,
    following,
    without_all,
)

PROJECTS = ("acme", "beta")

NETWORK_FAULTS = (
    "lost request",
    "lost answer",
    "late request",
    "repeated request",
    "second delivery",
    "cut batch",
    "shed batch",
    "busy",
    "connection refused",
    "unavailable",
    "token refused",
)
READ_FAULTS = ("read fails", "stale list")
STORE_FAULTS = ("commit refused", "commit unanswered", "state unreadable")
PROCESS_FAULTS = ("crash", "pause", "sleep", "interrupt")
FAULTS = (*NETWORK_FAULTS, *READ_FAULTS, *STORE_FAULTS, *PROCESS_FAULTS)
GIT = (
    "protect",
    "keep",
    "ignore",
    "rename",
    "lists",
    "partial",
    "copy_from",
    "exclusive",
    "standalone",
    "strangers",
)
ACTORS = (
    "second project",
    "people",
    "traffic",
    "undo",
    "expect",
    "unlock",
    "other token",
    "one machine",
    "server clock",
    "clocks that differ",
    "small batches",
    "stop on collateral",
    "convergence",
    "branches",
)
FEATURES = (*FAULTS, *GIT, *ACTORS)

Verb = Literal["go", "plan", "apply", "expect", "resume", "undo", "unlock", "take over"]


@dataclass(frozen=True, slots=True)
class Command:
    """One command of an operator; `go` plans and applies, `take over` unlocks and resumes.

    `plan` says which revision or run is planned, or which saved plan is applied: counted back from
    the newest. The newest revision is the next one where the command `advances`; a `revision` that
    is given is planned whatever is the newest. `approves`
    approves what blocks. A process fault strikes at the `strike_at`th point of the command:
    `crash`, `interrupt`, or a pause of `strike_seconds`.
    """

    verb: Verb
    number: int
    after: float
    plan: int = 0
    advances: bool = False
    revision: int | None = None
    approves: bool = True
    wait: float = 0.0
    strike: str = ""
    strike_at: int = 0
    strike_seconds: float = 0.0
    token: str = "ci"


@dataclass(frozen=True, slots=True)
class Operator:
    """A person or pipeline that runs commands in sequence."""

    name: str
    project: int
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit by a person at a time. `write` creates a missing resource; `delete` creates a deleted
    one again."""

    at: float
    operation: str
    address: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All of it. `revisions` are those of each project; `dropped` addresses are left out of
    everything; `before` is what people made before the story begins."""

    seed: int
    features: frozenset[str]
    revisions: tuple[tuple[Revision, ...], ...]
    operators: tuple[Operator, ...]
    edits: tuple[Edit, ...]
    before: tuple[Edit, ...] = ()
    dropped: frozenset[str] = frozenset()
    rates: Mapping[str, float] = field(default_factory=dict)


def drawn(seed: int) -> Story:
    """The story of a seed."""
    random = Random(f"story {seed}")
    features = _features(random)
    count = 2 if "second project" in features else 1
    addresses = _addresses(random)
    focus = _focus(random, addresses)
    if "branches" in features:
        revisions = tuple(_branches(random, features, addresses, focus) for _ in range(count))
    else:
        revisions = tuple(_revisions(random, features, addresses) for _ in range(count))
    operators = tuple(
        _operator(random, features, number, project, len(revisions[project]))
        for number, project in enumerate(_posts(random, count))
    )
    edits = _edits(random, addresses, random.randrange(2, 14)) if "people" in features else ()
    if "people" in features and "branches" in features:
        early = _edits(random, focus, random.randrange(1, 3))
        edits += tuple(replace(item, at=random.uniform(2, 15)) for item in early)
    if "traffic" in features:
        edits += _traffic(random)
    before = _edits(random, addresses, random.randrange(12))
    return Story(
        seed,
        features,
        revisions,
        operators,
        edits,
        before=tuple(sorted(before, key=lambda item: item.address.count("/"))),
        rates={fault: _rate(random, fault) for fault in FAULTS if fault in features},
    )


def _rate(random: Random, fault: str) -> float:
    """The probability of a fault; reads are more frequent than writes."""
    rate = random.choice((0.05, 0.15, 0.4))
    return rate / 20 if fault in (*READ_FAULTS, *STORE_FAULTS) else rate


def _features(random: Random) -> frozenset[str]:
    """The features of a story (swarm testing): each is on or off. Some stories have no faults."""
    faults = 0.0 if random.random() < 0.15 else random.choice((0.15, 0.3, 0.5))
    found = [fault for fault in FAULTS if random.random() < faults]
    found += [item for item in GIT if random.random() < (0.15 if item == "strangers" else 0.5)]
    found += [actor for actor in ACTORS if random.random() < 0.4]
    if random.random() < 0.3:
        found.append("second project")
    return frozenset(found)


def _addresses(random: Random) -> tuple[str, ...]:
    """The addresses of this story, with their parents."""
    known = sorted(VARIANTS)
    chosen = set(random.sample(known, random.choice((4, 8, 12, 20))))
    for address in sorted(chosen):
        parts = address.split("/")
        for end in range(2, len(parts)):
            if "/".join(parts[:end]) in VARIANTS:
                chosen.add("/".join(parts[:end]))
    return tuple(sorted(chosen))


def _focus(random: Random, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The few resources that branches change; sometimes one, with its campaign."""
    own = [
        address
        for address in addresses
        if address.startswith("campaigns/") and address.count("/") > 1
    ]
    if own and random.random() < 0.3:
        one = random.choice(own)
        return ("/".join(one.split("/")[:2]), one)
    return tuple(random.sample(addresses, min(len(addresses), random.choice((1, 1, 2, 3)))))


def _revisions(
    random: Random, features: frozenset[str], addresses: tuple[str, ...]
) -> tuple[Revision, ...]:
    found = [first(random, features, addresses)]
    for _ in range(random.randrange(1, 6)):
        parent = found[-1] if random.random() < 0.6 else random.choice(found)  # a branch
        found.append(following(random, parent, features, addresses))
    return tuple(found)


def _branches(
    random: Random, features: frozenset[str], addresses: tuple[str, ...], focus: tuple[str, ...]
) -> tuple[Revision, ...]:
    """A first revision, and branches that manage the resources in focus differently."""
    base = first(random, features, addresses)
    found = [base if random.random() < 0.6 else without_all(base, focus)]
    for _ in range(random.randrange(2, 5)):
        parent = found[0] if random.random() < 0.5 else random.choice(found)
        found.append(branched(random, parent, features, focus))
    return tuple(found)


def _posts(random: Random, projects: int) -> list[int]:
    """The project of each operator."""
    posts = list(range(projects))
    posts += [random.randrange(projects) for _ in range(random.choice((0, 1, 1, 2)))]
    return posts


def _operator(
    random: Random, features: frozenset[str], number: int, project: int, revisions: int
) -> Operator:
    choices: list[Verb] = ["go", "go", "go", "plan", "plan", "apply", "apply", "apply", "resume"]
    choices += [item for item in ("undo", "undo", "expect") if item in features]  # type: ignore[misc]
    if "unlock" in features:
        choices += ["unlock", "take over", "take over"]
    verbs = random.choices(choices, k=random.choice((2, 4, 6, 8)))
    commands = [
        _command(random, features, verb, 100 * number + place) for place, verb in enumerate(verbs)
    ]
    if "branches" in features:
        commands = [replace(command, revision=random.randrange(revisions)) for command in commands]
        if random.random() < 0.7:
            commands[:0] = _old_plan(random, features, 100 * number + 40, revisions)
    return Operator(f"operator {number + 1}", project, tuple(commands))


def _old_plan(
    random: Random, features: frozenset[str], number: int, revisions: int
) -> list[Command]:
    """Plan a branch or an undo, apply another branch, then apply the first plan."""
    planned, applied = (random.randrange(revisions) for _ in range(2))
    verbs: list[tuple[Verb, int]] = [("go", 0), ("plan", planned), ("go", applied), ("apply", 0)]
    if "undo" in features and random.random() < 0.5:
        verbs[1:2] = [("go", planned), ("undo", 0)]
    return [
        Command(verb, number + place, random.uniform(0.1, 3), revision=revision)
        for place, (verb, revision) in enumerate(verbs)
    ]


def _command(random: Random, features: frozenset[str], verb: Verb, number: int) -> Command:
    strikes = [fault for fault in PROCESS_FAULTS if fault in features]
    strike = random.choice(strikes) if strikes and random.random() < 0.4 else ""
    if verb == "unlock":
        strike = ""
    seconds = {"pause": random.uniform(1, 30), "sleep": random.uniform(40, 200)}.get(strike, 0.0)
    token = "other" if "other token" in features and random.random() < 0.3 else "ci"
    return Command(
        verb,
        number,
        after=10 ** random.uniform(-1.5, 1.5) if random.random() < 0.9 else random.uniform(30, 120),
        plan=random.choice((0, 0, 0, 0, 1, 1, 2, 3)),
        advances=random.random() < 0.6,
        approves=random.random() < 0.85,
        wait=random.choice((0.0, 0.0, 30.0, 120.0)),
        strike=strike,
        strike_at=random.randrange(1, 30) if strike else 0,
        strike_seconds=seconds,
        token=token,
    )


def _edits(random: Random, addresses: tuple[str, ...], count: int) -> tuple[Edit, ...]:
    return tuple(_edit(random, random.choice(addresses)) for _ in range(count))


def _edit(random: Random, address: str) -> Edit:
    at = random.uniform(0, 90)
    if address.endswith("/members"):
        members = [{"user": user} for user in random.sample(USERS, random.randrange(len(USERS)))]
        return Edit(at, "put", address, {"members": members})
    operation = random.choice(("write", "write", "write", "delete", "rename"))
    if operation == "rename" and "dispositions/" not in address:
        operation = "write"
    if operation == "rename":
        siblings = [
            variant
            for variant in VARIANTS
            if variant.rpartition("/")[0] == address.rpartition("/")[0]
        ]
        other = random.choice(siblings).rpartition("/")[2]
        body = {"name": other.replace("%2F", "/").replace("%25", "%")}
        return Edit(at, operation, address, body)
    return Edit(at, operation, address, dict(random.choice(VARIANTS[address])))


def _traffic(random: Random) -> tuple[Edit, ...]:
    """Agents who set a status, and new interactions."""
    found: list[Edit] = []
    for _ in range(random.randrange(1, 5)):
        at = random.uniform(0, 60)
        status = random.choice([variant for variant in VARIANTS if "statuses/" in variant])
        body = {"user": random.choice(USERS), "campaign": random.choice(CAMPAIGNS)}
        found.append(Edit(at, random.choice(("agent", "interaction")), status, body))
    return tuple(found)
