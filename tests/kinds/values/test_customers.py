"""A pasted customer, in any form, blocks that customer or is an error."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.kinds.values.customers import (
    clean_contact_key,
    clean_customer,
    clean_email,
    clean_number,
    clean_phone,
    customer_of_interaction,
    is_unrecognised,
)
from reconciler.kinds.values.refusal import message_and_hint
from reconciler.message import Message

_INVISIBLE = "\u00ad\u200b\u200e\u202a\u202c\u202e\u2060\u2066\u2068\u2069\ufeff"
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_PHONES = ["+59829001234", "+59899123456", "+541150018102", "+34910018104", "+16502530000"]


@pytest.mark.parametrize(
    ("written", "customer"),
    [
        ("+598 2900 1234", "+59829001234"),
        ("\u202a+59829001234\u202c", "+59829001234"),
        ("\u2068+59829001234\u2069", "+59829001234"),
        ("+598\u200b29001234", "+59829001234"),
        ("+598\u201129001\u2011234", "+59829001234"),
        ("+598\u00a02900\u202f1234", "+59829001234"),
        (
            "\uff0b\uff15\uff19\uff18\uff12\uff19\uff10\uff10\uff11\uff12\uff13\uff14",
            "+59829001234",
        ),
        ("+٥٩٨٢٩٠٠١٢٣٤", "+59829001234"),
        ("tel:+59829001234", "+59829001234"),
        ("WhatsApp: +598 2900-1234", "+59829001234"),
        ("whats\u00adapp:+59829001234", "+59829001234"),
        ("(+598) 2900 1234", "+59829001234"),
        ("Ana@Example.COM", "ana@example.com"),
        ("a+tag@example.com", "a+tag@example.com"),
        ("+tag@example.com", "+tag@example.com"),
        ("29001234@qq.example", "29001234@qq.example"),
        ("\ufeffana@example.com\u200b", "ana@example.com"),
        ("mailto:ana\uff20example.com", "ana@example.com"),
        ("ana\u2011maria@example.com", "ana-maria@example.com"),
        ("instagram:213432525", "instagram:213432525"),
        ("Instagram: @Ana.Sosa", "instagram:Ana.Sosa"),
        ("messenger:\uff12\uff11\uff13\u200b432", "messenger:213432"),
        ("instagram:12", "instagram:12"),
    ],
)
def test_a_customer_has_one_normal_form(written: str, customer: str) -> None:
    assert clean_customer(written) == customer
    assert clean_customer(customer) == customer


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "+16502530000x123",
            "an extension, which the platform cannot keep: write the number without",
        ),
        ("+1-650-253-0000;ext=12", "extension"),
        ("+1 650 253 0000 ext. 12", "extension"),
        ("+16502530000,12", "extension"),
        ("2900 1234 interno 5", "extension"),
        ("+1-800-FLOWERS", "not a phone number: write one number as +<country><number>"),
        ("+598/2900/1234", "not a phone number: write one number"),
        ("+59829001234/35", "not a phone number: write one number"),
        ("+59829001234, +59829001235", "write one number as +<country><number>, in digits only"),
        ("+59829001234¹", "not a phone number: write one number"),
        ("++59829001234", "not a phone number: write one number"),
        ("5.9829E+10", "shortened by a spreadsheet: write all its digits"),
        ("5,98E+10", "shortened by a spreadsheet"),
        ("59829001238@c.us", "an id of WhatsApp: write the customer's phone"),
        ("59829001238@S.WhatsApp.net", "an id of WhatsApp"),
        ("n/a", "placeholder, not a customer: leave it out"),
        ("N.A.", "placeholder"),
        ("#N/A", "placeholder"),
        ("-", "placeholder"),
        ("\u200b", "placeholder"),
        ("unknown", "placeholder"),
        ("29001234", "has no country code: write a phone as +<country><number>, or a social id"),
        ("(02) 900-1234", "has no country code"),
        ("099.123.456", "has no country code"),
        ("213432525", "with its network, {customer: …, channel: instagram}"),
        ("1000240000123456789", "has no country code"),
        ("tel:29001234", "not an international number"),
        ("ana@example", "not an e-mail address: write one such as name@example.com"),
        ("ana@@example.com", "not an e-mail address"),
        ("Ana <ana@example.com>", "not an e-mail address"),
        ("ana@example.com;bob@example.com", "not an e-mail address"),
        ("ﬁn@example.com", "not an e-mail address"),
        ("instagram:", "a social id has only letters"),
        ("instagram:+59829001234", "write the id alone"),
        ("instagram:ana@example.com", "write the id alone"),
        ("instagram:n/a", "write the id alone"),
        ("instagram:-", "write the id alone"),
        ("instagram:messenger:12", "write the id alone"),
        ("messenger:2.13E+08", "write the id alone"),
    ],
)
def test_a_damaged_customer_is_an_error_with_a_hint(written: str, expected: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        clean_customer(written)
    assert expected in ": ".join(map(Message.unmasked, message_and_hint(refused.value)))


@pytest.mark.parametrize("written", ["carol", "@ofertas.truchas", "fb:100024", "099.ana", "a b"])
def test_a_social_id_needs_its_network(written: str) -> None:
    with pytest.raises(ValueError, match="neither a phone nor an e-mail") as refused:
        clean_customer(written)
    assert is_unrecognised(refused.value)
    assert "channel: instagram" in message_and_hint(refused.value)[1].unmasked()


@st.composite
def _pasted(draw: st.DrawFn) -> tuple[str, str]:
    """A phone with invisible characters, hyphens and full-width digits, and the phone itself."""
    phone = draw(st.sampled_from(_PHONES))
    wide = str.maketrans(
        "+0123456789", "\uff0b\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"
    )
    written = draw(st.text(_INVISIBLE, max_size=3))
    for at, character in enumerate(phone):
        written += character.translate(wide) if draw(st.booleans()) else character
        written += draw(st.text(_INVISIBLE, max_size=2))
        if 3 < at < len(phone) - 1 and draw(st.integers(0, 3)) == 0:
            written += draw(st.sampled_from(_HYPHENS))
    return draw(st.sampled_from(["", "tel:", "whatsapp:", "WhatsApp: "])) + written, phone


@given(_pasted())
def test_invisible_characters_do_not_change_a_phone(pasted: tuple[str, str]) -> None:
    written, phone = pasted
    assert clean_customer(written) == phone
    assert clean_contact_key(written) == phone
    assert clean_phone(written) == phone
    assert clean_number(written) == phone


@given(
    st.sampled_from(_PHONES),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.integers(0, 12),
)
def test_no_text_with_a_phones_digits_in_it_is_anything_but_a_phone_by_default(
    phone: str, before: str, inside: str, at: int
) -> None:
    text = before + phone[:at] + inside + phone[at:]
    assume("@" not in text)  # which may be an e-mail address
    assume("@" not in text.translate({0xFF20: "@", 0xFE6B: "@"}))
    try:
        customer = clean_customer(text)
    except ValueError:
        return
    assert re.fullmatch(r"\+\d+", customer)


@given(st.one_of(st.text(max_size=20), st.from_regex(r"(instagram|messenger):[\w.]{1,9}")))
def test_a_customer_in_normal_form_is_in_normal_form(text: str) -> None:
    try:
        customer = clean_customer(text)
    except ValueError:
        return
    assert clean_customer(customer) == customer


def test_on_a_social_network_a_bare_id_is_of_that_network() -> None:
    assert customer_of_interaction("instagram", "@ana") == "instagram:ana"
    assert customer_of_interaction("messenger", "213432525") == "messenger:213432525"
    assert customer_of_interaction("instagram", "59829001234") == "instagram:59829001234"
    assert customer_of_interaction("instagram", "+59829001234") == "+59829001234"
    with pytest.raises(ValueError, match="has no country code"):
        customer_of_interaction("sms", "213432525")
    with pytest.raises(ValueError, match="neither a phone nor an e-mail"):
        customer_of_interaction("telephony", "visitor 7")


def test_an_anonymous_visitor_of_a_web_page_is_not_a_customer() -> None:
    assert customer_of_interaction("webchat", "visitor 7") is None
    assert customer_of_interaction("webchat", "\u200b+59829001234") == "+59829001234"
    with pytest.raises(ValueError, match="extension"):
        customer_of_interaction("webchat", "+59829001234x1")


@pytest.mark.parametrize("key", ["switchboard", "highway-police", "24/7", "2900", "+", "sms: desk"])
def test_a_contacts_key_may_be_any_name(key: str) -> None:
    assert clean_contact_key(key) == key


@pytest.mark.parametrize("key", ["+59829001234x1", "tel:29001234", "+1-800-FLOWERS", "Sa\u200bles"])
def test_a_contacts_key_that_looks_damaged_is_an_error(key: str) -> None:
    with pytest.raises(ValueError, match=r"extension|international|phone number|invisible"):
        clean_contact_key(key)


@pytest.mark.parametrize("email", ["n/a", "ana", "59829001234@c.us", "a@b.com, c@d.com"])
def test_an_e_mail_is_one_address(email: str) -> None:
    with pytest.raises(ValueError, match=r"placeholder|not an e-mail|WhatsApp"):
        clean_email(email)


@pytest.mark.parametrize(
    ("offered", "normal"),
    [
        ("40404", "40404"),
        ("0800 1234", "08001234"),
        ("0800-1234", "08001234"),
        ("*611", "*611"),
        ("#31#", "#31#"),
        ("+598 2900 0001", "+59829000001"),
        ("tel:+59829000001", "+59829000001"),
        ("4\u200b0404", "40404"),
        ("ACME", "ACME"),
        ("24700", "24700"),
    ],
)
def test_a_channels_number_is_compared_in_normal_form(offered: str, normal: str) -> None:
    assert clean_number(offered) == normal
    assert clean_number(normal) == normal


@pytest.mark.parametrize("number", ["", "+1x", "+59829001234x12", "()"])
def test_a_channels_number_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match=r"characters|number|extension"):
        clean_number(number)
