"""An unchanged platform costs 304s; nothing is ever served to whom it was not given."""

from __future__ import annotations

from pathlib import Path

from reconciler.live.http.cache import PageCache
from reconciler.live.platform import Reader, Snapshot
from tests.live.connected import Connected
from tests.live.fake_platform import LISTS, TOKEN, FakePlatform


async def snapshot(reader: Reader) -> Snapshot:
    return await reader.snapshot()


def conditional(platform: FakePlatform) -> int:
    return sum("If-None-Match" in each.headers for each in platform.seen)


def test_a_second_snapshot_of_an_unchanged_platform_is_304s(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    platform.page_size = 3
    for n in range(8):
        platform.add(f"statuses/S{n}")
    first = connected.read(snapshot, cache_dir=tmp_path)
    assert conditional(platform) == 0
    platform.seen.clear()
    second = connected.read(snapshot, cache_dir=tmp_path)
    assert conditional(platform) == len(platform.seen) - 1 == LISTS
    assert second.resources == first.resources
    assert list(second.resources) == list(first.resources)
    assert len(platform.asked("statuses")) == 1


def test_what_changed_is_read_anew(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    connected.read(snapshot, cache_dir=tmp_path)
    platform.add("statuses/New")
    assert connected.read(snapshot, cache_dir=tmp_path).find("statuses/New") is not None


def test_files_are_for_their_owner_only_and_do_not_hold_the_token(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    connected.read(snapshot, cache_dir=folder)
    files = list(folder.iterdir())
    assert len(files) == LISTS
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not any(TOKEN.encode() in file.read_bytes() for file in files)


def test_a_damaged_file_is_as_if_it_were_not_there(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    platform.add("statuses/Lunch")
    first = connected.read(snapshot, cache_dir=tmp_path)
    for n, file in enumerate(sorted(tmp_path.iterdir())):
        whole = file.read_bytes()
        damaged = [whole[:-1], whole + b" ", b"", b"{}\n", whole.replace(b"sales", b"salty")]
        file.write_bytes(damaged[n % len(damaged)].replace(b"Lunch", b"Munch"))
    assert connected.read(snapshot, cache_dir=tmp_path).resources == first.resources


def test_another_platform_at_the_same_address_is_not_served_from_it(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    connected.read(snapshot, cache_dir=tmp_path)
    platform.seen.clear()
    platform.id = "acme-prod"
    connected.read(snapshot, cache_dir=tmp_path)
    assert conditional(platform) == 0


def test_another_token_is_not_served_from_it(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    connected.read(snapshot, cache_dir=tmp_path)
    platform.seen.clear()
    connected.read(snapshot, cache_dir=tmp_path, token="another")
    assert conditional(platform) == 0


def test_a_folder_that_takes_no_files_is_no_error(
    platform: FakePlatform, connected: Connected, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert connected.read(snapshot, cache_dir=blocked).unknown == {}


def test_what_nobody_used_for_a_month_is_dropped(tmp_path: Path) -> None:
    import os

    cache = PageCache(tmp_path, base="b", platform="p", version="1", token="t")
    cache.store("old", '"1"', [b"{}"])
    cache.store("new", '"1"', [b"{}", b"[]"])
    for file in tmp_path.iterdir():
        if b'"old"' in file.read_bytes():
            os.utime(file, (1, 1))
    cache.prune()
    assert cache.load("old") is None
    kept = cache.load("new")
    assert kept is not None
    assert kept.pages == (b"{}", b"[]")
