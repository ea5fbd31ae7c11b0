"""The values and positions that the reader gives for good and bad YAML."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.manifests.yaml import reader
from reconciler.manifests.yaml.diagnostics import lines_of
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.nodes import Mapping, Position, Sequence, position_of
from reconciler.manifests.yaml.parser import C_PARSER
from tests.manifests.yaml.yaml_reading import problem, read, root


def test_the_c_parser_is_in_use() -> None:
    assert C_PARSER


def test_mappings_and_sequences_are_plain_dicts_and_lists() -> None:
    value = root("a: [1, {b: c}]\nd: {}\n")
    assert value == {"a": [1, {"b": "c"}], "d": {}}
    assert isinstance(value, Mapping)
    assert isinstance(value["a"], Sequence)


def test_quoted_scalars_blocks_and_explicit_strings_are_text() -> None:
    text = "[\"1\", 'true', !!str 1, !!str null, ! 12, ! '12']"
    assert root(text) == ["1", "true", "1", "null", "12", "12"]
    assert root("a: |\n  1\n") == {"a": "1\n"}


def test_core_tags_are_obeyed() -> None:
    text = "[!!int '7', !!float 2, !!bool 'true', !!null '', !!map {a: 1}, !!seq [1]]"
    value = root(text)
    assert value == [7, 2.0, True, None, {"a": 1}, [1]]
    assert isinstance(value, Sequence)
    assert type(value[1]) is float


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: !vault x", "!vault"),
        ("a: !!python/object/apply:os.system [ls]", "!!python/object/apply:os.system"),
        ("a: !!set {x}", "!!set"),
        ("a: !!map text", "!!map"),
        ("a: !!str [x]", "!!str"),
        ("a: !<tag:example.org,2000:x> y", "tag:example.org,2000:x"),
    ],
)
def test_other_tags_are_refused_where_they_stand(text: str, tag: str) -> None:
    found = problem(text)
    assert f"`{tag}`" in found.message.unmasked()
    assert (found.line, found.column) == (1, 4)


def test_text_that_is_not_what_its_tag_says_is_a_problem() -> None:
    assert (
        problem("a: !!int twelve").message.unmasked() == "`twelve` does not match its tag `!!int`"
    )


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9" * 20, "9" * 9000])
def test_numbers_that_cannot_be_stored_are_problems_wherever_they_stand(text: str) -> None:
    documents, problems = read(f"a: 1\nb: [x, {text}]\n---\nc: {text}\n")
    assert [(p.line, p.column) for p in problems] == [(2, 8), (4, 4)]
    assert "not a number that can be stored" in problems[0].message.unmasked()
    assert documents[1].root == {"c": text}


def test_a_template_expression_survives_as_text() -> None:
    assert root("a: ${{ wa_account }}\nb: 'Hi {{ name }}'\n") == {
        "a": "${{ wa_account }}",
        "b": "Hi {{ name }}",
    }


# Documents


def test_documents_are_numbered_as_the_stream_has_them_and_empty_ones_left_out() -> None:
    documents, problems = read("# nothing\n---\na: 1\n---\n# nothing\n---\n- b\n---\nnull\n")
    assert problems == []
    assert [(d.index, d.root, d.position) for d in documents] == [
        (0, {"a": 1}, Position(3, 1)),
        (2, ["b"], Position(7, 1)),
        (3, None, Position(9, 1)),
    ]
    assert documents[0].file == "configs/a.yaml"


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "---\n", "---\n...\n", "\ufeff"])
def test_a_file_without_content_has_no_documents_and_no_problems(text: str) -> None:
    assert read(text) == ([], [])


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    documents, _ = read("\ufeffa: 1\n")
    assert documents[0].root == {"a": 1}
    assert documents[0].position == Position(1, 1)


def test_broken_yaml_keeps_the_documents_before_it() -> None:
    documents, problems = read("a: 1\n---\nb: 2\n---\nc: [1\n")
    assert [d.root for d in documents] == [{"a": 1}, {"b": 2}]
    assert [p.line for p in problems] == [5]


def test_problems_of_all_documents_are_reported_at_once() -> None:
    documents, problems = read("a: 1\na: 2\n---\n404: x\n---\nb: !x 1\nc: *d\n---\n: [\n")
    assert [p.line for p in problems] == [2, 4, 6, 7, 9]
    assert [d.root for d in documents] == [{"a": 1}, {"404": "x"}, {"b": "1", "c": None}]


# Positions


TEXT = """\
kind: Campaign
channels:
  whatsapp: {enabled: true,
             connector: wa}
