"""Refused YAML (too large, not text, broken): place, message and excerpt."""

from __future__ import annotations

import pytest

from reconciler.manifests.yaml.diagnostics import excerpt, lines_of
from reconciler.manifests.yaml.limits import FileLimits
from tests.manifests.yaml.yaml_reading import problem, read, root

# Limits


def test_a_file_too_large_is_not_read() -> None:
    found = problem("a: 123456789\n", FileLimits(size_bytes=10))
    assert (found.line, found.message.unmasked()) == (0, "the file has 13 bytes; the limit is 10")


def test_a_file_of_too_many_values_keeps_the_documents_before() -> None:
    documents, (found,) = read("a: 1\n---\n[1,2,3,4,5,6,7,8,9]\n", FileLimits(steps=12))
    assert [d.root for d in documents] == [{"a": 1}]
    assert "over 12 keys, values and brackets" in found.message.unmasked()


@pytest.mark.parametrize("text", ["[" * 65, "{a: " * 65, "- " * 65, "? " * 65])
def test_nesting_too_deep_is_refused(text: str) -> None:
    assert problem(text).message.unmasked() == "nested more than 64 levels deep"


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert root("[" * 64 + "]" * 64)


def test_reading_stops_after_too_many_problems() -> None:
    _, problems = read("a: 1\n" * 100, FileLimits(problems=10))
    assert len(problems) == 11
    assert problems[-1].line == 0


def test_a_size_limit_that_marks_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="size_bytes"):
        FileLimits(size_bytes=1 << 24)


# Bytes


def test_bytes_that_are_not_utf_8_are_placed() -> None:
    found = problem("a: é\nb: 'ñandú'\n".encode() + b"c: \xe9\n")
    assert (found.line, found.column) == (3, 4)
    assert found.message.unmasked() == "byte 0xe9 is not UTF-8"


def test_utf_16_is_named() -> None:
    assert "UTF-16" in problem("a: 1".encode("utf-16")).message.unmasked()


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\uffff"])
def test_control_characters_are_placed(character: str) -> None:
    found = problem(f"a: é\nb: x{character}\n")
    assert (found.line, found.column) == (2, 5)
    assert f"U+{ord(character):04X} is a control character" in found.message.unmasked()


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_invisible_line_breaks_are_refused(character: str) -> None:
    found = problem(f'a: 1\nb: "x{character}y"\n')
    assert (found.line, found.column) == (2, 6)
    assert "invisible line break" in found.message.unmasked()
    assert f"\\u{ord(character):04x}" in found.hint.unmasked()


def test_windows_and_old_mac_line_breaks_count_as_lines() -> None:
    assert problem("a: 1\r\nb: 2\r\na: 3\r\n").line == 3
    assert problem("a: 1\rb: 2\ra: 3\r").excerpt == "a: 3"


# Broken YAML


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("a:\n\tb: 1", 2, 1, "a tab cannot indent", "indent with spaces only"),
        ("a:\n  - 1\n\t- 2", 3, 1, "a tab cannot indent", "indent with spaces only"),
        ("a: @x", 1, 4, "a value cannot begin with `@`", "put the value in quotes"),
        ("a: b: c", 1, 5, "a second `: `", "in quotes"),
        ("a: 1\nb\nc: 2", 2, 1, "neither `key: value` nor a list item", "missing `:`"),
        ("a: [09:00-13:00]", 1, 7, "text with a `:` must be quoted", "quote it"),
        ("a: - b", 1, 4, "a list cannot begin here", "on a new line"),
        ("- a\nb: 1", 2, 1, "not an item of the list", "begin it with `- `"),
        ("a:\n  b: 1\n c: 2", 3, 2, "not a key of the mapping", "align it"),
        ("a: [1, 2\nb: 3", 1, 4, "this `[` has no matching `]`", "separate items"),
        ("a: {x: 1\nb: 3", 1, 4, "this `{` has no matching `}`", "separate fields"),
        ("a: [\n\n", 1, 4, "the file ends before an expected value", "close the open `[`"),
        ("a: [1,\n  {", 2, 3, "the file ends before an expected value", "close the open `[`"),
        ("a: [${{ x }}]", 1, 4, "this `[` has no matching `]`", "quote a `${{ … }}`"),
        ("a: 'x\nb: 2", 1, 4, "this quote is never closed", "close it"),
        ("a: 'x\n---\nb: 2", 1, 4, "not closed before the document ends", ""),
        ('a: "C:\\q"', 1, 7, "backslash escape does not exist", "double the backslash"),
        ('a: "\\xZZ"', 1, 7, "hexadecimal digits", "double the backslash"),
        ('a: "\\ud83d\\ude00"', 1, 7, "half a character", "the character itself"),
        ("a: *", 1, 4, "begins the name of a value", "in quotes"),
        ("a: !foo!bar x", 1, 4, "this tag is not known", "leave the tag out"),
        ("a: | x\n y", 1, 6, "cannot follow `|`", "next line"),
        ("--- a\n... c", 2, 5, "must begin with `---`", ""),
        ("%YAML 2.0\n---\na", 1, 1, "written in YAML 1.2", "leave the %YAML line out"),
        ("a: ]", 1, 4, "a value was expected", "in quotes"),
        ("%FOO\n---\na", 1, 1, "is a parser directive", "in quotes"),
        ("a: {b: !}", 1, 8, "`!` begins a tag", "in quotes"),
        (
            "%YAML 1.2\n%YAML 1.2\n---\na",
            2,
            1,
            "there are two %YAML lines",
            "leave the %YAML line out",
        ),
    ],
)
def test_broken_yaml_is_explained_with_its_place(
    text: str, line: int, column: int, message: str, hint: str
) -> None:
    found = problem(text)
    assert message in found.message.unmasked()
    assert hint in found.hint.unmasked()
    assert bool(found.hint.unmasked()) is bool(hint)
    assert (found.line, found.column) == (line, column)
    assert found.file == "configs/a.yaml"
    assert found.excerpt == excerpt(lines_of(text), line) != ""


# Excerpts


def test_an_excerpt_is_one_line() -> None:
    lines = lines_of("a: 1\n\tb: \x1b[31m\u202ered\r\nc")
    assert [excerpt(lines, n) for n in (0, 1, 2, 3, 4)] == [
        "",
        "a: 1",
        "\tb: \x1b[31m\u202ered",
        "c",
        "",
    ]


def test_an_excerpt_is_the_whole_line_so_that_columns_hold() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    assert excerpt([line], 1) == line
