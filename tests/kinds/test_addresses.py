"""Addresses: encoding, identity, and the parents and parts of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.address import (
    ancestors,
    child,
    collection_of,
    decode,
    encode,
    identity,
    join,
    name_of,
    parent_of,
    same_identity,
    same_spelling,
    split,
    wire_path,
)
from reconciler.kinds.registry import KINDS, Registry, address_of, parent_resource, parse_address
from reconciler.kinds.status import STATUS

_NAMES = st.text(min_size=1, max_size=20)


@given(_NAMES)
def test_a_name_survives_being_a_segment(name: str) -> None:
    assert decode(encode(name)) == name
    assert "/" not in encode(name)


@given(st.lists(_NAMES, min_size=1, max_size=5))
def test_an_address_is_taken_apart_into_the_names_it_was_made_of(names: list[str]) -> None:
    address = join(*names)
    assert split(address) == tuple(names)
    assert name_of(address) == names[-1]
    assert address == (child(parent_of(address), names[-1]) if names[1:] else encode(names[0]))


def test_letters_composed_otherwise_are_spelled_alike_and_another_case_is_not() -> None:
    assert same_spelling("Caf\u00e9", "Cafe\u0301")
    assert not same_spelling("Lunch", "lunch")


def test_people_read_names_as_written_and_the_wire_has_every_reserved_character_encoded() -> None:
    address = join("statuses", "50% off: A/B ü")
    assert address == "statuses/50%25 off: A%2FB ü"
    assert wire_path(address) == "statuses/50%25%20off%3A%20A%2FB%20%C3%BC"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("statuses/Lunch", "statuses/LUNCH"),
        ("statuses/Caf\u00e9", "statuses/Cafe\u0301"),
        ("statuses/STRASSE", "statuses/straße"),
        ("statuses/\u0130x", "statuses/i\u0307x"),
    ],
)
def test_case_and_composition_do_not_tell_addresses_apart(one: str, other: str) -> None:
    assert same_identity(one, other)


@given(st.text(max_size=30))
def test_an_identity_is_its_own_identity(text: str) -> None:
    assert identity(identity(text)) == identity(text)


def test_what_an_address_is_below_comes_nearest_first() -> None:
    assert list(ancestors("campaigns/Sales/dispositions/Refund/Partial")) == [
        "campaigns/Sales/dispositions/Refund",
        "campaigns/Sales/dispositions",
        "campaigns/Sales",
        "campaigns",
    ]
    assert list(ancestors("statuses")) == []


@pytest.mark.parametrize(
    ("address", "collection", "holder"),
    [
        ("statuses/Lunch", "statuses", ""),
        ("campaigns/Sales", "campaigns", ""),
        ("campaigns/Sales/members", "campaigns/Sales/members", "campaigns/Sales"),
        ("campaigns/Sales/channels/sms", "campaigns/Sales/channels", "campaigns/Sales"),
        ("dispositions/Sale", "dispositions", ""),
        ("dispositions/Sale/Done", "dispositions", "dispositions/Sale"),
        ("campaigns/S/dispositions/A", "campaigns/S/dispositions", "campaigns/S"),
        ("campaigns/S/dispositions/A/B", "campaigns/S/dispositions", "campaigns/S/dispositions/A"),
        ("dispositions/A/dispositions/B", "dispositions", "dispositions/A/dispositions"),
        ("campaigns/statuses", "campaigns", ""),
    ],
)
def test_what_list_an_address_is_in_and_what_holds_it(
    address: str, collection: str, holder: str
) -> None:
    assert collection_of(address) == collection
    assert parent_resource(address) == holder


@pytest.mark.parametrize(
    "address",
    [
        "campaigns/Sales",
        "campaigns/Sales/members",
        "campaigns/A%2FB/channels/whatsapp",
        "dispositions/A/B/C",
        "campaigns/S/dispositions/A/B",
        "blacklist/+59829001234",
        "holidays/Christmas",
    ],
)
def test_an_address_is_put_together_again_from_its_place(address: str) -> None:
    place = parse_address(address)
    assert address_of(place.kind, place.campaign, *place.names) == address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", "empty part"),
        ("statuses/", "empty part"),
        ("statusses/Lunch", "must begin with one of"),
        ("campaigns/Roadside 24/7", "write %2F for a / in"),
        ("statuses", "not a valid address of a status"),
        ("statuses/Lunch/Long", "not a valid address of a status"),
        ("members", "not a valid address of a member list"),
        ("campaigns/S/holidays/X", "not a valid address of a holiday"),
        ("campaigns/S/channels/fax", "'fax' is not a channel: there are telephony"),
    ],
)
def test_an_invalid_address_is_refused_with_the_reason(address: str, expected: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_address(address)
    assert expected in str(refusal.value)


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"Status \(statuses\) is registered twice"):
        Registry(STATUS, STATUS)


def test_each_kind_is_found_by_its_name_and_by_its_collection() -> None:
    for kind in KINDS:
        assert KINDS.named(kind.name) is kind
        assert KINDS.of_collection(kind.collection) is kind