members:
  - ana
  - {user: luis}
  -
    user: eva
"""


@pytest.mark.parametrize(
    ("path", "value_at", "key_at"),
    [
        ((), (1, 1), (1, 1)),
        (("kind",), (1, 7), (1, 1)),
        (("channels",), (3, 3), (2, 1)),
        (("channels", "whatsapp", "connector"), (4, 25), (4, 14)),
        (("members", 0), (6, 5), (6, 5)),
        (("members", 1, "user"), (7, 12), (7, 6)),
        (("members", 2, "user"), (9, 11), (9, 5)),
        (("members", 7), (6, 3), (5, 1)),
        (("members", -1), (6, 3), (5, 1)),
        (("members", "list[Member]", 1, "Member", "user"), (7, 12), (7, 6)),
        (("channels", "whatsapp", "strategy"), (3, 13), (3, 3)),
        (("nowhere", 3), (1, 1), (1, 1)),
        (("kind", "str", 0), (1, 7), (1, 1)),
    ],
)
def test_a_path_leads_to_the_deepest_place_that_matches(
    path: tuple[str | int, ...], value_at: tuple[int, int], key_at: tuple[int, int]
) -> None:
    value = root(TEXT)
    assert position_of(value, path) == Position(*value_at)
    assert position_of(value, path, of_key=True) == Position(*key_at)


def test_columns_count_characters_and_not_bytes_or_surrogates() -> None:
    value = root('{"😀é": 1, b: "\U0001f1fa\U0001f1fe", c: 2}')
    assert position_of(value, ["b"], of_key=True) == Position(1, 11)
    assert position_of(value, ["c"]) == Position(1, 23)
    assert problem("é😀: 'x' y").column == 9


def test_substituted_values_keep_their_places() -> None:
    value = root("a: 1\nb: [x, y]\n")
    assert isinstance(value, Mapping)
    inner = value["b"]
    assert isinstance(inner, Sequence)
    other = value.like({"a": "one", "b": inner.like(["X", "Y"])})
    assert other == {"a": "one", "b": ["X", "Y"]}
    assert position_of(other, ["b", 1]) == Position(2, 8)


# Aliases


def test_an_alias_repeats_the_value_and_has_its_own_position() -> None:
    value = root("a: &hours [1, 2]\nb: *hours\nc: &n 5\nd: {x: *n}\n&k e: 1\nf: *k\n")
    assert value == {"a": [1, 2], "b": [1, 2], "c": 5, "d": {"x": 5}, "e": 1, "f": "e"}
    assert position_of(value, ["b"]) == Position(2, 4)
    assert position_of(value, ["d", "x"]) == Position(4, 8)


def test_anchors_end_with_their_document() -> None:
    found = problem("a: &x 1\n---\nb: *x\n")
    assert (found.line, found.column) == (3, 4)
    assert "no value above is named `&x`" in found.message.unmasked()


def test_an_alias_inside_what_it_names_is_a_problem() -> None:
    found = problem("a: &x\n  b: [*x]\n")
    assert found.message.unmasked() == "`*x` would contain itself"
    assert (found.line, found.column) == (2, 7)


def test_an_alias_bomb_is_refused() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    found = problem("\n".join(levels))
    assert "aliases of this document expand to over 100,000 values" in found.message.unmasked()
    assert found.line == 5


def test_a_chain_of_aliases_counts_toward_the_depth_limit() -> None:
    levels = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 200)]
    found = problem("\n".join(levels))
    assert found.message.unmasked() == "nested more than 64 levels deep"
    assert found.line == 64


# Keys


def test_a_duplicate_key_reports_the_line_of_the_first() -> None:
    documents, (found,) = read('a:\n  name: x\n  b: 1\n  "name": y\n')
    assert found.message.unmasked() == "`name` occurs twice: the first is on line 2"
    assert (found.line, found.column) == (4, 3)
    assert found.excerpt == '  "name": y'
    assert documents[0].root == {"a": {"name": "x", "b": 1}}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("404: x", "`404` is a number", 'quote it: "404"'),
        ("true: x", "`true` is a boolean", 'quote it: "true"'),
        ("~: x", "`~` is null", 'quote it: "~"'),
        ("{? : x}", "this is null", "write a name before the colon"),
        (".inf: x", "`.inf` is a number", 'quote it: ".inf"'),
        ("? [a]\n: x", "this is a list", "write a name instead"),
        ("&a 1: x", "`1` is a number", 'quote it: "1"'),
        ("{{ x }}", "this is a mapping", "quote a value that holds `{{ … }}`"),
    ],
)
def test_keys_must_be_text(text: str, message: str, hint: str) -> None:
    found = problem(text)
    assert found.message.unmasked() == f"a key must be text, and {message}"
    assert found.hint.unmasked() == hint


def test_quoted_keys_and_words_of_yaml_1_1_are_text() -> None:
    text = '{"404": 1, NO: 2, "null": 3, "<<": 4, "": 5, "10:30": 6, "x": 7}'
    assert (
        root(f"[{text}, {text}]")
        == [{"404": 1, "NO": 2, "null": 3, "<<": 4, "": 5, "10:30": 6, "x": 7}] * 2
    )


def test_an_unquoted_number_is_not_a_key_even_after_a_quoted_one() -> None:
    assert problem('- {"404": 1}\n- {404: 1}\n').line == 2


def test_merge_keys_are_refused_with_what_to_write_instead() -> None:
    documents, (found,) = read("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n")
    assert "no merge keys" in found.message.unmasked()
    assert "`key: *name`" in found.hint.unmasked()
    assert (found.line, found.column) == (3, 3)
    assert documents[0].root == {"a": {"b": 1}, "c": {"d": 2}}


# The pure parser


@pytest.mark.parametrize(
    "text", [TEXT, "a: &x [1, '1', ~]\nb: *x\n---\n404: !!str 1\n", "a: {b: .inf}\n", ""]
)
def test_the_pure_parser_reads_the_same(text: str) -> None:
    data = text.encode()
    pure = reader._read(data, "f", FileLimits(), c_parser=False)
    assert pure == reader._read(data, "f", FileLimits(), c_parser=True)


@pytest.mark.parametrize("text", ["a:\n\tb: 1", "a: @x", "a: [1, 2\nb: 3", "a: 'x\nb", "a: \x07"])
def test_the_pure_parser_breaks_with_the_same_words(text: str) -> None:
    data = text.encode()
    pure = reader._read(data, "f", FileLimits(), c_parser=False)
    assert pure == reader._read(data, "f", FileLimits(), c_parser=True)


# Properties


_TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs", "Cn"),
        exclude_characters="\u2028\u2029\ufeff\ufffe\uffff",
    ),
    max_size=20,
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT
)
_DATA = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_TEXT, _DATA, max_size=5))
def test_data_written_as_json_reads_back_equal(data: dict[str, object]) -> None:
    value = root(json.dumps(data, ensure_ascii=False))
    assert value == data
    assert json.dumps(value) == json.dumps(data)


@given(st.dictionaries(_TEXT, _DATA, max_size=5))
@settings(deadline=None)
def test_data_written_as_yaml_reads_back_equal(data: dict[str, object]) -> None:
    stream = StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump(data, stream)
    assert root(stream.getvalue()) == data


@given(
    st.text("ab:-[]{}&*!|>'\"#%@?<,. \n\t\\01~é😀\ufeff\x07", max_size=40) | st.text(max_size=40)
)
@settings(max_examples=400)
def test_no_text_makes_the_reader_raise(text: str) -> None:
    documents, problems = read(text.encode("utf-8", "surrogatepass"))
    last = len(lines_of(text))
    assert all(0 <= p.line <= last + 1 for p in problems)
    assert [d.index for d in documents] == sorted({d.index for d in documents})


@given(st.binary(max_size=40))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    read(data)
