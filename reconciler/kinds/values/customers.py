"""Phones, e-mails and social ids: how customers and channel numbers are written.

Every function returns the normal form or raises ValueError with a hint. Text is read as a person
reads it: without invisible characters, with look-alike digits and hyphens as plain ones. Damaged
phones and e-mails are errors, because an entry that matches nobody would leave a customer
reachable.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from reconciler.kinds.values.channel_types import SOCIAL_NETWORKS
from reconciler.kinds.values.characters import as_read, with_plain_digits
from reconciler.kinds.values.names import clean_name
from reconciler.kinds.values.phones import is_in_e164
from reconciler.kinds.values.refusal import refusal
from reconciler.message import Message, Personal

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
_EMAIL_PREFIX = re.compile(r"mailto:\s*", re.IGNORECASE)
_PHONE = re.compile(r"\(?\+[\d\s().-]+")
_PHONE_START = re.compile(r"\(?\+[+\s]*\d")
_PHONE_PREFIX = re.compile(r"(?:tel|callto|sms|whatsapp):\s*(?=[+(\d])", re.IGNORECASE)
_NATIONAL_PHONE = re.compile(r"[\d(][\d\s()./-]*")
_DIALLED = re.compile(r"[*#\d(][*#\d\s()./-]*")
_PUNCTUATION = re.compile(r"[\s()./-]")
_SOCIAL_ID = re.compile(r"(?=.*[^\W_])[\w.-]+")
_AS_SOCIAL_ID = f"{{customer: …, channel: {SOCIAL_NETWORKS[0]}}} or {SOCIAL_NETWORKS[0]}:…"
_DIGIT_OR_SIGN = re.compile(r"[\d@\s+]")
_QUOTES = re.compile(r"['\"`]")

_DAMAGED: tuple[tuple[re.Pattern[str], Message, Message], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), why, hint)
    for pattern, why, hint in (
        (
            r"[-?.]*|#?n\.?[/.]?a\.?!?|s/[nd]|none|null|nil|nan|unknown|#(?:ref|value|name)[!?]",
            Message.of("is a placeholder, not a customer"),
            Message.of("leave it out"),
        ),
        (
            r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d+",
            Message.of("was shortened by a spreadsheet"),
            Message.of("write all its digits, as +<country><number>"),
        ),
        (
            r"\+?\d[\d:-]*@(?:c\.us|s\.whatsapp\.net|g\.us|lid|broadcast|newsletter)",
            Message.of("is an id of WhatsApp"),
            Message.of("write the customer's phone, as +<country><number>"),
        ),
        (
            r"\+?[\d\s().-]{5,}(?:[;,#~]|\bx|[^\W\d_]{1,10}\.?)[a-z]*\s*[=:.]?\s*\d{1,9}",
            Message.of("has an extension, which the platform cannot keep"),
            Message.of("write the number without it"),
        ),
    )
)
"""Patterns of damaged phones and e-mails, what is wrong, and what to write."""

_UNRECOGNISED = "unrecognised-customer"


def clean_phone(phone: str) -> str:
    """A phone in E.164 (ITU-T). The text must begin with `+` and the country code."""
    return phone if is_in_e164(phone) else _parsed_phone(phone)


@lru_cache(maxsize=65536)
def _parsed_phone(phone: str) -> str:
    import phonenumbers  # slow to import, and most commands have no phone

    text = _phone_text(phone)
    _refuse_damaged(text, phone)
    if not text.startswith(("+", "(+")):
        message = Message.of("is not an international number")
        raise _not_a_phone(phone, message, Message.of("write it as +<country><number>"))
    if not _PHONE.fullmatch(text):
        hint = Message.of("write one number as +<country><number>, in digits only")
        raise _not_a_phone(phone, Message.of("is not a phone number"), hint)
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        why = Message.of("is not a phone number")
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            why = Message.of("is not a phone number: no country has its code")
        raise _not_a_phone(phone, why, Message.of("write it as +<country><number>")) from error
    if not phonenumbers.is_possible_number(parsed):
        why = Message.of("cannot be a phone number of its country")
        raise _not_a_phone(phone, why, Message.of("check its length"))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _not_a_phone(phone: str, why: Message, hint: Message) -> ValueError:
    return refusal(
        "phone", Message.of("{phone} {why}", phone=_quoted(phone), why=why), hint, culprit=phone
    )


def clean_email(email: str) -> str:
    """An e-mail address in lower case."""
    text = _EMAIL_PREFIX.sub("", as_read(email), count=1)
    _refuse_damaged(text, email)
    if not _EMAIL.fullmatch(text) or unicodedata.normalize("NFKC", text) != text:
        message = Message.of("{email} is not an e-mail address", email=_quoted(email))
        hint = Message.of("write one such as name@example.com")
        raise refusal("email", message, hint, culprit=email)
    return text.lower()


def clean_number(number: str) -> str:
    """A channel's number: E.164 with a country code, else what is dialled (`40404`, `*611`) or a
    sender's name, as its connector offers it."""
    if is_in_e164(number):
        return number
    text = _phone_text(number)
    if _PHONE_START.match(text):
        return clean_phone(number)
    if _DIALLED.fullmatch(text):
        text = _PUNCTUATION.sub("", text)
    return clean_name(text)


