"""`fmt`: one layout, the same meaning."""

from __future__ import annotations

from tests.end_to_end.harness import Workspace

MESSY = "# Lunch breaks.\nname: 'Siesta'   # after lunch\nkind:   Status\n"
TIDY = '# Lunch breaks.\nkind: Status\nname: "Siesta"   # after lunch\n'


def test_check_lists_changed_files_and_writes_nothing(watched: Workspace) -> None:
    file = watched.write("siesta.yaml", MESSY)
    assert watched.run("fmt", "--check").expect(1).out.splitlines() == ["siesta.yaml"]
    assert file.read_text() == MESSY


def test_fmt_is_idempotent_and_keeps_the_mode(watched: Workspace) -> None:
    file = watched.write("siesta.yaml", MESSY)
    file.chmod(0o640)
    watched.run("fmt").expect(0).mentions("siesta.yaml")
    assert file.read_text() == TIDY
    assert file.stat().st_mode & 0o777 == 0o640
    assert watched.run("fmt").expect(0).out == ""
    watched.run("fmt", "--check").expect(0)


def test_an_invalid_file_is_reported_and_the_others_are_formatted(watched: Workspace) -> None:
    broken = watched.write("broken.yaml", "kind: Status\n  name: 'A'\n")
    file = watched.write("siesta.yaml", MESSY)
    watched.run("fmt").expect(1).mentions("broken.yaml", "siesta.yaml")
    assert broken.read_text() == "kind: Status\n  name: 'A'\n"
    assert file.read_text() == TIDY


def test_a_folder_without_a_project_is_an_error(watched: Workspace) -> None:
    watched.run("fmt", "nowhere").expect(1).mentions("nowhere")
