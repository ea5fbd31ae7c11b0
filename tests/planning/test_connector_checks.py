"""Channels and their lines: what the platform would refuse of them is an error of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.base import Fields
from reconciler.live.platform import Connector, Directory
from reconciler.manifests.desired import Lifecycle
from tests.planning.plan_worlds import (
    USERS,
    campaign,
    desired,
    live_resource,
    planned,
    snapshot,
    wanted,
)

PHONE = "campaigns/Sales/channels/telephony"
CONNECTORS: Mapping[str, Connector] = {
    one.name: one
    for one in (
        Connector("tel", "telephony", ("+59829001000", "+59829001001")),
        Connector("far", "telephony", ("+34910001000",)),
        Connector("mail", "email"),
    )
}


def _problems(
    fields: Fields,
    live: Fields | None = None,
    *,
    lines: Mapping[str, Connector] | None = CONNECTORS,
    lifecycle: Lifecycle | None = None,
) -> list[Problem]:
    """What is wrong with a channel that git says this of, and that is so on the platform."""
    there = [*campaign("Sales"), live_resource(PHONE, **(live or {}))]
    platform = replace(snapshot(there), directory=Directory(USERS, lines, {}))
    one = wanted(PHONE, fields, lifecycle=lifecycle or Lifecycle())
    try:
        planned(desired(one), platform)
    except ManifestError as error:
        return list(error.problems)
    return []


def test_numbers_of_the_connector_are_fine() -> None:
    assert _problems({"connector": "tel", "numbers": ["+59829001000", "+59829001001"]}) == []


def test_a_number_is_whatever_the_connector_offers() -> None:
    lines = {"tel": Connector("tel", "telephony", ("08001234", "*611", "40404", "ACME"))}
    numbers: Fields = {"connector": "tel", "numbers": ["0800 1234", "*611", "40404", "ACME"]}
    assert _problems(numbers, lines=lines) == []
    (problem,) = _problems({"connector": "tel", "numbers": ["40405"]}, lines=lines)
    assert (
        problem.message.unmasked() == f"{PHONE}: the connector 'tel' does not have the number 40405"
    )
    assert problem.hint.unmasked().startswith("did you mean '40404'?")


def test_a_number_the_connector_does_not_have_is_an_error_with_the_nearest_one() -> None:
    (problem,) = _problems({"connector": "tel", "numbers": ["+59829001009"]})
    assert (
        problem.message.unmasked()
        == f"{PHONE}: the connector 'tel' does not have the number +59829001009"
    )
    assert problem.hint.unmasked() == (
        "did you mean '+59829001001'? 'tel' has +59829001000, +59829001001"
    )


def test_a_number_of_another_connector_says_whose_it_is() -> None:
    (problem,) = _problems({"connector": "tel", "numbers": ["+34910001000"]})
    assert (
        problem.hint.unmasked()
        == "the connector 'far' has it; 'tel' has +59829001000, +59829001001"
    )


def test_every_wrong_number_is_reported() -> None:
    assert len(_problems({"connector": "tel", "numbers": ["+59829001008", "+59829001009"]})) == 2


def test_numbers_are_checked_with_the_live_connector_when_git_omits_it() -> None:
    assert _problems({"numbers": ["+34910001000"]}, {"connector": "far"}) == []
    (problem,) = _problems({"numbers": ["+34910001000"]}, {"connector": "tel"})
    assert "the connector 'tel' does not have the number +34910001000" in problem.message.unmasked()


def test_numbers_without_any_connector_are_an_error() -> None:
    (problem,) = _problems({"numbers": ["+34910001000"]})
    assert "need a connector, and none is set" in problem.message.unmasked()
    assert problem.hint.unmasked() == "add `connector:`, one of far"


def test_another_connector_than_the_live_numbers_belong_to_is_an_error() -> None:
    there: Fields = {"connector": "tel", "numbers": ["+59829001000"]}
    (problem,) = _problems({"connector": "far"}, there)
    assert "the connector 'far' does not have its number +59829001000" in problem.message.unmasked()
    assert problem.hint.unmasked() == (
        "declare `numbers` too; the connector 'tel' has it; 'far' has +34910001000"
    )
    assert _problems({"connector": "far", "numbers": ["+34910001000"]}, there) == []
    assert _problems({"connector": "far", "numbers": []}, there) == []


def test_a_connector_of_another_type_is_one_error() -> None:
    (problem,) = _problems({"connector": "mail", "numbers": ["+59829001000"]})
    assert "the connector 'mail' is for email, not for telephony" in problem.message.unmasked()
    assert problem.hint.unmasked() == "the connectors for telephony are far, tel"


def test_a_missing_connector_is_reported_once() -> None:
    (problem,) = _problems({"connector": "tle", "numbers": ["+59829001000"]})
    assert "which does not exist" in problem.message.unmasked()


def test_unreadable_connectors_are_not_checked() -> None:
    assert _problems({"connector": "mail", "numbers": ["+12015550123"]}, lines=None) == []


def test_undeclared_numbers_are_checked_only_when_the_channel_is_written() -> None:
    broken: Fields = {"connector": "tel", "numbers": ["+34910001000"]}
    assert _problems({"max_queue": 0}, broken) == []
    assert len(_problems({"max_queue": 5}, broken)) == 1


def test_ignored_numbers_are_the_live_ones() -> None:
    left = Lifecycle(ignore=frozenset({"numbers"}))
    declared: Fields = {"connector": "tel", "numbers": ["+34910001000"]}
    there: Fields = {"connector": "tel", "numbers": ["+59829001000"]}
    assert _problems(declared, there, lifecycle=left) == []


def test_a_channel_that_is_reset_has_neither() -> None:
    blank = live_resource(PHONE).fields
    assert _problems(blank, {"connector": "tel", "numbers": ["+59829001000"]}) == []


@pytest.mark.parametrize("known", [{}, {"mail": CONNECTORS["mail"]}])
def test_a_platform_without_a_connector_of_that_type_is_reported(
    known: Mapping[str, Connector],
) -> None:
    (problem,) = _problems({"numbers": ["+34910001000"]}, lines=known)
    assert problem.hint.unmasked() == "remove the numbers"
