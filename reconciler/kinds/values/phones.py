"""Recognises phone numbers that are already in E.164, without the slow full parse.

A number that fits the lengths and the dialling prefix of its country cannot change in a parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CODE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class _Plan:
    """A country's rules for its national numbers."""

    lengths: frozenset[int]
    prefix: re.Pattern[str]


def is_in_e164(phone: str) -> bool:
    """Whether a full parse would surely not change it. False means unknown."""
    if not _E164.fullmatch(phone):
        return False
    for digits in range(1, _CODE_DIGITS + 1):
        plan = _plan_of(phone[1 : 1 + digits])
        if plan is not None:
            return _fits(plan, phone[1 + digits :])
    return False


def _fits(plan: _Plan, number: str) -> bool:
    if len(number) not in plan.lengths or number[0] == "0":
        return False
    prefix = plan.prefix.match(number)
    return prefix is None or (prefix.end() == 0 and prefix.lastindex is None)


@cache
def _plan_of(country_code: str) -> _Plan | None:
    """The plan of a country calling code; None for an unknown code."""
    import phonenumbers  # slow to import, and most commands have no phone

    code = int(country_code)
    if code not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return None
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = re.compile(metadata.national_prefix_for_parsing or "")
    return _Plan(frozenset(metadata.general_desc.possible_length), prefix)
