"""The real client against faults: no write is lost or repeated, and no list is taken as empty."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import AccessDenied, PlatformError, Unreachable
from reconciler.live.platform import Outcome
from tests.sandbox.faults.faulty_api import EXAMPLE, MANY, Faulty, creation, faulty_app, snapshot_of
from tests.sandbox.sandbox_api import SEED

READ_FAULTS: list[dict[str, Any]] = [
    {"fault": "latency", "seconds": 0.001, "jitter": 0.001},
    {"fault": "slow-drip", "seconds": 0, "chunk_bytes": 50},
    {"fault": 429, "retry_after": 0, "times": 2},
    {"fault": 429, "retry_after": {"date_in": 0}, "times": 2},
    {"fault": 429, "times": 2},
    {"fault": 502, "times": 2},
    {"fault": 503, "times": 2},
    {"fault": "reset-before", "times": 2},
    {"fault": "reset-after", "times": 2},
    {"fault": "truncated-body", "times": 2},
    {"fault": "truncated-page", "how": "items", "times": 1},
    {"fault": "truncated-page", "how": "total", "times": 1},
    {"fault": "truncated-page", "how": "token", "times": 1},
    {"fault": "changing-page", "times": 1},
]


@pytest.mark.parametrize("path", ["/v1/statuses", "/v1/campaigns/-/channels", "/v1/users"])
@pytest.mark.parametrize("rule", READ_FAULTS, ids=str)
def test_a_snapshot_survives_a_temporary_fault(
    faulty: Faulty, rule: dict[str, Any], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.sandbox.api.service.MAX_PAGE_SIZE", 3)
    faulty.create("campaigns/Sales")
    expected = faulty.read(snapshot_of)
    faulty.inject({**rule, "match": {"path": path}})
    found = faulty.read(snapshot_of)
    assert sum(faulty.injected().values()) >= 1 or path == "/v1/users"
    assert found.unknown == {}
    assert found.resources == expected.resources
    assert found.directory == expected.directory


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": 429},
        {"fault": 500},
        {"fault": 502},
        {"fault": 503, "retry_after": 3600},
        {"fault": "reset-before"},
        {"fault": "reset-after"},
        {"fault": "truncated-body"},
        {"fault": "truncated-page", "how": "items"},
        {"fault": "truncated-page", "how": "total"},
        {"fault": "truncated-page", "how": "token"},
        {"fault": "changing-page"},
    ],
    ids=str,
)
def test_a_list_with_a_permanent_fault_is_unknown_and_not_empty(
    faulty: Faulty, rule: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.sandbox.api.service.MAX_PAGE_SIZE", 3)
    faulty.inject({**rule, "match": {"path": "/v1/statuses"}})
    found = faulty.read(snapshot_of)
    assert "statuses" in found.unknown
    assert found.why_unknown("statuses/S0")
    assert not any(key.startswith("statuses/") for key in found.resources)


def test_a_token_refused_during_a_read_is_an_error_and_not_an_empty_platform(
    faulty: Faulty,
) -> None:
    faulty.inject({"fault": 401, "match": {"nth": 5}})
    with pytest.raises(AccessDenied):
        faulty.read(snapshot_of)


@pytest.mark.parametrize(
    ("rule", "replayed"),
    [
        ({"fault": "reset-before"}, [False] * 4),
        ({"fault": "reset-after"}, [True] * 4),
        ({"fault": "truncated-body"}, [True] * 4),
        ({"fault": "half-batch"}, [True, True, False, False]),
        ({"fault": 429}, [False] * 4),
        ({"fault": 500}, [False] * 4),
        ({"fault": 500, "takes_effect": True}, [True] * 4),
        ({"fault": 503}, [False] * 4),
        ({"fault": 502, "takes_effect": True}, [True] * 4),
    ],
    ids=str,
)
def test_a_batch_with_keys_is_performed_once(
    faulty: Faulty, rule: dict[str, Any], replayed: list[bool]
) -> None:
    faulty.inject({**rule, "match": {"path": "/v1/batch"}, "times": 1})
    outcomes = faulty.send(*[creation(f"statuses/{name}", f"key-{name}") for name in "ABCD"])
    assert faulty.injected() == {str(rule["fault"]): 1}
    assert [outcome.status for outcome in outcomes] == [201] * 4
    assert [outcome.replayed for outcome in outcomes] == replayed
    assert faulty.written() == [f"statuses/{name}" for name in "ABCD"]


@pytest.mark.parametrize("fault", ["reset-before", "reset-after", "half-batch", "truncated-body"])
def test_a_batch_without_keys_is_not_sent_twice(faulty: Faulty, fault: str) -> None:
    faulty.inject({"fault": fault, "match": {"path": "/v1/batch"}})
    with pytest.raises(Unreachable):
        faulty.send(creation("statuses/A"), creation("statuses/B"))
    assert faulty.injected() == {fault: 1}


def test_one_refused_operation_is_reported_and_can_be_sent_again(faulty: Faulty) -> None:
    faulty.inject({"fault": "item-503", "item": 1, "times": 1})
    batch = [creation("statuses/A", "a"), creation("statuses/B", "b")]
    assert [outcome.status for outcome in faulty.send(*batch)] == [503, 201]
    again = faulty.send(*batch)
    assert [(item.status, item.replayed) for item in again] == [(201, False), (201, True)]


def test_a_snapshot_survives_many_faults() -> None:
    with faulty_app(seed="demo", faults=EXAMPLE) as app:
        faulty = Faulty(app)
        found = faulty.read(snapshot_of)
        assert found.unknown == {}
        outcomes = faulty.send(*[creation(f"statuses/{name}", name) for name in "ABCD"])
        assert [outcome.status for outcome in outcomes] == [201] * 4
        counts = faulty.injected()
        assert counts["half-batch"] == counts["reset-after"] == counts["503"] == 1
        assert all(faulty.exists(f"statuses/{name}") for name in "ABCD")


# Random combinations of faults

_TIMES = {"times": st.integers(1, 4)}
_READ_RULE = st.builds(
    lambda fault, path, probability, **times: {
        **fault,
        **times,
        "match": {"method": "GET", "path": path, "probability": probability},
    },
    st.sampled_from([item for item in READ_FAULTS if item["fault"] != "latency"]),
    st.sampled_from(["*", "/v1/statuses", "/v1/campaigns*", "/v1/users"]),
    st.sampled_from([0.2, 0.5, 1.0]),
    **_TIMES,
)
_BATCH_RULE = st.builds(
    lambda fault, nth, **times: {**fault, **times, "match": {"path": "/v1/batch", "nth": nth}},
    st.sampled_from(
        [
            {"fault": 401},
            {"fault": 429, "retry_after": 0},
            {"fault": 500},
            {"fault": 500, "takes_effect": True},
            {"fault": 503, "takes_effect": True},
            {"fault": "reset-before"},
            {"fault": "reset-after"},
            {"fault": "truncated-body"},
            {"fault": "half-batch"},
            {"fault": "item-503"},
        ]
    ),
    st.one_of(st.none(), st.integers(1, 3)),
    **_TIMES,
)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.lists(_READ_RULE, max_size=4))
def test_a_read_under_any_faults_is_right_or_unknown(
    seed: int, rules: list[dict[str, Any]]
) -> None:
    with faulty_app(seed=MANY) as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr("reconciler.sandbox.api.service.MAX_PAGE_SIZE", 3)
        faulty = Faulty(app)
        faulty.create("campaigns/Sales")
        truth = faulty.read(snapshot_of)
        faulty.inject(*rules, seed=seed)
        try:
            found = faulty.read(snapshot_of)
        except Unreachable:
            return
        for key, resource in truth.resources.items():
            if found.why_unknown(resource.address) is None:
                assert found.resources[key] == resource
        assert found.resources.keys() <= truth.resources.keys()
        for name in ("users", "connectors", "forms"):
            assert name in found.unknown or getattr(found.directory, name) == getattr(
                truth.directory, name
            )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.lists(_BATCH_RULE, max_size=4))
def test_a_batch_under_any_faults_is_performed_once_and_never_reported_as_refused(
    seed: int, rules: list[dict[str, Any]]
) -> None:
    names = [f"statuses/{name}" for name in "ABCD"]
    with faulty_app(seed=SEED) as app:
        faulty = Faulty(app)
        faulty.inject(*rules, seed=seed)
        outcomes: tuple[Outcome, ...] = ()
        refusal: PlatformError | None = None
        try:
            outcomes = faulty.send(*[creation(name, name) for name in names])
        except PlatformError as error:
            refusal = error
        done = faulty.written()
        assert len(done) == len(set(done))
        if refusal is not None and not isinstance(refusal, Unreachable):
            assert done == []
        for name, outcome in zip(names, outcomes, strict=not refusal):
            assert not outcome.succeeded or name in done
