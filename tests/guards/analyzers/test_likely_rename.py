"""likely-rename: a delete and a create that look like one thing."""

from __future__ import annotations

import time

from tests.guards.guard_builders import complete, create, delete, found, only, replacing, review

CODE = "likely-rename"


def test_similar_names_in_one_list_are_reported() -> None:
    one = review(delete("dispositions/Sale/Complete"), create("dispositions/Sale/Completed"))
    finding = only(CODE, one)

    assert finding.severity == "warn"
    assert finding.address == "dispositions/Sale/Complete"
    assert (
        str(finding.safer)
        == "if so, add `renamed_from: Complete` to 'Completed', and its history stays"
    )


def test_equal_fields_that_are_not_defaults_are_reported() -> None:
    look = {"icon": "fork", "color": "#123456"}
    one = review(
        delete("statuses/Lunch", before=complete("statuses/Lunch", **look)),
        create("statuses/Mahlzeit", **look),
    )

    assert "what uses it follows" in str(only(CODE, one).safer)


def test_equal_defaults_are_not_reported() -> None:
    assert found(CODE, review(delete("statuses/Lunch"), create("statuses/Training"))) == []


def test_another_parent_is_not_a_rename() -> None:
    one = review(delete("dispositions/A/Complete"), create("dispositions/B/Completed"))

    assert found(CODE, one) == []


def test_a_kind_without_renames_is_not_reported() -> None:
    assert found(CODE, review(delete("campaigns/Sale"), create("campaigns/Sales"))) == []


def test_a_declared_replace_is_not_reported() -> None:
    assert found(CODE, review(*replacing("statuses/Lunch", "statuses/Lunches"))) == []


def test_each_create_is_taken_once() -> None:
    one = review(delete("statuses/Lunch1"), delete("statuses/Lunch2"), create("statuses/Lunch3"))

    assert len(found(CODE, one)) == 1


def test_thousands_are_not_compared_with_thousands() -> None:
    gone = [delete(f"statuses/Old {number}") for number in range(3000)]
    made = [create(f"statuses/New {number}") for number in range(3000)]
    one = review(*gone, *made)

    started = time.perf_counter()
    assert found(CODE, one) == []
    assert time.perf_counter() - started < 2
