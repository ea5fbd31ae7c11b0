"""The names of exported files, and how they are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError, UsageError
from reconciler.manifests.exporting.export import write_files
from reconciler.manifests.exporting.file_names import file_stems

# Names of files


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Roadside 24/7", "roadside-24-7"),
        ("Atención España", "atencion-espana"),
        ("Straße Øst Łódź", "strasse-ost-lodz"),
        ("50% off!", "50-off"),
        ("../../etc/passwd", "etc-passwd"),
        ("Ventas 🎉", "ventas"),
        ("x" * 128, "x" * 60),
    ],
)
def test_a_file_is_called_like_the_thing_in_plain_letters(name: str, slug: str) -> None:
    assert file_stems([name], "campaign") == {name: slug}


def test_names_without_ascii_letters_and_reserved_names_get_unique_files() -> None:
    names = ["🎉", "مرحبا", "CON", "nul", "Com1", "lpt9"]
    found = file_stems(names, "campaign")
    assert found["🎉"].startswith("campaign-")
    assert found["CON"].startswith("con-")
    assert len(set(found.values())) == len(names)
    assert all(slug.isascii() and slug.replace("-", "").isalnum() for slug in found.values())


def test_similar_names_have_separate_files_in_any_order() -> None:
    names = ["a b", "a-b", "A/B", "ä b", "other", "a-b-1"]
    found = file_stems(names, "campaign")
    assert len(set(found.values())) == len(names)
    assert found["other"] == "other"
    assert found["a-b-1"] == "a-b-1"
    assert file_stems(reversed(names), "campaign") == found


def test_a_name_that_equals_a_stem_with_digest_gets_another_stem() -> None:
    alike = file_stems(["a b", "a-b"], "campaign")
    found = file_stems(["a b", "a-b", alike["a b"]], "campaign")
    assert len(set(found.values())) == 3


# In place


def test_files_are_written_where_nothing_was(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder"
    write_files({"reconciler.yaml": b"a", "campaigns/b.yaml": b"c\r\n"}, target)
    assert (target / "campaigns/b.yaml").read_bytes() == b"c\r\n"
    assert [path.name for path in target.parent.iterdir()] == ["folder"]


def test_an_empty_folder_stays_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path.stat().st_ino
    monkeypatch.chdir(tmp_path)
    write_files({"reconciler.yaml": b"a", "campaigns/b.yaml": b"c"}, Path())
    assert tmp_path.stat().st_ino == before
    assert sorted(os.listdir()) == ["campaigns", "reconciler.yaml"]  # noqa: PTH208


def test_a_folder_with_files_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        write_files({"reconciler.yaml": b"a"}, tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        write_files({"reconciler.yaml": b"a"}, tmp_path / ".hidden")
    assert [path.name for path in tmp_path.iterdir()] == [".hidden"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, is_there: bool) -> None:
    target = tmp_path / "target"
    if is_there:
        target.mkdir()
    with pytest.raises(ReconcilerError, match=r"cannot be written: .*long"):
        write_files({"a.yaml": b"a", f"{'x' * 300}.yaml": b"b"}, target)
    assert list(tmp_path.iterdir()) == ([target] if is_there else [])
    assert not is_there or not list(target.iterdir())