def comparable_number(number: str) -> str:
    """The part that all spellings of a platform number share; other text unchanged."""
    try:
        return clean_number(number)
    except ValueError:
        return number


def _phone_text(phone: str) -> str:
    """The text with plain digits, without a prefix such as `tel:`."""
    return _PHONE_PREFIX.sub("", with_plain_digits(as_read(phone)), count=1)


def _refuse_damaged(text: str, written: str) -> None:
    for pattern, why, hint in _DAMAGED:
        if pattern.fullmatch(text):
            message = Message.of("{written} {why}", written=_quoted(written), why=why)
            raise refusal("damaged", message, hint, culprit=written)


def _quoted(text: str) -> Message:
    """The text in quotes if it looks like a number or an address, else `this`."""
    if _DIGIT_OR_SIGN.search(text) and not _QUOTES.search(text):
        return Message.of("'{text}'", text=Personal(text))
    return Message.of("this")


# Customers


def clean_customer(customer: str) -> str:
    """A customer: a phone (E.164), an e-mail (lower case), or a social id with its network
    (`instagram:213432525`).

    Raises ValueError; `is_unrecognised` is true of the error for a possible social id without its
    network.
    """
    if is_in_e164(customer):
        return customer
    text = as_read(customer)
    network, colon, bare = text.partition(":")
    if colon and network.lower() in SOCIAL_NETWORKS:
        return f"{network.lower()}:{_social_id(bare)}"
    if _PHONE_START.match(text) or _PHONE_PREFIX.match(text):
        return clean_phone(customer)
    text = with_plain_digits(text)
    _refuse_damaged(text, customer)
    if _NATIONAL_PHONE.fullmatch(text):
        message = Message.of("{customer} has no country code", customer=_quoted(customer))
        hint = Message.of(
            "write a phone as +<country><number>, or a social id with its network, {as_social_id}",
            as_social_id=_AS_SOCIAL_ID,
        )
        raise refusal("country-missing", message, hint, culprit=customer)
    if "@" in text[1:]:
        return clean_email(customer)
    hint = Message.of(
        "write a social id with its network, {as_social_id}", as_social_id=_AS_SOCIAL_ID
    )
    raise refusal(_UNRECOGNISED, Message.of("this is neither a phone nor an e-mail address"), hint)


def is_unrecognised(error: ValueError) -> bool:
    """Whether `clean_customer` refused a text that may be a social id without its network."""
    return isinstance(error, PydanticCustomError) and error.type == _UNRECOGNISED


def customer_of_interaction(channel: str, customer: str) -> str | None:
    """The customer of an interaction, in the form of blacklist entries.

    On a social network a bare id belongs to that network. None is an anonymous visitor of a web
    page, who cannot be on a blacklist.
    """
    try:
        return clean_customer(customer)
    except ValueError as error:
        if channel in SOCIAL_NETWORKS:
            return clean_customer(f"{channel}:{customer}")
        if channel == "webchat" and is_unrecognised(error):
            return None
        raise


def _social_id(written: str) -> str:
    """An id or a user name of a social network, without a leading `@`."""
    text = with_plain_digits(as_read(written)).removeprefix("@")
    if not _SOCIAL_ID.fullmatch(text):
        message = Message.of("a social id has only letters, digits, dots, underscores and hyphens")
        hint = Message.of(
            "write the id alone; leave `channel` out for a phone or an e-mail, which is "
            "blocked on all channels"
        )
        raise refusal("social-id", message, hint)
    return clean_name(text)


def clean_contact_key(key: str) -> str:
    """A contact's key: normalised when it is a phone or an e-mail, else a name."""
    text = as_read(key)
    if _PHONE_START.match(text) or _PHONE_PREFIX.match(text):
        return clean_phone(key)
    if _EMAIL.fullmatch(_EMAIL_PREFIX.sub("", text, count=1)):
        return clean_email(key)
    return clean_name(key)


Phone = Annotated[str, AfterValidator(clean_phone)]
Email = Annotated[str, AfterValidator(clean_email)]
Number = Annotated[str, AfterValidator(clean_number)]
