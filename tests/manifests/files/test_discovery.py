"""Which files are read, and the problems of unreadable ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import ManifestError
from reconciler.manifests.loading.loader import load_manifests
from tests.manifests.manifest_project import ManifestProject


def message_of(root: Path) -> str:
    with pytest.raises(ManifestError) as caught:
        load_manifests(root, None)
    (only,) = caught.value.problems
    return only.message.unmasked()


def test_any_layout_will_do(project: ManifestProject) -> None:
    project.write("a/b/c/one.yml", "{kind: Status, name: A}")
    project.write("two.yaml", "{kind: Status, name: B}\n---\n---\n{kind: Status, name: C}\n")
    project.write("empty.yaml", "# nothing\n")
    project.write("notes.txt", "no manifest")
    project.write(".github/workflow.yaml", "on: push")
    assert list(project.load().desired.resources) == ["statuses/a", "statuses/b", "statuses/c"]


def test_a_file_whose_suffix_is_in_capitals_is_read_too(project: ManifestProject) -> None:
    project.write("one.YAML", "{kind: Status, name: A}")
    project.write("two.Yml", "{kind: Status, name: B}")
    assert list(project.resources("{kind: Status, name: C}")) == [
        "statuses/C",
        "statuses/A",
        "statuses/B",
    ]


def test_the_project_file_has_one_name(project: ManifestProject) -> None:
    (project.root / "reconciler.yaml").rename(project.root / "Reconciler.YAML")
    told = [problem.message.unmasked() for problem in project.problems()]
    assert "the project file must be named reconciler.yaml" in told


def test_no_such_folder(tmp_path: Path) -> None:
    assert message_of(tmp_path / "nowhere") == "this folder does not exist"


def test_a_file_instead_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("")
    assert "not a folder" in message_of(tmp_path / "a.yaml")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert message_of(tmp_path) == "this folder has no YAML files"


def test_a_folder_without_a_project_file(project: ManifestProject) -> None:
    (project.root / "reconciler.yaml").unlink()
    assert (
        "this folder has no reconciler.yaml"
        in project.problem("{kind: Status, name: A}").message.unmasked()
    )


def test_a_project_without_an_environment(project: ManifestProject) -> None:
    (project.root / "environments/prod.yaml").unlink()
    assert (
        "no environment" in project.problem("{kind: Status, name: '${{ x }}'}").message.unmasked()
    )


def test_a_link_out_of_the_folder(
    project: ManifestProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.yaml"
    outside.write_text("{kind: Status, name: A}")
    (project.root / "linked.yaml").symlink_to(outside)
    (project.root / "folder").symlink_to(outside.parent)
    found = project.problems()
    assert [problem.file for problem in found] == ["folder", "linked.yaml"]
    assert all("leads outside the folder" in problem.message.unmasked() for problem in found)


def test_a_loop_of_links(project: ManifestProject) -> None:
    project.write("a/one.yaml", "{kind: Status, name: A}")
    (project.root / "a/back").symlink_to(project.root)
    (project.root / "x.yaml").symlink_to("y.yaml")
    (project.root / "y.yaml").symlink_to("x.yaml")
    messages = [problem.message.unmasked() for problem in project.problems()]
    assert messages == [
        "this link leads to a folder around it: a loop",
        "this link leads to itself",
        "this link leads to itself",
    ]


def test_a_link_to_a_file_that_is_read_already(project: ManifestProject) -> None:
    project.write("one.yaml", "{kind: Status, name: A}")
    (project.root / "also.yaml").symlink_to("one.yaml")
    assert project.problem().message.unmasked() == "this link leads to one.yaml, which is also read"


def test_a_link_to_what_is_read_nowhere_else_is_followed(project: ManifestProject) -> None:
    project.write(".hidden/one.yaml", "{kind: Status, name: A}")
    (project.root / "seen").symlink_to(".hidden")
    assert list(project.load().desired.resources) == ["statuses/a"]


def test_a_link_to_nowhere(project: ManifestProject) -> None:
    (project.root / "gone.yaml").symlink_to("nothing.yaml")
    assert project.problem().message.unmasked() == "this link leads to no file"


def test_a_special_file_is_a_problem(project: ManifestProject) -> None:
    os.mkfifo(project.root / "pipe.yaml")
    assert project.problem().message.unmasked() == "this is not a regular file"


def test_a_file_that_is_too_large(project: ManifestProject) -> None:
    project.write("large.yaml", b"#" * (15 * 1024 * 1024 + 1))
    assert "the limit is" in project.problem().message.unmasked()


def test_a_file_that_is_not_utf8(project: ManifestProject) -> None:
    project.write("latin.yaml", b"kind: Status\nname: caf\xe9\n")
    assert "not UTF-8" in project.problems()[0].message.unmasked()


def test_environments_allow_no_folders_and_no_duplicates(project: ManifestProject) -> None:
    project.write("environments/eu/dev.yaml", "x")
    project.write("environments/prod.yml", "x")
    assert [problem.file for problem in project.problems()] == [
        "environments/eu/dev.yaml",
        "environments/prod.yml",
    ]


def test_files_are_named_relative_to_the_folder(project: ManifestProject) -> None:
    project.write("a/one.yaml", "{kind: Status, name: A}")
    assert str(project.load().desired.resources["statuses/a"].source) == "a/one.yaml:1"
