"""Invisible characters are ignored in customers and refused in names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.values.characters import as_read, first_invisible, is_invisible
from reconciler.kinds.values.names import clean_name

_INVISIBLE = [
    "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202a", "\u202e", "\u2028", "\u2029",
    "\u2060", "\u2066", "\u2069", "\ufeff", "\u034f", "\u3164", "\u2800", "\ufe0f", "\U000e0041",
]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_folding_is_idempotent_and_leaves_nothing_invisible(text: str) -> None:
    once = as_read(text)
    assert as_read(once) == once
    assert not any(map(is_invisible, once))


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_plain_text_is_only_trimmed(text: str) -> None:
    assert as_read(text) == text.strip()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\uff11\uff12\uff13", "123"),
        ("a\uff20b", "a@b"),
        ("2900\u20111234", "2900-1234"),
        ("2900\u22121234", "2900-1234"),
        ("2900\u00a01234", "2900 1234"),
        ("a\u2028b", "a b"),
        ("\U0001d7d9\U0001d7da", "12"),
        ("12³", "12³"),
        ("①", "①"),
        ("Ñandú", "Ñandú"),
    ],
)
def test_only_what_reads_the_same_is_folded(written: str, read: str) -> None:
    assert as_read(written) == read


@pytest.mark.parametrize("character", _INVISIBLE)
@pytest.mark.parametrize("name", ["{}Sales", "Sa{}les", "Sales{}", "Ventas é{}"])
def test_a_name_with_an_invisible_character_is_refused_and_the_character_named(
    character: str, name: str
) -> None:
    with pytest.raises(ValueError, match=rf"U\+{ord(character):04X}|begin or end with a blank"):
        clean_name(name.format(character))


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخو\u0627\u0647م",
        "क्\u200dष",
        "🧑\u200d💻 Support",
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d💻",
        "☎\ufe0f Phones",
        "1\ufe0f\u20e3 First",
        "葛\U000e0100城",
        "日本語\u3000部",
        "a\u00a0b",
    ],
)
def test_what_shapes_letters_and_emoji_is_seen(name: str) -> None:
    assert first_invisible(name) is None
    assert clean_name(name) == name
