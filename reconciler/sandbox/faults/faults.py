"""Decides which request gets which fault; `middleware` applies the faults.

A faults file is YAML or JSON with a `seed` (0) and `rules`. Each rule has a `fault`, the options of
that fault, `match` (the requests it applies to) and `times` (its maximum number of faults; default:
no limit). All conditions in `match` must hold:

    method       GET, or a list of methods
    path         a glob on the raw path without the query; `*` also matches `/` (/v1/statuses*)
    nth          counts the requests that match method and path, from 1:
                 3, or [1, 4], or {from: 2, to: 5}, or {every: 3}, or {from: 10, every: 3}
    probability  of a fault for each of these requests, 0 to 1

The faults and their options:

    latency         wait `seconds`, and up to `jitter` more, then process the request, even if the
                    client gave up; a second fault may follow
    401 429 500 502 503
                    refuse without effect. `retry_after` (429, 503): seconds, or a literal header
                    value, or {date_in: SECONDS} for an HTTP-date. `takes_effect: true` (500, 502,
                    503): perform the request, then refuse it
    reset-before    reset the connection without effect
    reset-after     perform and commit the request, then reset the connection without an answer
    truncated-body  announce the full length, send half of the body, close the connection; an
                    answer without a body is a reset
    truncated-page  a wrong page of a list. `how`: `items` (omits the second half and the next
                    token; `total` is right), `token` (omits the next token), `total` (one too high)
    changing-page   after a page with a next page, another user edits the list, so the ETags of its
                    pages differ. `edit` is {op, address, body}, as in a batch; without it only the
                    list's ETag changes
    slow-drip       send the body in chunks of `chunk_bytes` (64), with `seconds` before each
    item-503        do not perform one operation of a batch; its outcome is `status` (503, or 429).
                    `item` is its position, from 1 (default: any)
    half-batch      perform and commit the first `operations` of a batch (default: half), then reset
                    the connection

Page rules match only GETs of lists, batch rules match only batches, and `nth` counts only those.
The first rule that selects a request wins. The faults are deterministic: they depend on the seed,
the rule's position in the file, and the number of the request. Only the API below /v1/ has faults,
not the controls below /_test/.
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

from reconciler.sandbox.faults.rules import Disruption, FaultPlan, Latency, Rule


class BadFaults(ValueError):
    """A malformed faults file; the message contains the position."""


def fault_plan(given: Mapping[str, Any] | Path | None) -> FaultPlan:
    """Parse a faults file or its content; None means no faults. Raises BadFaults."""
    where = f"{given}: " if isinstance(given, Path) else ""
    document = _document(given) if isinstance(given, Path) else given
    try:
        return FaultPlan.model_validate({} if document is None else document)
    except ValidationError as error:
        problems = [f"{_place(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise BadFaults(f"{where}{'; '.join(problems)}") from error


def _place(location: Sequence[int | str]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.lstrip(".") or "the whole file"


def _document(path: Path) -> Any:
    text = path.read_bytes()
    if path.suffix == ".json":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise BadFaults(f"{path}: not valid JSON: {error}") from error
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise BadFaults(f"{path}: not valid YAML: {error}") from error


@dataclass(slots=True)
class _RuleState:
    """A rule with its counts so far."""

    rule: Rule
    random: Random
    calls: int = 0
    injected: int = 0

    def next_call(self) -> tuple[bool, float]:
        """Count a call. Return whether it gets the fault, and a random number in [0, 1) for it."""
        self.calls += 1
        # Draw both for every call, so a call's numbers do not depend on earlier faults.
        chance, dice = self.random.random(), self.random.random()
        has_faults_left = self.rule.times is None or self.injected < self.rule.times
        return has_faults_left and self.rule.match.selects(self.calls, chance), dice


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault to apply to one request."""

    rule: Disruption
    dice: float
    _state: _RuleState = field(repr=False)

    def withdraw(self) -> None:
        """Uncount the fault: it could not be applied to the request."""
        self._state.injected -= 1


@dataclass(frozen=True, slots=True)
class Decision:
    """The delay of one request, then at most one fault."""

    delay_seconds: float = 0.0
    injection: Injection | None = None


class Faults:
    """Decides which request gets which fault, and counts the faults."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self.replace(plan or FaultPlan())

    def replace(self, plan: FaultPlan) -> None:
        """Use another plan, with all counts at zero."""
        self._seed = plan.seed
        self._states = [
            _RuleState(rule, Random(f"{plan.seed}:{place}"))  # noqa: S311
            for place, rule in enumerate(plan.rules)
        ]

    def decide(self, method: str, path: str) -> Decision:
        """The faults of the next request, by its method and raw path."""
        delay, injection = 0.0, None
        for state in self._states:
            rule = state.rule
            if not rule.match.covers(method, path) or not rule.applies_to(method, path):
                continue
            selected, dice = state.next_call()
            if not selected:
                continue
            if isinstance(rule, Latency):
                state.injected += 1
                delay += rule.seconds + rule.jitter * dice
            elif injection is None:
                state.injected += 1
                injection = Injection(rule, dice, state)
        return Decision(delay, injection)

    def document(self) -> dict[str, Any]:
        """The number of injected faults by type and by rule, for JSON."""
        injected: Counter[str] = Counter()
        for state in self._states:
            injected[state.rule.fault] += state.injected
        return {
            "seed": self._seed,
            "total": injected.total(),
            "injected": {fault: count for fault, count in injected.items() if count},
            "rules": [
                {"fault": state.rule.fault, "matched": state.calls, "injected": state.injected}
                for state in self._states
            ],
        }
