"""Written YAML reads back unchanged, looks hand-written, and contains no expressions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from reconciler.manifests.exporting.fields import escape_expressions
from reconciler.manifests.variables.substitution import Variables
from reconciler.manifests.yaml.reader import read_documents
from reconciler.manifests.yaml.writer import Document, Style, Unquoted, is_literal, to_yaml

STYLE = Style(
    tall=frozenset({"levels"}), listed=frozenset({"items"}), inline=frozenset({"options"})
)

HOSTILE = [
    *("NO", "no", "Yes", "on", "OFF", "y", "null", "Null", "~", "true", "False", "nan", ".inf"),
    *("10:30", "1_000", "0123", "0x1f", "0o17", "1e3", "-1", "+59829001234", "1.5", "2026-12-25"),
    *("a: b", "a:b", ":", "#", "a #b", "# a", "%", "50%", "%TAG", "@x", "`x", "!x", "&x", "*x"),
    *("-", "- a", "---", "...", "? a", "|", ">", "=", "<<", "{a}", "[a]", "a, b", ",", "{{ a }}"),
    *("'", '"', "it's", '"quoted"', "back\\slash", "\\n", "$", "${", "${{", "${{ x }}", "}}"),
    *(
        "a?",
        "a?b",
        "? a",
        "?a",
        "¿a?",
        "a!",
        "a/b",
        "a%2Fb",
        "..",
        "../x",
        " a",
        "a ",
        "a  b",
        "\t",
        "a\tb",
        "a\t",
        "\u00a0",
        "a\u00a0b",
    ),
    *("", "\n", "\n\n", "a\n", "\na", "a\n\nb", "a\nb\n\n", " a\nb", "\ta\nb", "a \nb", "#a\nb"),
    *(
        "a\r\nb",
        "a\rb",
        "\r",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "\ufeff",
        "a\ufeffb",
        "\x00",
        "\x07",
    ),
    *(
        "🎉",
        "👩‍👩‍👧",
        "مرحبا",
        "שלום עולם",
        "a\u202eb",
        "a\u200fb",
        "日本",
        "ñandú",
        "Ünï",
        "\ufffe",
        "\uffff",
    ),
    *("---\nb", "a\n---\nb", "a\n...\n", "key: value\nother: value", "- a\n- b", "%YAML\na"),
    *("word " * 40, "word " * 40 + "end", "# " + "word " * 40 + "end", "a: " + "b " * 80 + "c"),
    *("x" * 300, "x" * 300 + " " + "y" * 300, "\U0001f600 " * 60 + "z", "\\" * 120 + " " + "a" * 5),
]


def read_back(*documents: Document, style: Style = STYLE) -> list[object]:
    read, problems = read_documents(to_yaml(documents, style), "a.yaml")
    assert problems == []
    return [document.root for document in read]


def text_of(document: Document) -> str:
    return to_yaml([document], STYLE).decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_reads_back_at_any_place(text: str) -> None:
    document: Document = {
        "a": text,
        "flow": [text, text],
        "map": {"k": text},
        "items": [text, {"name": text}, {"name": text, "levels": [text, {"name": text}]}],
        "deep": {"a": {"b": text, "levels": [text], "c": [text]}},
        "z": text,
    }
    assert read_back(document, {"only": text}, document) == [document, {"only": text}, document]


@pytest.mark.parametrize("key", ["no", "null", "1", "a b", "a: b", "", "ñ", "#", "{", "x" * 200])
def test_any_key_reads_back(key: str) -> None:
    document: Document = {key: "a", "map": {key: 1}, "items": [{key: {key: [{key: "a\nb"}]}}]}
    assert read_back(document) == [document]


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text()
    | st.sampled_from(HOSTILE),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["levels", "items", "options", "no", "a b"]), inner)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["items", "levels", "a", "b", "c"]), _JSON, min_size=1))
def test_any_document_reads_back(document: dict[str, JsonValue]) -> None:
    assert read_back(document, document) == [document, document]
    assert read_back(document, style=Style()) == [document]


_PIECES = st.sampled_from(
    ["${{", "}}", "$", "{", "'", "\\", "\r", "\n", "\0", "%", "\0\1%", "a", " "]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES).map("".join))
def test_text_that_looks_like_a_variable_stays_text(text: str) -> None:
    document: Document = {"a": text, "items": [{"b": [text]}], "opened": "${{ " + text}
    (read,), problems = read_documents(to_yaml([escape_expressions(document)], STYLE), "a.yaml")
    assert Variables({}, "dev").expand(read, problems).root == document
    assert problems == []


def test_short_things_stand_on_one_line() -> None:
    document: Document = {
        "kind": "Campaign",
        "quality_models": ["Courtesy", "Sales compliance"],
        "schedule": {"mon": ["09:00-13:00", "15:00-19:00"]},
        "automations": {"on_start": "welcome-menu", "on_end": None},
        "items": [
            "ana",
            {"user": "luis", "penalty": 10, "channels": {"sms": {"receive": True}}},
            {"name": "Partial", "levels": ["Damaged, broken", "Late"]},
            {"text": "Polite?", "options": [{"label": "Yes", "score": 1}, {"label": "So so"}]},
            {"name": "Christmas", "date": Unquoted("2026-12-25")},
            {"name": "a" * 40, "text_code": "b" * 40, "color": "#3366ff"},
        ],
        "none": [],
    }
    assert (
        text_of(document)
        == """\
kind: Campaign
quality_models: [Courtesy, Sales compliance]
schedule:
  mon: ["09:00-13:00", "15:00-19:00"]
automations: {on_start: welcome-menu, on_end: null}
items:
  - ana
  - {user: luis, penalty: 10, channels: {sms: {receive: true}}}
  - name: Partial
    levels: ["Damaged, broken", Late]
  - {text: "Polite?", options: [{label: "Yes", score: 1}, {label: So so}]}
  - {name: Christmas, date: 2026-12-25}
  - name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    text_code: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    color: "#3366ff"
none: []
"""
    )


def test_lines_of_text_stand_as_they_are_and_long_ones_are_folded() -> None:
    document: Document = {
        "content": "<p>\n  Hello: {{ name }}\n</p>\n",
        "message": "It takes: " + "a while, " * 11 + "sorry.",
        "items": [{"content": "one\n\ntwo"}],
    }
    assert (
        text_of(document)
        == """\
content: |
  <p>
    Hello: {{ name }}
  </p>
message: >-
  It takes: a while, a while, a while, a while, a while, a while, a while, a while, a while, a
  while, a while, sorry.
items:
  - content: |-
      one

      two
"""
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\u0085b", r'"a\Nb"'),
        ("a\u2028b", r'"a\Lb"'),
        ("a\u2029b", r'"a\Pb"'),
        ("a\r\nb", r'"a\r\nb"'),
        ("trailing \nblank", r'"trailing \nblank"'),
        ("\u202etxt.exe", r'"\u202etxt.exe"'),
        ("a\u00a0b", r'"a\_b"'),
    ],
)
def test_what_cannot_be_seen_is_escaped(text: str, quoted: str) -> None:
    assert not is_literal(text)
    assert text_of({"a": text}) == f"a: {quoted}\n"
