"""The ledger: what is owned, by whose project, under which name."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.kinds.address import Address, identity
from reconciler.state.changes import LedgerChange, Rebase, Remove, Upsert
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger import LedgerEntry
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, entry, lineage, owned, upsert


def test_a_ledger_has_no_lineage_before_it_exists_and_one_for_good_after(store: Store) -> None:
    assert store.ledger(*KEY).lineage == ""
    first = lineage(store)
    assert len(first) == 32
    assert lineage(store) == first
    assert lineage(store, KEY._replace(environment="staging")) != first


def test_an_entry_comes_back_as_it_went_in(store: Store) -> None:
    kept = LedgerEntry(
        Address("campaigns/Ventas%2FSur/members"),
        "Members",
        "nested",
        {"items": [{"user": "ñandú 🦤", "penalty": 10, "share": 0.5, "none": None, "on": True}]},
        protect=True,
        on_remove="keep",
    )
    store.change_ledger(KEY, [Upsert(kept)])
    ledger = store.ledger(*KEY)
    assert ledger.find("CAMPAIGNS/ventas%2Fsur/Members") == kept
    assert list(ledger.entries) == [identity(kept.address)]


def test_case_is_no_difference_between_addresses(store: Store) -> None:
    store.change_ledger(KEY, [upsert("statuses/Lunch"), upsert("statuses/LUNCH", {"icon": "x"})])
    assert owned(store) == ["statuses/LUNCH"]
    store.change_ledger(KEY, [Remove(Address("statuses/lunch"))])
    assert owned(store) == []


def test_a_removal_leaves_what_is_below(store: Store) -> None:
    store.change_ledger(KEY, [upsert("dispositions/Sale"), upsert("dispositions/Sale/Done")])
    store.change_ledger(KEY, [Remove(Address("dispositions/Sale"))])
    assert owned(store) == ["dispositions/Sale/Done"]


def test_a_rename_takes_everything_below_along_and_nothing_beside(store: Store) -> None:
    store.change_ledger(
        KEY,
        [
            upsert("campaigns/Sales"),
            upsert("campaigns/Sales/statuses/Lunch"),
            upsert("campaigns/Sales Peru"),
            upsert("campaigns/Sales-2/statuses/Lunch"),
        ],
    )
    store.change_ledger(KEY, [Rebase(Address("campaigns/sales"), Address("campaigns/Ventas"))])
    assert set(owned(store)) == {
        "campaigns/Ventas",
        "campaigns/Ventas/statuses/Lunch",
        "campaigns/Sales Peru",
        "campaigns/Sales-2/statuses/Lunch",
    }


def test_a_rename_to_another_case_keeps_the_entry_under_its_new_spelling(store: Store) -> None:
    store.change_ledger(KEY, [upsert("campaigns/Straße/statuses/Lunch")])
    rename = Rebase(Address("campaigns/Straße"), Address("campaigns/STRASSE"))
    store.change_ledger(KEY, [rename])
    assert owned(store) == ["campaigns/STRASSE/statuses/Lunch"]


def test_a_rename_drops_what_was_left_under_the_new_name_and_can_be_repeated(
    store: Store,
) -> None:
    store.change_ledger(KEY, [upsert("statuses/A"), upsert("statuses/B", {"icon": "stale"})])
    rename = Rebase(Address("statuses/A"), Address("statuses/B"))
    store.change_ledger(KEY, [rename])
    store.change_ledger(KEY, [rename])
    assert store.ledger(*KEY).entries == {"statuses/b": entry("statuses/B")}


def test_what_others_own_on_the_same_platform_is_foreign(store: Store) -> None:
    store.change_ledger(KEY, [upsert("statuses/Lunch")])
    store.change_ledger(LedgerKey("beta", "prod", "acme-prod"), [upsert("statuses/Break")])
    store.change_ledger(LedgerKey("acme", "blue", "acme-prod"), [upsert("statuses/Tea")])
    store.change_ledger(LedgerKey("beta", "prod", "other-platform"), [upsert("statuses/Nap")])
    ledger = store.ledger(*KEY)
    assert list(ledger.entries) == ["statuses/lunch"]
    assert ledger.foreign == {"statuses/break": "beta", "statuses/tea": "acme (blue)"}
    assert store.ledger("gamma", "prod", "acme-prod").foreign["statuses/lunch"] == "acme"


def test_a_hundred_thousand_entries_are_read_quickly(tmp_path: Path) -> None:
    fields = {"name": "Ana", "phone": "+59829001234", "tags": ["a", "b"], "enabled": True}
    with Store.open(str(tmp_path / "state.db")) as store:
        store.change_ledger(KEY, [upsert(f"contacts/{n}", dict(fields)) for n in range(100_000)])
        started = time.process_time()
        ledger = store.ledger(*KEY)
        spent = time.process_time() - started
    assert len(ledger.entries) == 100_000
    assert spent < 3, f"{spent:.2f} s of CPU; it takes about half a second on a quiet machine"


_names = st.sampled_from(["a", "A", "a b", "ab", "ß", "SS", "é", "x%2Fy", "z!", "a0", "a/b"])
_addresses = st.lists(_names, min_size=1, max_size=3).map(lambda names: Address("/".join(names)))
_changes = st.one_of(
    st.builds(
        Upsert,
        st.builds(
            LedgerEntry,
            _addresses,
            st.just("Status"),
            st.sampled_from(["nested", "standalone"]),
            st.dictionaries(st.sampled_from("xy"), st.integers(0, 9)),
        ),
    ),
    st.builds(Remove, _addresses),
    st.builds(Rebase, _addresses, _addresses),
)


@pytest.mark.parametrize("at_once", [True, False], ids=["together", "one-by-one"])
@given(changes=st.lists(_changes, max_size=12))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_changes_do_to_the_rows_what_they_would_do_to_a_dict(
    store: Store, changes: list[LedgerChange], at_once: bool
) -> None:
    key = LedgerKey(uuid.uuid4().hex, "prod", uuid.uuid4().hex)
    for some in [changes] if at_once else [[change] for change in changes]:
        store.change_ledger(key, some)
    model: dict[str, LedgerEntry] = {}
    for change in changes:
        _change(model, change)
    assert store.ledger(*key).entries == model


def _change(model: dict[str, LedgerEntry], change: LedgerChange) -> None:
    if isinstance(change, Upsert):
        model[identity(change.entry.address)] = change.entry
        return
    if isinstance(change, Remove):
        model.pop(identity(change.address), None)
        return
    old, new = identity(change.old).split("/"), identity(change.new).split("/")
    moved = [model[key] for key in list(model) if key.split("/")[: len(old)] == old]
    if not moved:
        return
    for key in list(model):
        if old == key.split("/")[: len(old)] or new == key.split("/")[: len(new)]:
            del model[key]
    for was in moved:
        tail = was.address.split("/")[len(old) :]
        address = Address("/".join([change.new, *tail]))
        model[identity(address)] = LedgerEntry(address, was.kind, was.form, was.fields)
