"""The key of masks: one for all who use a store, for as long as it lives."""

from __future__ import annotations

from pathlib import Path

from reconciler.state.sql.store import Store


def test_the_key_is_drawn_once_and_kept(url: str) -> None:
    with Store.open(url) as store:
        key = store.mask_key()
        assert len(key) == 32
        assert store.mask_key() == key
    with Store.open_read_only(url) as store:
        assert store.mask_key() == key


def test_where_none_can_be_kept_one_lasts_as_long_as_the_store_is_open(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    with Store.open_read_only(path) as one, Store.open_read_only(path) as other:
        assert one.mask_key() == one.mask_key()
        assert one.mask_key() != other.mask_key()
