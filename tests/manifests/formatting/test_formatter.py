"""The layout is stable, and formatting changes neither values nor comments."""

from __future__ import annotations

import io
import random
import shutil
from pathlib import Path
from textwrap import dedent

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from reconciler.manifests.formatting.formatter import NotFormatted, format_file
from reconciler.manifests.formatting.project_formatter import format_project
from reconciler.manifests.loading.loader import environment_names, load_manifests
from reconciler.manifests.yaml.nodes import as_json
from reconciler.manifests.yaml.reader import read_documents

CONFIGS = Path(__file__).parents[3] / "configs"
FILES = sorted(path.relative_to(CONFIGS).as_posix() for path in CONFIGS.rglob("*.yaml"))


def laid_out(text: str) -> str:
    result = format_file(dedent(text).encode(), "a.yaml")
    assert isinstance(result, bytes), result
    return result.decode()


def values(data: bytes) -> list[bytes]:
    documents, problems = read_documents(data, "a.yaml")
    assert not problems
    return [
        orjson.dumps(as_json(document.root), option=orjson.OPT_SORT_KEYS) for document in documents
    ]


def test_indents_quotes_and_the_order_of_keys() -> None:
    messy = """\
    # Our sellers.
    name: 'Sales'   # as on the door
    kind:   Campaign
    members: [ana,   luis,
       bruno]
    channels:
        whatsapp:
              connector: 'wa'
              enabled: true
    statuses:
    - {color: "#3366ff", name: Coaching}
    # The rest.
    - Lunch
    """
    assert laid_out(messy) == dedent(
        """\
        # Our sellers.
        kind: Campaign
        name: "Sales"   # as on the door
        channels:
          whatsapp:
            enabled: true
            connector: "wa"
        members:
          - ana
          - luis
          - bruno
        statuses:
          - {name: Coaching, color: "#3366ff"}
          # The rest.
          - Lunch
        """
    )


def test_keys_with_a_comment_between_them_keep_their_order() -> None:
    text = """\
    kind: Status
    # Amber is a right.
    color: "#e0a800"
    # As on the dashboard.
    name: Lunch
    """
    assert laid_out(text) == dedent(text)


def test_an_item_says_whose_it_is_after_its_name() -> None:
    text = "kind: BlacklistEntry\nitems:\n  - {campaign: Sales, customer: ana@example.com}\n"
    assert "{customer: ana@example.com, campaign: Sales}" in laid_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "kind: Template\nname: A\ntype: text\ncontent: |\n  # no comment\n\n  {{ x }}\n",
        "kind: Template\nname: A\ntype: text\ncontent: >-\n  folded\n  text\n",
        "# only a comment\n",
        "# approvals\n[]\n",
        "",
        "kind: Status\nname: 'with \"quotes\"'\n",
        "kind: Status\nname: Ñandú\n---\nkind: Status\nname: B\n",
        "- {guard: unblock, address: a}\n- {guard: unblock, address: b}\n",
        "kind: Holiday\nitems:\n  - {name: A, campaigns: &a [B]}\n  - {name: C, campaigns: *a}\n",
    ],
)
def test_what_is_in_order_stays_as_it_is(text: str) -> None:
    assert laid_out(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "kind: Campaign\nname: S\nmembers: [\n  ana,  # first\n  luis,\n]\n",
        "kind: Campaign\nname: S\nmembers:\n  - {user: luis,\n     penalty: 10}  # slow\n",
    ],
)
def test_comments_in_brackets_over_several_lines_are_not_moved(text: str) -> None:
    result = format_file(text.encode(), "a.yaml")
    assert isinstance(result, NotFormatted)
    assert "multi-line brackets" in result.why


def test_an_entry_that_is_commented_out_stays_with_its_list() -> None:
    text = "kind: Campaign\nname: S\nmembers:\n  - ana\n  # - luis\nenabled: true\n"
    assert laid_out(text) == text


def test_line_ends_and_byte_order_marks_of_windows_go() -> None:
    assert format_file(b"\xef\xbb\xbfkind: Status\r\nname: 'A'\r\n", "a.yaml") == (
        b'kind: Status\nname: "A"\n'
    )


def test_what_cannot_be_read_is_left_alone_with_the_reason() -> None:
    result = format_file(b"kind: Status\nkind: Status\n", "a.yaml")
    assert isinstance(result, NotFormatted)
    assert result.problems


@pytest.mark.parametrize("file", FILES)
def test_files_of_the_example_estate_come_to_rest(file: str) -> None:
    data = (CONFIGS / file).read_bytes()
    once = format_file(data, file)
    assert isinstance(once, bytes), once
    assert format_file(once, file) == once
    assert values(once) == values(data)
    assert once.count(b"#") == data.count(b"#")


def test_the_example_estate_means_the_same_afterwards(tmp_path: Path) -> None:
    shutil.copytree(CONFIGS, tmp_path / "configs")
    done = format_project(tmp_path / "configs", write=True)
    assert not done.left_alone
    for name in environment_names(CONFIGS):
        before, after = load_manifests(CONFIGS, name), load_manifests(tmp_path / "configs", name)
        assert after.desired.digest == before.desired.digest
        assert after.settings == before.settings
    assert format_project(tmp_path / "configs", write=True).changed == ()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    file=st.sampled_from(FILES),
    seed=st.integers(0, 2**32),
    indent=st.sampled_from([(2, 2, 0), (2, 4, 2), (4, 4, 2), (3, 6, 3)]),
    flow=st.sampled_from([None, False, True]),
    width=st.sampled_from([20, 60, 200]),
)
def test_any_layout_of_the_example_estate_comes_to_rest(
    file: str, seed: int, indent: tuple[int, int, int], flow: bool | None, width: int
) -> None:
    documents, _ = read_documents((CONFIGS / file).read_bytes(), file)
    data = _written(
        [as_json(document.root) for document in documents], seed, indent, flow=flow, width=width
    )
    result = format_file(data, file)
    assert isinstance(result, bytes), (result, data.decode())
    assert values(result) == values(data)
    assert format_file(result, file) == result


def _written(
    roots: list[object],
    seed: int,
    indent: tuple[int, int, int],
    *,
    flow: bool | None,
    width: int,
) -> bytes:
    chance = random.Random(seed)

    def shuffled(value: object) -> object:
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if isinstance(value, str) and not value.isalpha() and "\n" not in value:
            quoted = (SingleQuotedScalarString, DoubleQuotedScalarString)
            return chance.choice(quoted)(value)
        if not isinstance(value, dict):
            return value
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    yaml = YAML(typ="rt")
    yaml.default_flow_style = flow
    yaml.width = width
    yaml.indent(mapping=indent[0], sequence=indent[1], offset=indent[2])
    out = io.StringIO()
    yaml.dump_all([shuffled(root) for root in roots], out)
    return out.getvalue().encode()


def test_a_social_id_is_written_with_its_network_as_channel() -> None:
    text = """\
        kind: BlacklistEntry
        items:
          - campaign: Sales
            channel: instagram
            customer: "213432525"
        """
    assert laid_out(text) == dedent(
        """\
        kind: BlacklistEntry
        items:
          - customer: "213432525"
            channel: instagram
            campaign: Sales
        """
    )
