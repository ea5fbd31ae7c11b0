"""Values, times and escapes."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.text import visible
from reconciler.views.style.values import inline
from reconciler.views.style.vocabulary import moment, with_readable_moments


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (None, "none"),
        ("", '""'),
        ("yes", '"yes"'),
        ("12", '"12"'),
        ("wa-main", "wa-main"),
        ("On call", "On call"),
        ("+59829001234", "+59829001234"),
        ([], "empty"),
        (["a", "b"], "a, b"),
        ({"receive": True, "create": False}, "{receive: yes, create: no}"),
        (60, "60"),
    ],
)
def test_values_are_shown_as_people_write_them(value: Any, text: str) -> None:
    assert inline(value) == text


def test_joined_letters_and_emoji_are_not_escaped() -> None:
    for text in ("España", "日本", "👩\u200d🚒", "نمی\u200cشد"):
        assert visible(text) == text


def test_moments_are_in_utc_and_to_the_minute() -> None:
    assert moment("2026-11-20T11:03:59-03:00") == "2026-11-20 14:03 UTC"
    assert moment("sometime") == "sometime"
    assert (
        with_readable_moments("by luis at 2026-11-20T14:03:12Z.")
        == "by luis at 2026-11-20 14:03 UTC."
    )
