"""Plain scalars follow the core schema of YAML 1.2, not 1.1."""

from __future__ import annotations

import pytest

from reconciler.manifests.yaml.scalars import PlainScalars, Scalar, Unstorable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("False", False),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("9223372036854775807", 2**63 - 1),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("+1.5E-3", 0.0015),
    ],
)
def test_core_schema(text: str, value: Scalar) -> None:
    found = PlainScalars()[text]
    assert found == value
    assert type(found) is type(value)


_TEXTS = """
NO no Yes on off y n nULL tRUE None nan inf 10:30 1_000 2026-12-25 0b1 0o8 0xG -0x1 +0o7
1.2.3 . - + -- .e5 1e e3 ~x +.inf. .iNf 0x 0o ١٢ +598-29 09:00-13:00 <<
"""


@pytest.mark.parametrize("text", _TEXTS.split())
def test_everything_else_is_text(text: str) -> None:
    assert type(PlainScalars()[text]) is str


@pytest.mark.parametrize("text", [".inf", "+.Inf", "-.INF", ".nan", ".NaN", ".NAN", "1e400"])
@pytest.mark.parametrize("known_before", [True, False])
def test_numbers_out_of_reach_stay_text_and_are_marked(text: str, known_before: bool) -> None:
    scalars = PlainScalars()
    if known_before:
        scalars[text]
    assert isinstance(scalars[text], Unstorable)
    assert scalars[text] == text
    assert scalars.unstorable


@pytest.mark.parametrize("text", ["9223372036854775808", "-0" + "9" * 30, "0x" + "F" * 17])
def test_integers_past_64_bits_keep_their_text(text: str) -> None:
    assert PlainScalars()[text] == Unstorable(text)
    assert type(PlainScalars()[text]) is Unstorable
