"""The fields of each kind have one normal form, and invalid values are refused."""

from __future__ import annotations

import orjson
import pytest
from pydantic import ValidationError

from reconciler.kinds.address import Address
from reconciler.kinds.base import Life
from reconciler.kinds.registry import KINDS, parse_address
from reconciler.kinds.values.names import clean_name
from tests.kinds.examples import required_fields

_NORMAL: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("campaigns/S", {"forms": ["b", "A"]}, {"forms": ["A", "b"]}),
    (
        "campaigns/S/channels/telephony",
        {"numbers": ["+598 2900 1234", "0800 1234", "*611"]},
        {"numbers": ["*611", "+59829001234", "08001234"]},
    ),
    (
        "campaigns/S/channels/sms",
        {"numbers": ["\uff14\uff10\uff14\uff10\uff14"]},
        {"numbers": ["40404"]},
    ),
    ("campaigns/S/channels/sms", {"numbers": ["ACME"]}, {"numbers": ["ACME"]}),
    (
        "campaigns/S/channels/whatsapp",
        {"numbers": ["+59829001235", "+59829001234"]},
        {"numbers": ["+59829001234", "+59829001235"]},
    ),
    ("statuses/L", {"color": "#AABBCC"}, {"color": "#aabbcc"}),
    (
        "templates/T",
        {"type": "html", "content": "\ufeff<p>\r\n\r</p>\ufeff"},
        {"type": "html", "content": "<p>\n\n</p>\ufeff"},
    ),
    (
        "campaigns/S/channels/webchat",
        {"welcome": {"en": "a\r\nb", "es": None}, "out_of_hours_message": "a\rb"},
        {"welcome": {"en": "a\nb", "es": None}, "out_of_hours_message": "a\nb"},
    ),
    ("quality_models/Q", {"description": "a\r\nb"}, {"description": "a\nb"}),
    (
        "holidays/H",
        {"date": "2026-12-25", "campaigns": ["b", "A"]},
        {"date": "2026-12-25", "campaigns": ["A", "b"]},
    ),
    (
        "contacts/k",
        {"contact_name": "Ana", "email": "Ana@Example.COM"},
        {"contact_name": "Ana", "email": "ana@example.com"},
    ),
    (
        "contacts/k",
        {"contact_name": "Ana", "phone": "+598 (2) 900-1234"},
        {"contact_name": "Ana", "phone": "+59829001234"},
    ),
]

_REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("campaigns/S", {"time_zone": "Mars/Base"}, "not an IANA time zone"),
    ("campaigns/S", {"schedule": {"mon": ["10:00-09:00"]}}, "does not end after it starts"),
    ("campaigns/S", {"schedule": {"monday": []}}, "mon"),
    ("campaigns/S", {"schedule": "weekdays"}, "always"),
    ("campaigns/S", {"forms": ["Data", "Data"]}, "'Data' occurs twice"),
    ("campaigns/S", {"quality_models": ["Tone", "tone"]}, "'tone' occurs twice"),
    ("campaigns/S", {"open_now": True}, "Extra inputs"),
    ("campaigns/S/channels/sms", {"numbers": ["+59829001234", "+59829001235"]}, "at most 1 item"),
    ("campaigns/S/channels/sms", {"enabled": True, "connector": "c"}, "exactly one number"),
    ("campaigns/S/channels/telephony", {"enabled": True}, "needs a connector"),
    ("campaigns/S/channels/whatsapp", {"enabled": True}, "needs a connector"),
    ("campaigns/S/channels/email", {"enabled": True}, "needs a connector"),
    ("campaigns/S/channels/telephony", {"strategy": "least_busy"}, "ringall"),
    ("campaigns/S/channels/webchat", {"strategy": "linear"}, "ringall"),
    ("campaigns/S/channels/webchat", {"welcome": {"english": "Hello"}}, "pattern"),
    ("campaigns/S/channels/webchat", {"numbers": []}, "Extra inputs"),
    ("campaigns/S/channels/telephony", {"max_queue": -1}, "greater than or equal to 0"),
    ("campaigns/S/channels/telephony", {"service_level_seconds": 86_401}, "less than or equal"),
    ("campaigns/S/members", {"members": [{"user": "ana", "penalty": 101}]}, "less than or equal"),
    ("campaigns/S/members", {"members": [{"user": "ana"}, {"user": "ANA"}]}, "occurs twice"),
    ("campaigns/S/members", {"members": [{"user": "ana", "channels": {"fax": {}}}]}, "telephony"),
    ("dispositions/D", {"text_code": "x" * 129}, "at most 128"),
    ("dispositions/D", {"actions": {"recall": True}}, "Extra inputs"),
    ("statuses/L", {"color": "red"}, "pattern"),
    ("statuses/L", {"icon": ""}, "at least 1 character"),
    ("holidays/H", {"date": "2026-02-30", "campaigns": "all"}, "date"),
    ("holidays/H", {"date": "2026-12-25"}, "campaigns"),
    ("holidays/H", {"date": "2026-12-25", "campaigns": "none"}, "all"),
    ("templates/T", {"type": "markdown", "content": ""}, "rich_text"),
    ("templates/T", {"type": "text"}, "content"),
    ("quality_models/Q", {"categories": [{"name": "A"}, {"name": "a"}]}, "the category 'a'"),
    (
        "quality_models/Q",
        {"categories": [{"name": "A", "questions": [{"text": "Q"}, {"text": "q"}]}]},
        "the question 'q'",
    ),
    (
        "quality_models/Q",
        {"categories": [{"name": "A", "questions": [
            {"text": "Q", "options": [{"label": "Yes"}, {"label": "YES"}]}]}]},
        "the option 'YES'",
    ),
    ("blacklist/x", {"reason": "rude"}, "Extra inputs"),
    ("contacts/k", {"contact_name": "Ana"}, "a phone or an email"),
    ("contacts/k", {"contact_name": "", "phone": "+59829001234"}, "at least 1 character"),
    ("contacts/k", {"contact_name": "Ana", "phone": "29001234"}, "international"),
    ("contacts/k", {"contact_name": "Ana", "email": "ana@"}, "not an e-mail address"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "given", "normal"), _NORMAL)
