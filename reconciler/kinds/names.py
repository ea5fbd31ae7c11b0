"""What a name may be, and how customers (phones, e-mails, social ids) are written.

Every function returns the normal form or raises ValueError with a sentence a person can act on.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reconciler.kinds.phones import is_in_e164

_MAX_NAME = 128
_RESERVED_NAMES = frozenset({"-", ".", ".."})
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
_PHONE_LIKE = re.compile(r"\+[\d\s().-]+")
_NATIONAL_PHONE = re.compile(r"[\d(][\d\s()./-]*")
_MAX_E164_DIGITS = 15


def clean_name(name: str) -> str:
    """A name as the platform takes it: 1-128 characters, trimmed, printable (DOMAIN, ours)."""
    if not name or len(name) > _MAX_NAME:
        raise ValueError(f"a name has 1 to {_MAX_NAME} characters, this one has {len(name)}")
    if name != name.strip():
        raise ValueError("a name has no blanks before or after it")
    if name in _RESERVED_NAMES:
        raise ValueError(f"'{name}' cannot be a name")
    if not name.isascii() or not name.isprintable():
        _refuse_control_characters(name)
    return name


def _refuse_control_characters(name: str) -> None:
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(f"a name has no control characters, this one has {character!r}")


def clean_phone(phone: str) -> str:
    """A phone number in E.164 (ITU-T); it must start with `+` and its country."""
    return phone if is_in_e164(phone) else _parsed_phone(phone)


@lru_cache(maxsize=65536)
def _parsed_phone(phone: str) -> str:
    import phonenumbers  # slow to import, and most commands meet no phone

    if not phone.startswith("+"):
        raise ValueError(f"'{phone}' is no international number: write it as +<country><number>")
    try:
        parsed = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise ValueError(
                f"'{phone}' is no phone number: it begins with the code of no country"
            ) from error
        raise ValueError(f"'{phone}' is no phone number: write it as +<country><number>") from error
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"'{phone}' cannot be a phone number of that country: check its length")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def clean_email(email: str) -> str:
    """An e-mail address in lower case."""
    if not _EMAIL.fullmatch(email):
        raise ValueError(f"'{email}' is no e-mail address")
    return email.lower()


def clean_customer(customer: str) -> str:
    """A customer: a phone (E.164), an e-mail (lower case) or a social id, told by its looks.

    A social id has no blanks (ours): whoever mistypes a phone must hear of it, or the customer
    would stay within reach.
    """
    if _PHONE_LIKE.fullmatch(customer):
        return clean_phone(customer)
    if _NATIONAL_PHONE.fullmatch(customer) and not _is_long_id(customer):
        raise ValueError(f"'{customer}' lacks its country: write phones as +<country><number>")
    if "@" in customer[1:]:
        return clean_email(customer)
    if any(map(str.isspace, customer.strip())):
        raise ValueError(
            f"'{customer}' is no customer: write a phone as +<country><number>, an e-mail address, "
            "or a social id, which has no blanks"
        )
    return clean_name(customer)


def _is_long_id(customer: str) -> bool:
    """Whether it is a number, and too long for a phone's: some networks' ids are."""
    return customer.isdigit() and len(customer) > _MAX_E164_DIGITS


def clean_contact_key(key: str) -> str:
    """A contact's key: normalised when it is a phone or an e-mail, else a name."""
    if _PHONE_LIKE.fullmatch(key):
        return clean_phone(key)
    if _EMAIL.fullmatch(key):
        return clean_email(key)
    return clean_name(key)


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=_MAX_NAME), AfterValidator(clean_name)
]
Phone = Annotated[str, AfterValidator(clean_phone)]
Email = Annotated[str, AfterValidator(clean_email)]
