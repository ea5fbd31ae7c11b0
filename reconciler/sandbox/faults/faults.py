"""Faults a sandbox injects: what a faults file says, and which request gets which fault.

Not here: how a fault is done to a request; that is `fault_middleware`.

A faults file is YAML or JSON: a `seed` (0) and `rules`. Each rule has a `fault`, options of that
fault, and two of every rule: `match`, which requests it looks at, and `times`, how often it
strikes at most (no limit). In `match`, all that is given has to hold:

    method       GET, or a list of methods
    path         a glob on the raw path, query left out; `*` goes across `/` too (/v1/statuses*)
    nth          which of the requests that method and path matched, the first being 1:
                 3, or [1, 4], or {from: 2, to: 5}, or {every: 3}, or {from: 10, every: 3}
    probability  of each of those, 0 to 1

The faults and their options:

    latency         `seconds`, and up to `jitter` more, before the request is looked at (which it
                    is even if the client gives up); the only one on top of which another comes
    401 429 500 502 503
                    refused, without effect. `retry_after` (429, 503): seconds, or a text sent as
                    it is, or {date_in: SECONDS} for an HTTP-date. `takes_effect: true` (500,
                    502, 503): done first, and refused all the same
    reset-before    the connection is reset; nothing took effect
    reset-after     it takes effect and is committed; the connection is reset without an answer
    truncated-body  the whole length is announced, half of the body is sent, and that is the end;
                    an answer without a body is reset
    truncated-page  a list's page that is wrong by `how`: `items` (the later half and the next
                    page's token are left out; total is true), `token` (the token alone is left
                    out), `total` (which says one too many)
    changing-page   after a page that has a next one somebody else edits the list, so that the
                    ETags of its pages differ. `edit` is {op, address, body}, as in a batch;
                    without it an edit that was taken back: all is as it was but the list's ETag
    slow-drip       the body in chunks of `chunk_bytes` (64), `seconds` before each
    item-503        one operation of a batch is not performed, its outcome is `status` (503, or
                    429); `item` says which, the first being 1 (without it: any)
    half-batch      the first `operations` of a batch (half of them) are performed and committed,
                    then the connection is reset

A rule of pages looks at GETs of lists only, one of batches at batches only, and `nth` counts
among those. Of several rules that would strike one request the first does. Same seed, same
faults: what becomes of the nth request a rule looks at depends on the seed, the rule's place in
the file and n alone. Only the API below /v1/ has faults, the controls below /_test/ never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson
from pydantic import ValidationError

from reconciler.sandbox.faults.rules import Damage, FaultPlan, Latency, Rule


class BadFaults(ValueError):
    """What was given is no faults file; the message says where."""


def fault_plan(given: Mapping[str, Any] | Path | None) -> FaultPlan:
    """Faults from a file, or from what stands in one; none for None. Raises BadFaults."""
    where = f"{given}: " if isinstance(given, Path) else ""
    document = _document(given) if isinstance(given, Path) else given
    try:
        return FaultPlan.model_validate({} if document is None else document)
    except ValidationError as error:
        told = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors()]
        raise BadFaults(f"{where}{'; '.join(told)}") from error


def _place(location: Sequence[int | str]) -> str:
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in location)
    return text.lstrip(".") or "the whole"


def _document(path: Path) -> Any:
    text = path.read_bytes()
    if path.suffix == ".json":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise BadFaults(f"{path}: it is no JSON: {error}") from error
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise BadFaults(f"{path}: it is no YAML: {error}") from error


@dataclass(slots=True)
class _Course:
    """What has become of one rule so far."""

    rule: Rule
    random: Random
    calls: int = 0
    injected: int = 0

    def next_call(self) -> tuple[bool, float]:
        """Count a call: whether it is struck, and dice in [0, 1) for the fault's own choices."""
        self.calls += 1
        # Both are thrown at every call, so that a call's dice do not hang on what struck before.
        chance, dice = self.random.random(), self.random.random()
        left = self.rule.times is None or self.injected < self.rule.times
        return left and self.rule.match.strikes(self.calls, chance), dice


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault that is to be done to one request."""

    rule: Damage
    dice: float
    _course: _Course = field(repr=False)

    def withdraw(self) -> None:
        """Not count it: the request turned out to give no occasion."""
        self._course.injected -= 1


@dataclass(frozen=True, slots=True)
class Decision:
    """What one request gets: first a wait, then at most one fault."""

    delay_seconds: float = 0.0
    injection: Injection | None = None


class Faults:
    """Decides which request gets which fault, and counts."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self.replace(plan or FaultPlan())

    def replace(self, plan: FaultPlan) -> None:
        """Go by another plan, with all counts at zero."""
        self._seed = plan.seed
        self._courses = [
            _Course(rule, Random(f"{plan.seed}:{place}"))  # noqa: S311
            for place, rule in enumerate(plan.rules)
        ]

    def decide(self, method: str, path: str) -> Decision:
        """What the next request gets, by its method and raw path."""
        delay, injection = 0.0, None
        for course in self._courses:
            rule = course.rule
            if not rule.match.concerns(method, path) or not rule.befalls(method, path):
                continue
            struck, dice = course.next_call()
            if not struck:
                continue
            if isinstance(rule, Latency):
                course.injected += 1
                delay += rule.seconds + rule.jitter * dice
            elif injection is None:
                course.injected += 1
                injection = Injection(rule, dice, course)
        return Decision(delay, injection)

    def document(self) -> dict[str, Any]:
        """How many faults were injected, by type and by rule, as JSON."""
        injected: Counter[str] = Counter()
        for course in self._courses:
            injected[course.rule.fault] += course.injected
        return {
            "seed": self._seed,
            "total": injected.total(),
            "injected": {fault: count for fault, count in injected.items() if count},
            "rules": [
                {"fault": one.rule.fault, "matched": one.calls, "injected": one.injected}
                for one in self._courses
            ],
        }
