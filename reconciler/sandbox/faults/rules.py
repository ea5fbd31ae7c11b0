"""The rules of a faults file, and the requests that each fault can apply to.

`faults` documents the file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from reconciler.sandbox.domain.collections import listing_of
from reconciler.sandbox.paths import PREFIX, target_of
from reconciler.sandbox.problems import Refusal

_BATCH = f"{PREFIX}batch"
_LOGS = (("audit",), ("interactions",))

_Count = Annotated[int, Field(ge=1, strict=True)]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """A range of calls, or every k-th call of it."""

    first: _Count = Field(default=1, alias="from")
    to: _Count | None = None
    every: _Count = 1

    def contains(self, number: int) -> bool:
        """Whether the range contains the call of that number."""
        within = self.first <= number and (self.to is None or number <= self.to)
        return within and number % self.every == 0


class Match(_Strict):
    """The requests that a rule covers, and the ones of them that get the fault."""

    method: str | tuple[str, ...] | None = None
    path: str = "*"
    nth: _Count | tuple[_Count, ...] | Range | None = None
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0

    def covers(self, method: str, path: str) -> bool:
        """Whether method and path match."""
        if self.method is not None:
            wanted = (self.method,) if isinstance(self.method, str) else self.method
            if method not in [name.upper() for name in wanted]:
                return False
        return fnmatchcase(path, self.path)

    def selects(self, number: int, chance: float) -> bool:
        """Whether the call of that number gets the fault; `chance` is a random number in [0, 1)."""
        if isinstance(self.nth, Range):
            chosen = self.nth.contains(number)
        elif isinstance(self.nth, tuple):
            chosen = number in self.nth
        else:
            chosen = self.nth in (None, number)
        return chosen and chance < self.probability


class _Rule(_Strict):
    match: Match = Match()
    times: _Count | None = None

    def applies_to(self, method: str, path: str) -> bool:  # noqa: ARG002
        """Whether this fault can apply to such a request."""
        return True


class Latency(_Rule):
    """A delay before the request is processed."""

    fault: Literal["latency"]
    seconds: _Seconds
    jitter: _Seconds = 0.0


class DateIn(_Strict):
    """A time in seconds from now."""

    date_in: float


class Status(_Rule):
    """An error answer."""

    fault: Literal["401", "429", "500", "502", "503"]
    retry_after: Annotated[int, Field(ge=0, strict=True)] | str | DateIn | None = None
    takes_effect: bool = False

    @model_validator(mode="after")
    def _check_options(self) -> Status:
        if self.retry_after is not None and self.fault not in ("429", "503"):
            raise ValueError(f"retry_after is for 429 and 503, not for {self.fault}")
        if self.takes_effect and self.fault in ("401", "429"):
            raise ValueError(f"takes_effect is for 500, 502 and 503, not for {self.fault}")
        return self


class Reset(_Rule):
    """A connection reset instead of an answer."""

    fault: Literal["reset-before", "reset-after"]


class TruncatedBody(_Rule):
    """An answer that ends after half of its body."""

    fault: Literal["truncated-body"]

    def applies_to(self, method: str, path: str) -> bool:  # noqa: ARG002
        """Requests whose answer has a body."""
        return method != "HEAD"


class TruncatedPage(_Rule):
    """A page with missing items, a missing token or a wrong total."""

    fault: Literal["truncated-page"]
    how: Literal["items", "token", "total"] = "items"

    def applies_to(self, method: str, path: str) -> bool:
        """Pages of collections, of the audit log and of interactions."""
        return method == "GET" and (_names(path) in _LOGS or _is_list(path))


class Edit(_Strict):
    """A write by another user."""

    op: Literal["create", "patch", "put", "delete", "rename"]
    address: str
    body: JsonValue = None


class ChangingPage(_Rule):
    """A list that changes between two of its pages."""

    fault: Literal["changing-page"]
    edit: Edit | None = None

    def applies_to(self, method: str, path: str) -> bool:
        """Pages of collections, which have an ETag."""
        return method == "GET" and _is_list(path)


class SlowDrip(_Rule):
    """A body sent slowly in small chunks."""

    fault: Literal["slow-drip"]
    seconds: _Seconds
    chunk_bytes: _Count = 64


class _BatchRule(_Rule):
    def applies_to(self, method: str, path: str) -> bool:
        """Batches."""
        return method == "POST" and path == _BATCH


class RefusedItem(_BatchRule):
    """One refused operation of a batch; the others succeed."""

    fault: Literal["item-503"]
    item: _Count | None = None
    status: Literal[429, 503] = 503


class HalfBatch(_BatchRule):
    """A batch that is performed in part, without an answer."""

    fault: Literal["half-batch"]
    operations: _Count | None = None


PageRule = TruncatedPage | ChangingPage
BatchRule = RefusedItem | HalfBatch
Disruption = Status | Reset | TruncatedBody | SlowDrip | PageRule | BatchRule
Rule = Annotated[Latency | Disruption, Field(discriminator="fault")]


class FaultPlan(_Strict):
    """A faults file."""

    seed: int = 0
    rules: tuple[Rule, ...] = ()

    @field_validator("rules", mode="before")
    @classmethod
    def _status_numbers_to_names(cls, rules: Any) -> Any:
        # In YAML and JSON, `fault: 503` is a number.
        if not isinstance(rules, list | tuple):
            return rules
        return [
            {**rule, "fault": str(rule["fault"])}
            if isinstance(rule, Mapping) and isinstance(rule.get("fault"), int)
            else rule
            for rule in rules
        ]


def _is_list(path: str) -> bool:
    """Whether a raw path is a collection's."""
    return listing_of(_names(path)) is not None


def _names(path: str) -> tuple[str, ...]:
    if not path.startswith(PREFIX):
        return ("",)
    try:
        target = target_of(path)
    except Refusal:
        return ("",)
    return target.names if target.verb is None else ("",)
