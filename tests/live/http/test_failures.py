"""Refusals in words: what the platform says, once."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from reconciler.live.http.failures import problem_words


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("numbers: none is set", "numbers: none is set"),
        ("it is taken", "it is taken (numbers: none is set)"),
        ("", "numbers: none is set"),
    ],
)
def test_a_refusal_says_each_thing_once(detail: str, said: str) -> None:
    errors: JsonValue = [{"path": "numbers", "message": "none is set"}]
    assert problem_words({"code": "invalid", "detail": detail, "errors": errors}) == (
        "invalid",
        said,
    )


def test_a_refusal_of_no_field_begins_with_no_colon() -> None:
    errors: JsonValue = [{"path": "", "message": "it needs a phone or an email"}]
    assert problem_words({"errors": errors})[1] == "it needs a phone or an email"
