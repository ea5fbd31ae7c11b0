"""Faults files: their rules, and the same faults for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.sandbox import sandbox
from reconciler.errors import UsageError
from reconciler.sandbox.faults.faults import BadFaults, Faults, fault_plan
from tests.sandbox.faults.faulty_api import EXAMPLE


def test_a_file_is_yaml_or_json(tmp_path: Path) -> None:
    plan = fault_plan(EXAMPLE)
    assert plan.seed == 42
    assert [rule.fault for rule in plan.rules[:3]] == ["latency", "503", "429"]
    as_json = tmp_path / "faults.json"
    as_json.write_bytes(orjson.dumps(plan.model_dump(mode="json", by_alias=True)))
    assert fault_plan(as_json) == plan
    empty = tmp_path / "empty.yaml"
    empty.write_text("# nothing yet\n")
    assert fault_plan(empty) == fault_plan(None)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"fault": "flood"}, "rules[0]: "),
        ({}, "rules[0]: "),
        ({"fault": "latency"}, "rules[0].latency.seconds: "),
        ({"fault": 500, "retry_after": 1}, "retry_after is for 429 and 503, not for 500"),
        ({"fault": 429, "takes_effect": True}, "takes_effect is for 500, 502 and 503, not for 429"),
        ({"fault": "half-batch", "operations": 0}, "rules[0].half-batch.operations: "),
        ({"fault": 503, "match": {"nth": 0}}, "rules[0].503.match.nth"),
        ({"fault": 503, "match": {"probability": 2}}, "rules[0].503.match.probability: "),
        ({"fault": 503, "match": {"url": "/"}}, "rules[0].503.match.url: "),
        (7, "rules[0]: "),
    ],
)
def test_an_invalid_rule_is_reported_with_its_position(rule: Any, expected: str) -> None:
    with pytest.raises(BadFaults) as raised:
        fault_plan({"rules": [rule]})
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    ("name", "text"), [("f.json", "{"), ("f.yaml", "rules: ["), ("f.yaml", "[]")]
)
def test_a_malformed_file_is_a_usage_error(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(BadFaults, match=name):
        fault_plan(path)
    result = CliRunner().invoke(sandbox, ["--port", "0", "--faults", str(path)])
    assert isinstance(result.exception, UsageError)
    assert name in str(result.exception)


# The same seed, the same faults

_MATCH = st.fixed_dictionaries(
    {"probability": st.floats(0, 1)},
    optional={
        "method": st.sampled_from(["GET", "POST", ["GET", "POST"]]),
        "path": st.sampled_from(["*", "/v1/statuses*", "/v1/batch"]),
        "nth": st.one_of(
            st.integers(1, 5),
            st.lists(st.integers(1, 9), max_size=3),
            st.fixed_dictionaries({"every": st.integers(1, 4), "from": st.integers(1, 4)}),
        ),
    },
)
_RULE = st.fixed_dictionaries(
    {"match": _MATCH, "fault": st.sampled_from([503, "reset-after", "item-503", "truncated-page"])},
    optional={"times": st.integers(1, 3)},
)
_CALL = st.sampled_from(
    [
        ("GET", "/v1/statuses"),
        ("POST", "/v1/statuses/X"),
        ("POST", "/v1/batch"),
        ("GET", "/v1/users"),
    ]
)


def decided(faults: Faults, calls: list[tuple[str, str]]) -> list[tuple[str, float] | None]:
    found = [faults.decide(*call).injection for call in calls]
    return [
        None if decision is None else (decision.rule.fault, decision.dice) for decision in found
    ]


@given(st.integers(), st.lists(_RULE, max_size=4), st.lists(_CALL, max_size=30), st.lists(_RULE))
def test_the_same_seed_gives_the_same_faults(
    seed: int,
    rules: list[dict[str, Any]],
    calls: list[tuple[str, str]],
    more: list[dict[str, Any]],
) -> None:
    plan = fault_plan({"seed": seed, "rules": rules})
    faults = Faults(plan)
    first = decided(faults, calls)
    assert decided(Faults(plan), calls) == first
    assert faults.document()["total"] == sum(item is not None for item in first)
    faults.replace(plan)
    assert decided(faults, calls) == first
    longer = decided(Faults(fault_plan({"seed": seed, "rules": [*rules, *more]})), calls)
    assert [item for item, alone in zip(longer, first, strict=True) if alone] == [
        item for item in first if item
    ]


@given(st.integers(), st.floats(0.1, 0.9), st.lists(st.booleans(), max_size=40))
def test_a_rule_does_not_depend_on_requests_it_does_not_match(
    seed: int, probability: float, others: list[bool]
) -> None:
    match = {"path": "/v1/statuses", "probability": probability}
    plan = fault_plan({"seed": seed, "rules": [{"fault": 503, "match": match}]})
    calls = [("GET", "/v1/users") if other else ("GET", "/v1/statuses") for other in others]
    seen = [call for call in calls if call[1] == "/v1/statuses"]
    between = decided(Faults(plan), calls)
    assert [item for item, other in zip(between, others, strict=True) if not other] == decided(
        Faults(plan), seen
    )


def test_another_seed_gives_different_faults() -> None:
    rules = [{"fault": 503, "match": {"probability": 0.5}}]
    calls = [("GET", "/v1/statuses")] * 64
    one, other = (decided(Faults(fault_plan({"seed": s, "rules": rules})), calls) for s in (1, 2))
    assert one != other
