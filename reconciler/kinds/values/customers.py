"""What a name may be, and how customers (phones, e-mails, social ids) are written.

Every function returns the normal form or raises ValueError with a sentence a person can act on.
Phones, e-mails and social ids are recognised in folded text: without invisible characters, and
with look-alike digits and hyphens as plain ones. What looks like a damaged phone or e-mail is an
error, for an entry that matches nobody would leave a customer reachable.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from reconciler.kinds.values.channel_types import SOCIAL_NETWORKS
from reconciler.kinds.values.characters import as_read, with_plain_digits
from reconciler.kinds.values.names import clean_name
from reconciler.kinds.values.phones import is_in_e164

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
_EMAIL_PREFIX = re.compile(r"mailto:\s*", re.IGNORECASE)
_PHONE = re.compile(r"\(?\+[\d\s().-]+")
_PHONE_START = re.compile(r"\(?\+[+\s]*\d")
_PHONE_PREFIX = re.compile(r"(?:tel|callto|sms|whatsapp):\s*(?=[+(\d])", re.IGNORECASE)
_NATIONAL_PHONE = re.compile(r"[\d(][\d\s()./-]*")
_DIALLED = re.compile(r"[*#\d(][*#\d\s()./-]*")
_PUNCTUATION = re.compile(r"[\s()./-]")
_SOCIAL_ID = re.compile(r"(?=.*[^\W_])[\w.-]+")
_AS_PHONE = "as +<country><number>"
_AS_SOCIAL_ID = f"{{customer: …, channel: {SOCIAL_NETWORKS[0]}}} or {SOCIAL_NETWORKS[0]}:…"
_TELLING = re.compile(r"[\d@\s+]")
_QUOTES = re.compile(r"['\"`]")

_DAMAGED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (
            r"[-?.]*|#?n\.?[/.]?a\.?!?|s/[nd]|none|null|nil|nan|unknown|#(?:ref|value|name)[!?]",
            "is a placeholder and names nobody: leave it out",
        ),
        (
            r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d+",
            f"was cut short by a spreadsheet: write all its digits, {_AS_PHONE}",
        ),
        (
            r"\+?\d[\d:-]*@(?:c\.us|s\.whatsapp\.net|g\.us|lid|broadcast|newsletter)",
            f"is an id of WhatsApp: write the customer's phone, {_AS_PHONE}",
        ),
        (
            r"\+?[\d\s().-]{5,}(?:[;,#~]|\bx|[^\W\d_]{1,10}\.?)[a-z]*\s*[=:.]?\s*\d{1,9}",
            "has an extension, which cannot be kept: take it out",
        ),
    )
)
"""What damaged phones look like once folded, and what is said of them."""


class UnrecognisedCustomer(ValueError):
    """Text that is neither a phone nor an e-mail, nor a damaged one."""


def clean_phone(phone: str) -> str:
    """A phone number in E.164 (ITU-T); it must start with `+` and its country."""
    return phone if is_in_e164(phone) else _parsed_phone(phone)


@lru_cache(maxsize=65536)
def _parsed_phone(phone: str) -> str:
    import phonenumbers  # slow to import, and most commands meet no phone

    text = _phone_text(phone)
    _refuse_damaged(text, phone)
    if not text.startswith(("+", "(+")):
        raise ValueError(f"{_quoted(phone)} is no international number: write it {_AS_PHONE}")
    if not _PHONE.fullmatch(text):
        raise ValueError(
            f"{_quoted(phone)} is no phone number: write it {_AS_PHONE}, one number in digits only"
        )
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise ValueError(
                f"{_quoted(phone)} is no phone number: it begins with the code of no country"
            ) from error
        raise ValueError(f"{_quoted(phone)} is no phone number: write it {_AS_PHONE}") from error
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(
            f"{_quoted(phone)} cannot be a phone number of that country: check its length"
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def clean_email(email: str) -> str:
    """An e-mail address in lower case."""
    text = _EMAIL_PREFIX.sub("", as_read(email), count=1)
    _refuse_damaged(text, email)
    if not _EMAIL.fullmatch(text) or unicodedata.normalize("NFKC", text) != text:
        raise ValueError(f"{_quoted(email)} is no e-mail address: write one, as name@example.com")
    return text.lower()


def clean_number(number: str) -> str:
    """A channel's number: E.164 where it has its country, else what is dialled (`40404`, `*611`)
    or a sender's name, as its connector offers it."""
    if is_in_e164(number):
        return number
    text = _phone_text(number)
    if _PHONE_START.match(text):
        return clean_phone(number)
    if _DIALLED.fullmatch(text):
        text = _PUNCTUATION.sub("", text)
    return clean_name(text)


def comparable_number(number: str) -> str:
    """What two spellings of a platform's number share; one that is no number is as it is."""
    try:
        return clean_number(number)
    except ValueError:
        return number


def _phone_text(phone: str) -> str:
    """What is left to recognise: folded, with plain digits, without a prefix such as `tel:`."""
    return _PHONE_PREFIX.sub("", with_plain_digits(as_read(phone)), count=1)


def _refuse_damaged(text: str, written: str) -> None:
    for pattern, said in _DAMAGED:
        if pattern.fullmatch(text):
            raise ValueError(f"{_quoted(written)} {said}")


def _quoted(text: str) -> str:
    """The text in quotes where views are sure to find and mask it there, else `this`."""
    if _TELLING.search(text) and not _QUOTES.search(text):
        return f"'{text}'"
    return "this"


# Customers


def clean_customer(customer: str) -> str:
    """A customer: a phone (E.164), an e-mail (lower case), or a social id with its network
    (`instagram:213432525`).

    Raises Unrecognised for what may be a social id but does not give its network.
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
        raise ValueError(
            f"{_quoted(customer)} lacks its country: write a phone {_AS_PHONE}, or a social id "
            f"with its network, {_AS_SOCIAL_ID}"
        )
    if "@" in text[1:]:
        return clean_email(customer)
    raise UnrecognisedCustomer(
        "this is neither a phone nor an e-mail address: write a social id with its network, "
        f"{_AS_SOCIAL_ID}"
    )


def customer_of_interaction(channel: str, customer: str) -> str | None:
    """The customer of an interaction, as a blacklist names one.

    On a social network a bare id is one of that network. None is a visitor of a web page whom
    nobody knows: no blacklist can name one.
    """
    try:
        return clean_customer(customer)
    except ValueError as error:
        if channel in SOCIAL_NETWORKS:
            return clean_customer(f"{channel}:{customer}")
        if channel == "webchat" and isinstance(error, UnrecognisedCustomer):
            return None
        raise


def _social_id(written: str) -> str:
    """An id or a user name of a social network. A leading `@` is not part of it."""
    text = with_plain_digits(as_read(written)).removeprefix("@")
    if not _SOCIAL_ID.fullmatch(text):
        raise ValueError(
            "a social id is letters, digits, dots, underscores and hyphens: write the id alone; a "
            "phone or an e-mail has no `channel`, it is blocked on all of them"
        )
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
