"""The rules of a faults file: what each says, and which requests it can be about.

`faults` describes the file to those who write one, and decides by these.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from reconciler.sandbox.api.collections import listing_of
from reconciler.sandbox.api.paths import PREFIX, target_of
from reconciler.sandbox.problems import Refusal

_BATCH = f"{PREFIX}batch"
_LOGS = (("audit",), ("interactions",))

_Count = Annotated[int, Field(ge=1, strict=True)]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """Calls from one to another, or every k-th of them."""

    first: _Count = Field(default=1, alias="from")
    to: _Count | None = None
    every: _Count = 1

    def holds(self, number: int) -> bool:
        """Whether the call of that number is one of them."""
        within = self.first <= number and (self.to is None or number <= self.to)
        return within and number % self.every == 0


class Match(_Strict):
    """Which requests a rule looks at, and which of those it strikes."""

    method: str | tuple[str, ...] | None = None
    path: str = "*"
    nth: _Count | tuple[_Count, ...] | Range | None = None
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0

    def concerns(self, method: str, path: str) -> bool:
        """Whether method and path are what is looked for."""
        if self.method is not None:
            wanted = (self.method,) if isinstance(self.method, str) else self.method
            if method not in [one.upper() for one in wanted]:
                return False
        return fnmatchcase(path, self.path)

    def strikes(self, number: int, chance: float) -> bool:
        """Whether the call of that number is struck, given a chance in [0, 1)."""
        if isinstance(self.nth, Range):
            chosen = self.nth.holds(number)
        elif isinstance(self.nth, tuple):
            chosen = number in self.nth
        else:
            chosen = self.nth in (None, number)
        return chosen and chance < self.probability


class _Rule(_Strict):
    match: Match = Match()
    times: _Count | None = None

    def befalls(self, method: str, path: str) -> bool:  # noqa: ARG002
        """Whether this fault can be done to such a request at all."""
        return True


class Latency(_Rule):
    """A wait before the request is looked at."""

    fault: Literal["latency"]
    seconds: _Seconds
    jitter: _Seconds = 0.0


class DateIn(_Strict):
    """A moment so many seconds from now."""

    date_in: float


class Status(_Rule):
    """An answer that refuses."""

    fault: Literal["401", "429", "500", "502", "503"]
    retry_after: Annotated[int, Field(ge=0, strict=True)] | str | DateIn | None = None
    takes_effect: bool = False

    @model_validator(mode="after")
    def _fitting(self) -> Status:
        if self.retry_after is not None and self.fault not in ("429", "503"):
            raise ValueError(f"a {self.fault} has no retry_after: 429 and 503 do")
        if self.takes_effect and self.fault in ("401", "429"):
            raise ValueError(f"a {self.fault} never takes effect: 500, 502 and 503 may")
        return self


class Reset(_Rule):
    """A connection that is reset in place of an answer."""

    fault: Literal["reset-before", "reset-after"]


class TruncatedBody(_Rule):
    """An answer that ends half way."""

    fault: Literal["truncated-body"]

    def befalls(self, method: str, path: str) -> bool:  # noqa: ARG002
        """Whatever has an answer with a body."""
        return method != "HEAD"


class TruncatedPage(_Rule):
    """A page that is not what it says it is."""

    fault: Literal["truncated-page"]
    how: Literal["items", "token", "total"] = "items"

    def befalls(self, method: str, path: str) -> bool:
        """Pages: of collections, of the audit log, of interactions."""
        return method == "GET" and (_names(path) in _LOGS or _is_list(path))


class Edit(_Strict):
    """Somebody else's write."""

    op: Literal["create", "patch", "put", "delete", "rename"]
    address: str
    body: JsonValue = None


class ChangingPage(_Rule):
    """A list that changes between two of its pages."""

    fault: Literal["changing-page"]
    edit: Edit | None = None

    def befalls(self, method: str, path: str) -> bool:
        """Pages of collections: they have an ETag."""
        return method == "GET" and _is_list(path)


class SlowDrip(_Rule):
    """A body that comes little by little."""

    fault: Literal["slow-drip"]
    seconds: _Seconds
    chunk_bytes: _Count = 64


class _BatchRule(_Rule):
    def befalls(self, method: str, path: str) -> bool:
        """Batches."""
        return method == "POST" and path == _BATCH


class RefusedItem(_BatchRule):
    """One operation of a batch that is refused while the others pass."""

    fault: Literal["item-503"]
    item: _Count | None = None
    status: Literal[429, 503] = 503


class HalfBatch(_BatchRule):
    """A batch of which only the start is performed, and no answer."""

    fault: Literal["half-batch"]
    operations: _Count | None = None


PageRule = TruncatedPage | ChangingPage
BatchRule = RefusedItem | HalfBatch
Damage = Status | Reset | TruncatedBody | SlowDrip | PageRule | BatchRule
Rule = Annotated[Latency | Damage, Field(discriminator="fault")]


class FaultPlan(_Strict):
    """A faults file."""

    seed: int = 0
    rules: tuple[Rule, ...] = ()

    @field_validator("rules", mode="before")
    @classmethod
    def _numbers_as_names(cls, rules: Any) -> Any:
        # `fault: 503` is a number in YAML and in JSON.
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
