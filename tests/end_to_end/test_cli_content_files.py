"""Content files: line endings of two systems, hidden files, and ignored files."""

from __future__ import annotations

import subprocess

import pytest

from tests.end_to_end.harness import Cli, Workspace

_MANIFEST = "kind: Template\nname: Greeting\ntype: html\ncontent_file: greeting.html\n"
_HTML = "<p>Hola {{ name }}</p>\n<p>Chau</p>\n"


def _encoded(text: str, how: str) -> bytes:
    data = text.encode()
    if how == "crlf":
        return data.replace(b"\n", b"\r\n")
    return b"\xef\xbb\xbf" + data if how == "bom" else data


def test_checkouts_on_two_operating_systems_never_revert_each_other(workspace: Workspace) -> None:
    for how in ("crlf", "lf"):
        (workspace.folder / "t.yaml").write_bytes(_encoded(_MANIFEST, how))
        (workspace.folder / "greeting.html").write_bytes(_encoded(_HTML, how))
        workspace.run("validate").expect(0)
        if how == "crlf":
            workspace.plan_and_apply()
        workspace.expect_nothing_to_do()
    (workspace.folder / "greeting.html").write_bytes(_encoded(_HTML, "bom"))
    workspace.expect_nothing_to_do()
    assert workspace.sandbox.maria.get("templates/Greeting")["content"] == _HTML


def test_other_line_endings_are_not_drift(workspace: Workspace) -> None:
    workspace.write("t.yaml", _MANIFEST)
    workspace.write("greeting.html", _HTML)
    workspace.plan_and_apply()
    pasted = _HTML.replace("\n", "\r\n")
    workspace.sandbox.maria.patch("templates/Greeting", content=pasted)
    workspace.expect_nothing_to_do()


@pytest.mark.parametrize("name", [".git/config", ".reconciler/state.db", "../.env", "our.secret"])
def test_a_hidden_or_ignored_file_is_refused_by_every_command(
    watched: Workspace, name: str
) -> None:
    for file in (".env", ".reconciler/state.db", "our.secret"):
        watched.write(file, "token=hunter2\n")
    watched.write(".gitignore", "*.secret\n")
    subprocess.run(["git", "init", "--quiet", watched.folder], check=True)
    at = "sub/t.yaml" if name.startswith("../") else "t.yaml"
    watched.write(at, _MANIFEST.replace("greeting.html", name))
    for command in ("validate", "plan"):
        result = watched.run(command).expect(1).mentions(f"{at}:4:15: '{name}' is ")
        assert "hunter2" not in result.output


def test_init_writes_gitattributes_and_gitignore(watched: Workspace) -> None:
    cli = Cli({}, watched.base)
    cli("init", "new").expect(0).mentions("new/.gitattributes", "new/.gitignore")
    _is_told_to_git(watched, "new")


def test_export_writes_gitattributes_and_gitignore(watched: Workspace) -> None:
    watched.run("export", watched.base / "exported").expect(0)
    _is_told_to_git(watched, "exported")


def _is_told_to_git(workspace: Workspace, folder: str) -> None:
    at = workspace.base / folder
    subprocess.run(["git", "init", "--quiet", at], check=True)
    (at / "plan.json").write_text("{}")
    (at / "mail.html").write_bytes(b"<p>\r\n</p>")
    ignored = _git(workspace, folder, "check-ignore", "plan.json", ".reconciler/state.db")
    assert ignored.split() == ["plan.json", ".reconciler/state.db"]
    assert _git(workspace, folder, "check-attr", "eol", "mail.html").endswith("eol: lf\n")
    _git(workspace, folder, "add", "mail.html")
    assert _git(workspace, folder, "show", ":mail.html") == "<p>\n</p>"


def _git(workspace: Workspace, folder: str, *words: str) -> str:
    command = ["git", "-C", str(workspace.base / folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
