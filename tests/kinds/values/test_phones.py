"""Phone numbers recognised as E.164 do not change when they are parsed."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.values.customers import clean_phone
from reconciler.kinds.values.phones import is_in_e164

_CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@given(
    st.one_of(st.sampled_from(_CODES), st.integers(1, 999)),
    st.text("0123456789", min_size=4, max_size=14),
)
def test_numbers_recognised_as_e164_parse_to_themselves(code: int, number: str) -> None:
    phone = f"+{code}{number}"
    if is_in_e164(phone):
        parsed = phonenumbers.parse(phone, None)
        assert phonenumbers.is_possible_number(parsed)
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == phone


@pytest.mark.parametrize(
    "phone",
    ["+59829001234", "+59899123456", "+541150018102", "+525550018103", "+34910018104"],
)
def test_common_numbers_are_recognised_without_parsing(phone: str) -> None:
    assert is_in_e164(phone)
    assert clean_phone(phone) == phone


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("+598 2900-1234", "+59829001234"),
        ("+598 099 123 456", "+59899123456"),
        ("+59899123456", "+59899123456"),
        ("+390612345678", "+390612345678"),
    ],
)
def test_numbers_written_otherwise_become_e164(written: str, clean: str) -> None:
    assert clean_phone(written) == clean


@pytest.mark.parametrize("phone", ["+5982", "+99912345678", "29001234"])
def test_what_no_country_has_is_refused(phone: str) -> None:
    assert not is_in_e164(phone)
    with pytest.raises(ValueError, match=r"phone number|international number"):
        clean_phone(phone)