def test_fields_have_one_normal_form(
    address: str, given: dict[str, object], normal: dict[str, object]
) -> None:
    kind = parse_address(address).kind
    assert kind.normalized(address, given) == normal
    assert kind.normalized(address, normal) == normal


@pytest.mark.parametrize(("address", "given", "expected"), _REFUSED)
def test_what_the_platform_would_refuse_is_refused(
    address: str, given: dict[str, object], expected: str
) -> None:
    body = parse_address(address).kind.body_of(address)
    with pytest.raises(ValidationError, match=expected):
        body.model_validate_json(orjson.dumps(given), strict=True)


@pytest.mark.parametrize(
    ("address", "some"),
    [
        ("campaigns/S/channels/telephony", {"enabled": True, "wrap_up_seconds": 20}),
        ("campaigns/S/channels/sms", {"enabled": True}),
        ("contacts/desk", {"contact_name": "Ana"}),
    ],
)
def test_some_fields_of_a_resource_may_lack_what_the_whole_needs(
    address: str, some: dict[str, object]
) -> None:
    kind = parse_address(address).kind
    assert kind.normalized(address, some) == some
    with pytest.raises(ValidationError):
        kind.with_defaults(address, some)


def test_a_complete_form_has_every_field_and_is_its_own_complete_form() -> None:
    for kind in KINDS:
        for name in kind.bodies:
            address = Address(f"campaigns/S/{kind.collection}/{name or 'x'}")
            form = kind.with_defaults(address, required_fields(kind))
            assert tuple(form) == kind.field_names(address)
            assert kind.with_defaults(address, form) == form


@pytest.mark.parametrize(
    "name", ["", "x" * 129, " Sales", "Sales ", "-", ".", "..", "a\nb", "a\x00"]
)
def test_names_no_platform_takes(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        clean_name(name)


@pytest.mark.parametrize("name", ["x" * 128, "NO", "10:30", "50% / A: \"B\" 'C'", "🎧", "خدمة"])
def test_odd_names_that_are_names(name: str) -> None:
    assert clean_name(name) == name


def test_a_contact_is_named_by_its_phone_else_by_its_e_mail() -> None:
    contact = KINDS.named("Contact")
    assert contact is not None
    natural = contact.natural_identity
    assert natural is not None
    both = {"phone": "+59829001234", "email": "ana@example.com"}
    assert natural(both) == "+59829001234"
    assert natural({"phone": None, "email": "ana@example.com"}) == "ana@example.com"
    assert natural({}) == ""


def test_only_the_platforms_own_statuses_are_the_systems() -> None:
    owners = {kind.name: kind.system_names for kind in KINDS if kind.system_names}
    assert owners == {
        "Status": frozenset({"Available", "Not Available", "Break", "WrapUp", "On call"})
    }
    status = KINDS.named("Status")
    assert status is not None
    assert status.is_system_default("statuses/Break")
    assert not status.is_system_default("campaigns/Sales/statuses/Break")


def test_what_is_always_there_with_its_campaign() -> None:
    assert {kind.name: kind.life for kind in KINDS if kind.life is not Life.ENTRY} == {
        "Channel": Life.FIXED,
        "Members": Life.ORDERED_LIST,
    }
