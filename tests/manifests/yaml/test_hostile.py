"""Hostile YAML gives a clear problem with its place, with either parser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Problem
from reconciler.manifests.formatting.formatter import NotFormatted, format_file
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.reader import _read
from tests.manifests.manifest_project import new_project
from tests.manifests.yaml.yaml_reading import problem, read, root

_OTHER_VERSION = "leave the %YAML line out"
_NAME = "only letters, digits, `-` and `_` are allowed in it"
_QUESTION = "text that begins with `?` must be quoted"
_CONFLICT = "a merge conflict is unresolved"

_HOSTILE = [
    # What libyaml reads otherwise than YAML 1.2
    ("{?foo: bar}", 1, 2, _QUESTION, 'write "?foo"'),
    ("a: {b: 1, ?foo: bar}", 1, 11, _QUESTION, 'write "?foo"'),
    ("a:\n  - [x, ?y]", 2, 9, _QUESTION, 'write "?y"'),
    ("[?x]", 1, 2, _QUESTION, 'write "?x"'),
    ("['a' , ?'x']", 1, 8, _QUESTION, 'write "?x"'),
    ("{?name: x, name: y}", 1, 12, "`name` occurs twice", "keep one"),
    ("a: &an:chor x", 1, 4, f"{_NAME}: `&an:chor`", "in quotes"),
    ("a: !!str &an:chor x", 1, 10, f"{_NAME}: `&an:chor`", "in quotes"),
    ("a: !!str\n  &b:c x", 2, 3, f"{_NAME}: `&b:c`", "in quotes"),
    ("a: &b@c x", 1, 6, "cannot begin with `@`", "in quotes"),
    ("a: [what?, b]", 1, 9, "text with a `?` must be quoted", "in quotes"),
    ("a: {b: c ?d}", 1, 10, "text with a `?` must be quoted", "in quotes"),
    ("&an:chor x", 1, 1, f"{_NAME}: `&an:chor`", "in quotes"),
    ("a: &b x\nc: *b:d", 2, 4, f"{_NAME}: `*b:d`", "in quotes"),
    ("a: &b x\n*b: d", 2, 1, f"{_NAME}: `*b:`", "in quotes"),
    ("a: &añ x", 1, 4, _NAME, "in quotes"),
    ("%YAML 1.1\n---\na: NO", 1, 1, "asks for YAML 1.1", _OTHER_VERSION),
    ("a: 1\n...\n%YAML 1.1\n---\nb: NO", 3, 1, "asks for YAML 1.1", _OTHER_VERSION),
    ("%YAML 1.3\n---\na: 1", 1, 1, "written in YAML 1.2", _OTHER_VERSION),
    ("%YAML 1.0\n---\na: 1", 1, 1, "written in YAML 1.2", _OTHER_VERSION),
    ("# 1.2\n%YAML 2.0\n---\na: 1", 2, 1, "written in YAML 1.2", _OTHER_VERSION),
    ("%YAML\n---\na: 1", 1, 1, "this %YAML line cannot be read", _OTHER_VERSION),
    ("%YAML 1\n---\na: 1", 1, 1, "this %YAML line cannot be read", _OTHER_VERSION),
    ("%YAML 99999999999999.1\n---\na", 1, 1, "this %YAML line cannot be read", _OTHER_VERSION),
    ("%YAML 1.2 x\n---\na: 1", 1, 1, "this %YAML line cannot be read", _OTHER_VERSION),
    ("%TAG\n---\na: 1", 1, 1, "this %TAG line cannot be read", "leave the %TAG line out"),
    # Merge conflicts
    ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n", 1, 1, _CONFLICT, "keep one side"),
    ("a: 1\r\n<<<<<<< HEAD\r\nb: 1\r\n=======\r\n>>>>>>> x", 2, 1, _CONFLICT, "keep one side"),
    ("a: |\n  x\n<<<<<<<\n  y\n=======\n  z\n>>>>>>>\n", 3, 1, _CONFLICT, "keep one side"),
    ("a: 1\n||||||| base\nb: 2\n=======\nc: 3\n", 2, 1, _CONFLICT, "keep one side"),
    ("a: 1\n=======\nb: 2\n>>>>>>> topic", 4, 1, _CONFLICT, "keep one side"),
    # Characters
    ("a: 1\n\ufeffb: 2", 2, 1, "U+FEFF is an invisible byte-order mark", '"\\ufeff"'),
    ("\ufeff\ufeffa: 1", 1, 1, "U+FEFF is an invisible byte-order mark", '"\\ufeff"'),
    # Where libyaml's own words help nobody
    ("a: |0\n x", 1, 5, "the digit after `|` or `>`", "leave the digit out"),
    ("a: !<>\n", 1, 4, "`!` begins a tag", "in quotes"),
    ("--- !<x\na", 1, 5, "`!` begins a tag", "in quotes"),
    ("a: ? b", 1, 4, "a key cannot begin here", "in quotes"),
    ("- &a [*a]", 1, 7, "would contain itself", ""),
    ("a: !!python/object/apply:os.system [ls]", 1, 4, "plain data", "leave the tag out"),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "hint"), _HOSTILE)
def test_hostile_yaml_is_explained_with_its_place(
    text: str, line: int, column: int, message: str, hint: str
) -> None:
    found = read(text)[1][0]
    assert message in found.message.unmasked()
    assert hint in found.hint.unmasked()
    assert (found.file, found.line, found.column) == ("configs/a.yaml", line, column)


@pytest.mark.parametrize("text", [example[0] for example in _HOSTILE])
def test_hostile_yaml_is_not_laid_out_anew(text: str) -> None:
    result = format_file(text.encode(), "a.yaml")
    assert isinstance(result, NotFormatted)
    assert result.problems


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.3", "1.9", "3.0"])
def test_the_parser_in_python_refuses_other_versions_too(version: str) -> None:
    problems = _slowly(f"%YAML {version}\n---\na: 1")
    assert [problem.hint.unmasked() for problem in problems] == [_OTHER_VERSION]


@pytest.mark.parametrize(
    "text",
    [
        "%YAML 1.2\n---\na: 1\n",
        "a: ?x\nb: what?\nc: ['a ?', \"b ?c\"]\nd: x ?y\n",
        "? a\n: [b]\n",
        "a: &b_1-c [x]\nd: *b_1-c\n",
        "a: |\n  <<<<<<< HEAD\n  =======\nb: '>>>>>>>'\n",
        "a: x\n# =======\n",
        "a: 'x\n\n  =======\n  y'\n",
        "<<<<<<<<: x\n",
    ],
)
def test_what_only_looks_like_it_is_read(text: str) -> None:
    assert root(text)


def test_every_conflict_of_a_file_is_reported_and_nothing_else() -> None:
    conflict = "<<<<<<< HEAD\n  b: [\n=======\n>>>>>>> x\n"
    documents, problems = read(f"a:\n{conflict}c: 1\n{conflict}")
    assert documents == []
    assert [(problem.line, problem.message.unmasked()) for problem in problems] == [
        (2, _CONFLICT),
        (7, _CONFLICT),
    ]


def test_a_command_reports_hostile_files_without_a_traceback(
    tmp_path: Path,
) -> None:
    project = new_project(tmp_path)
    places: list[str] = []
    for number, (text, line, column, _, _) in enumerate(_HOSTILE):
        places.append(f"{number:02}.yaml:{line}:{column}: ")
        project.write(f"{number:02}.yaml", text.encode())
    for command in ("validate", "fmt"):
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", command, tmp_path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "defect" not in done.stderr
        assert [place for place in places if place not in done.stderr] == []


_PIECES = st.sampled_from(
    [
        *("a", "kind: Status", "name: x", "- ", "? ", ": ", ":", "{", "}", "[", "]", ",", "?x"),
        *("&a ", "&an:c", "*a", "!", "!!int ", "|", "|2-", ">", "'", '"', "\\x", "#", "@", "`"),
        *("%YAML 1.1", "%YAML 1.3", "%TAG ! x", "---", "...", "\n", "\n  ", "\n    ", "\t"),
        *("\r", "\r\n", " ", "<<: ", "~", "1e999", "0x1", "\ufeff", "\x85", "\x00", "é", "😀"),
        *("${{ x }}", "{{ y }}", "<<<<<<< HEAD", "=======", ">>>>>>> b", "items:"),
    ]
)


@given(st.lists(_PIECES, max_size=16).map("".join))
def test_any_input_to_the_reader_gives_problems_and_never_raises(text: str) -> None:
    lines = text.count("\n") + text.count("\r") + 1
    for found in (*read(text)[1], *_slowly(text)):
        assert found.message.unmasked()
        assert 1 <= found.line <= lines + 1
    format_file(text.encode(), "a.yaml")


@given(st.binary(max_size=40))
def test_so_do_bytes_of_any_kind(data: bytes) -> None:
    read(data)
    format_file(data, "a.yaml")


def test_the_hint_for_a_conflict_works_as_it_is_printed() -> None:
    found = problem("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> topic\n")
    assert found.excerpt == "<<<<<<< HEAD"
    assert found.hint.unmasked().count("`") == 6


def _slowly(text: str) -> list[Problem]:
    return _read(text.encode(), "a.yaml", FileLimits(), c_parser=False)[1]
