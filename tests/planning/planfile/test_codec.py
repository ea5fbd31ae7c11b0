"""The plan file: what was reviewed is what is read back, or nothing is."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from reconciler.errors import PlanRefused, PlanUnreadable, UsageError
from reconciler.planning.plan import FORMAT_VERSION, Plan
from reconciler.planning.planfile import codec
from tests.planning.plan_worlds import (
    campaign,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)


def _plan() -> Plan:
    live = snapshot(
        [
            *campaign("Sales"),
            live_resource("statuses/Lunch", icon="fork"),
            live_resource("statuses/Old"),
            live_resource("dispositions/Sale"),
        ]
    )
    want = desired(
        wanted("campaigns/Sales", {"time_zone": "America/Montevideo"}),
        wanted("statuses/Lunch", {"icon": "spoon"}),
        wanted("dispositions/Sold", renamed_from="Sale"),
        wanted("blacklist/+59829001234"),
    )
    books = ledger(
        owned("statuses/Lunch", {"icon": "knife"}),
        owned("statuses/Old"),
        owned("dispositions/Sale"),
    )
    return planned(want, live, books)


PLAN = _plan()
DATA = codec.dump_plan(PLAN)
STATE_KEY = b"k" * 32


def _edits(value: JsonValue) -> Iterator[JsonValue]:
    """The value with one leaf edited, one key gone or one item gone, each in turn."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {k: v for k, v in value.items() if k != name}
            yield from ({**value, name: edited} for edited in _edits(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield value[:place] + value[place + 1 :]
            yield from ([*value[:place], edited, *value[place + 1 :]] for edited in _edits(inner))
        yield [*value, "more"]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield value + "x"
    else:
        yield "something"


def test_every_single_edit_of_a_field_is_refused() -> None:
    edits = list(_edits(orjson.loads(DATA)))
    assert len(edits) > 200
    for edited in edits:
        with pytest.raises(PlanUnreadable):
            codec.load_plan(orjson.dumps(edited, option=orjson.OPT_INDENT_2), name="plan.json")


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_every_changed_byte_is_refused(place: int, change: int) -> None:
    edited = bytearray(DATA)
    edited[place] ^= change
    with pytest.raises(PlanUnreadable):
        codec.load_plan(bytes(edited), name="plan.json")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    codec.write_plan_file(PLAN, path, state_key=STATE_KEY)
    return path


@given(data=st.data(), change=st.integers(1, 255))
def test_every_changed_byte_of_a_file_is_refused(
    file: Path, data: st.DataObject, change: int
) -> None:
    edited = bytearray(file.read_bytes())
    edited[data.draw(st.integers(0, len(edited) - 1))] ^= change
    spoilt = file.with_name("spoilt.json")
    spoilt.write_bytes(edited)
    with pytest.raises(PlanRefused):
        codec.read_plan_file(spoilt).verified(STATE_KEY)


def test_every_single_edit_of_a_file_is_refused(file: Path) -> None:
    spoilt = file.with_name("spoilt.json")
    for edited in _edits(orjson.loads(file.read_bytes())):
        layout = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        spoilt.write_bytes(orjson.dumps(edited, option=layout))
        with pytest.raises(PlanRefused):
            codec.read_plan_file(spoilt).verified(STATE_KEY)


@given(st.integers(0, len(DATA) - 1))
def test_an_incomplete_plan_is_refused(length: int) -> None:
    with pytest.raises(PlanUnreadable):
        codec.load_plan(DATA[:length], name="plan.json")


def test_another_format_version_is_refused_in_its_own_words() -> None:
    present = f'"format_version": {FORMAT_VERSION}'.encode()
    older = DATA.replace(present, b'"format_version": 0')
    with pytest.raises(PlanUnreadable, match="plan format 0"):
        codec.load_plan(older, name="plan.json")


def test_what_is_written_is_read_back_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    codec.write_plan_file(PLAN, path, state_key=STATE_KEY)
    assert codec.read_plan_file(path).verified(STATE_KEY) == PLAN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_plan_file_is_a_mistake_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no plan file"):
        codec.read_plan_file(tmp_path / "none.json")
