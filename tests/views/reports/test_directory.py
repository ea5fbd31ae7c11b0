"""The directory as text: one row each, and how many numbers are free."""

from __future__ import annotations

from reconciler.kinds.address import Address
from reconciler.message import Message
from reconciler.planning.reports.directory import (
    DirectoryEntry,
    DirectoryReport,
    NumberEntry,
    NumberState,
    Section,
)
from reconciler.privacy.masking import Masker
from reconciler.views.reports.directory import platform_text
from reconciler.views.style.view import View
from tests.views.view_runs import NOW

PHONE = Address("campaigns/Sales/channels/telephony")


def _number(number: str, state: NumberState, *uses: Address) -> NumberEntry:
    return NumberEntry(number, "tel", "telephony", state, (), uses, uses)


def test_numbers_are_free_or_used_and_a_disabled_channel_is_marked(masker: Masker) -> None:
    report = DirectoryReport(
        Section.NUMBERS,
        numbers=(
            _number("+59829001000", NumberState.USED, PHONE),
            _number("+59829001001", NumberState.FREE),
        ),
    )
    assert platform_text(report, View(masker, NOW)).splitlines() == [
        "2 numbers, 1 free.",
        "",
        "Number        Type       Connector  Used by",
        "+59829001000  telephony  tel        campaigns/Sales/channels/telephony (disabled)",
        "+59829001001  telephony  tel        free",
    ]


def test_a_number_is_not_called_free_when_channels_could_not_be_read(masker: Masker) -> None:
    report = DirectoryReport(
        Section.NUMBERS,
        numbers=(_number("+59829001001", NumberState.UNKNOWN),),
        unread=(("campaigns/-/channels", Message.of("not allowed")),),
    )
    text = platform_text(report, View(masker, NOW))
    assert "1 number, 1 perhaps free." in text
    assert "uses may be missing: campaigns/-/channels (not allowed)" in text


def test_a_mapped_name_has_its_name_in_manifests(masker: Masker) -> None:
    entry = DirectoryEntry("wa-prod", ("wa-main",), (), "whatsapp", 2)
    report = DirectoryReport(Section.CONNECTORS, (entry, DirectoryEntry("tel", (), (PHONE,))))
    lines = platform_text(report, View(masker, NOW)).splitlines()
    assert lines[2].split() == ["Name", "Type", "Numbers", "Used", "by", "In", "manifests"]
    assert lines[3].split() == ["wa-prod", "whatsapp", "2", "·", "wa-main"]
