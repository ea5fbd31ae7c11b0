"""Content files: which files are allowed, and the text they give."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from reconciler.manifests.files.content_files import ContentError, read_content
from tests.manifests.manifest_project import ManifestProject

_TEMPLATE = "{kind: Template, name: T, type: html, content_file: '%s'}"


def _content(project: ManifestProject, name: str) -> object:
    return project.resource(_TEMPLATE % name, "templates/T").fields["content"]


def _git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    local = ("-c", "protocol.file.allow=always")
    command = ["git", "-C", str(folder), *identity, *local, *words]
    subprocess.run(command, capture_output=True, check=True)


@pytest.fixture(params=[".", "centre/configs"])
def committed(tmp_path: Path, request: pytest.FixtureRequest) -> ManifestProject:
    """A project in a repository, at its top or in a folder, with some ignored files."""
    project = ManifestProject(tmp_path / str(request.param))
    project.write("reconciler.yaml", "project: acme\n")
    project.write("environments/prod.yaml", "platform: {url: 'https://acme.example', id: a}\n")
    project.write("mail.html", "<p>Hi</p>")
    for ignored in ("build/mail.html", "our.secret", "kept.secret", "ñandú.secret", ":odd*.secret"):
        project.write(ignored, "ignored")
    (tmp_path / ".gitignore").write_text("build/\n*.secret\n")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", "--all")
    _git(tmp_path, "add", "--force", str(project.root / "kept.secret"))
    _git(tmp_path, "commit", "--quiet", "-m", "All")
    return project


# Where they are


def test_they_are_read_without_variables_and_relative_to_their_manifest(
    project: ManifestProject,
) -> None:
    project.write("deep/hello.html", "<p>{{ name }} ${{ x }} ñ</p>\n")
    project.write("deep/t.yaml", "{kind: Template, name: T, type: html, content_file: hello.html}")
    one = project.resource("{kind: Status, name: A}", "templates/T")
    assert one.fields["content"] == "<p>{{ name }} ${{ x }} ñ</p>\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../../outside.txt", "outside the project folder"),
        ("helo.html", "there is no file"),
        ("latin.html", "not UTF-8"),
        ("wide.html", "UTF-16"),
        (".", "not a file"),
        ("/etc/hostname", "outside the project folder"),
    ],
)
def test_they_are_text_inside_the_folder(project: ManifestProject, name: str, message: str) -> None:
    project.write("hello.html", "x")
    project.write("latin.html", b"caf\xe9")
    project.write("wide.html", "café".encode("utf-16"))
    (project.root.parent.parent / "outside.txt").write_text("x")
    project.write("sub/t.yaml", "{kind: Status, name: A}")
    found = project.problem(_TEMPLATE % name)
    assert message in found.message.unmasked() or message in found.hint.unmasked()


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        "../.git/config",
        ".env",
        ".reconciler/state.db",
        "templates/.draft/mail.html",
        "templates/../.env",
        ".none/such",
        "innocent.html",
        "linked/config",
    ],
)
def test_a_hidden_file_is_never_content(project: ManifestProject, name: str) -> None:
    for hidden in (".git/config", ".env", ".reconciler/state.db", "templates/.draft/mail.html"):
        project.write(hidden, "token = x")
    project.write("templates/t.yaml", "{kind: Status, name: A}")
    (project.root / "innocent.html").symlink_to(project.root / ".env")
    (project.root / "linked").symlink_to(project.root / ".git")
    manifest = "templates/t.yaml" if name.startswith("../") else "all.yaml"
    project.write(manifest, _TEMPLATE % name)
    found = project.problem()
    assert "is hidden" in found.message.unmasked()
    assert (found.file, found.line, found.excerpt) == (manifest, 1, _TEMPLATE % name)


def test_a_project_in_a_hidden_folder_has_content_all_the_same(tmp_path: Path) -> None:
    (tmp_path / ".home").mkdir()
    (tmp_path / ".home" / "mail.html").write_text("x")
    assert read_content(tmp_path / ".home", "a.yaml", "mail.html") == ("x", "mail.html")
    with pytest.raises(ContentError, match="hidden"):
        read_content(tmp_path, "a.yaml", ".home/mail.html")


# What git ignores


@pytest.mark.parametrize(
    "name", ["build/mail.html", "our.secret", "ñandú.secret", ":odd*.secret", "./build/mail.html"]
)
def test_a_file_that_git_ignores_is_never_content(committed: ManifestProject, name: str) -> None:
    found = committed.problem(_TEMPLATE % name)
    assert (
        found.message.unmasked()
        == f"'{name.removeprefix('./')}' is ignored by git, so no review shows it"
    )
    assert (found.file, found.line) == ("all.yaml", 1)
    assert "git check-ignore -v" in found.hint.unmasked()


def test_every_place_that_names_one_is_reported(committed: ManifestProject) -> None:
    text = f"{_TEMPLATE % 'our.secret'}\n---\n{(_TEMPLATE % 'our.secret').replace('T,', 'U,')}\n"
    assert [problem.line for problem in committed.problems(text)] == [1, 3]


def test_what_a_link_leads_to_counts(committed: ManifestProject) -> None:
    (committed.root / "link.html").symlink_to("our.secret")
    assert (
        "'our.secret' is ignored" in committed.problem(_TEMPLATE % "link.html").message.unmasked()
    )


@pytest.mark.parametrize("name", ["mail.html", "kept.secret", "new.html"])
def test_a_file_that_git_tracks_or_does_not_ignore_is_content(
    committed: ManifestProject, name: str
) -> None:
    committed.write("new.html", "x")
    assert _content(committed, name)


def test_variables_of_a_hook_do_not_mislead_git(
    committed: ManifestProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other/.git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert _content(committed, "kept.secret")
    assert "is ignored" in committed.problem(_TEMPLATE % "our.secret").message.unmasked()


def test_a_submodule_is_asked_about_its_own_files(
    committed: ManifestProject, tmp_path: Path
) -> None:
    shared = tmp_path / "build/shared"
    shared.mkdir(parents=True)
    (shared / "a.html").write_text("a")
    (shared / ".gitignore").write_text("*.draft\n")
    _git(shared, "init", "--quiet")
    _git(shared, "add", "--all")
    _git(shared, "commit", "--quiet", "-m", "All")
    _git(committed.root, "submodule", "--quiet", "add", str(shared), "shared")
    committed.write("shared/b.draft", "b")
    assert _content(committed, "shared/a.html") == "a"
    assert (
        "'shared/b.draft' is ignored"
        in committed.problem(_TEMPLATE % "shared/b.draft").message.unmasked()
    )
    both = f"{_TEMPLATE % 'shared/a.html'}\n---\n{(_TEMPLATE % 'our.secret').replace('T,', 'U,')}"
    assert "'our.secret' is ignored" in committed.problem(both).message.unmasked()


def test_where_git_does_not_answer_no_file_is_content(
    committed: ManifestProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    found = committed.problem(_TEMPLATE % "mail.html")
    assert (
        "may be ignored by git, which cannot tell: fatal: detected dubious"
        in found.message.unmasked()
    )
    assert "`git status`" in found.hint.unmasked()


def test_without_git_or_a_repository_only_hidden_files_are_refused(
    committed: ManifestProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed.write(".env", "token = x")
    with monkeypatch.context() as without_git:
        without_git.setenv("PATH", str(tmp_path))
        assert _content(committed, "our.secret") == "ignored"
        assert "is hidden" in committed.problem(_TEMPLATE % ".env").message.unmasked()
    shutil.rmtree(tmp_path / ".git")
    assert _content(committed, "our.secret") == "ignored"
    assert "is hidden" in committed.problem(_TEMPLATE % ".env").message.unmasked()


# What is made of them


@pytest.mark.parametrize(
    "data",
    [
        b"<p>\nHi\n</p>\n",
        b"<p>\r\nHi\r\n</p>\r\n",
        b"<p>\rHi\r</p>\r",
        b"\xef\xbb\xbf<p>\nHi\r\n</p>\n",
    ],
)
def test_line_ends_and_byte_order_marks_make_no_difference(
    project: ManifestProject, data: bytes
) -> None:
    project.write("mail.html", "<p>\nHi\n</p>\n")
    plain = project.load(_TEMPLATE % "mail.html").desired
    project.write("mail.html", data)
    assert project.load().desired.digest == plain.digest
    assert _content(project, "mail.html") == "<p>\nHi\n</p>\n"


def test_the_same_holds_for_texts_in_a_manifest(project: ManifestProject) -> None:
    text = '{kind: Template, name: T, type: text, content: "\\uFEFFa\\r\\nb\\rc"}'
    assert project.resource(text, "templates/T").fields["content"] == "a\nb\nc"


def test_a_merge_conflict_in_one_is_reported(project: ManifestProject) -> None:
    project.write("mail.html", "<p>\r\n<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> topic\r\n</p>")
    found = project.problem(_TEMPLATE % "mail.html")
    assert found.message.unmasked() == "a merge conflict is unresolved in 'mail.html', line 2"


@pytest.mark.parametrize(
    "text", ["a\n=======\nb\n", ">>>>>>> quoted\n", "<<<<<<< x\n", "  <<<<<<<"]
)
def test_a_line_that_only_looks_like_one_is_content(project: ManifestProject, text: str) -> None:
    project.write("mail.html", text.encode())
    assert _content(project, "mail.html") == text
