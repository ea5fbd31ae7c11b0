"""Authentication of plan files: only who has a state's key makes a file that is applied with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PlanForeign, PlanForged, PlanRefused
from reconciler.message import Message
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.planning.planfile.authentication import (
    Authentication,
    authentication,
    check_authentication,
)
from tests.planning.plan_worlds import desired, planned, snapshot, wanted

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PLAN = planned(desired(wanted("statuses/Lunch")), snapshot([]))


def _written(plan: Plan, folder: Path, *, key: bytes = KEY) -> Path:
    path = folder / "plan.json"
    codec.write_plan_file(plan, path, state_key=key)
    return path


def test_what_was_written_with_the_key_is_read_with_it(tmp_path: Path) -> None:
    found = codec.read_plan_file(_written(PLAN, tmp_path))
    assert found.verified(KEY) == PLAN
    assert found.verified(KEY).digest == PLAN.digest


def test_another_state_and_a_forgery_are_refused_each_in_its_own_words(tmp_path: Path) -> None:
    found = codec.read_plan_file(_written(PLAN, tmp_path))
    with pytest.raises(PlanForeign, match=r"made with another state.*RECONCILER_STATE"):
        found.verified(OTHER_KEY)
    forged = with_digests(replace(PLAN, notes=(Message.plain("trust me"),)))
    with pytest.raises(PlanForged, match="forged"):
        check_authentication(forged, found.authentication, KEY, name="plan.json")
    assert PlanForged.exit_code == PlanForeign.exit_code == PlanRefused.exit_code == 4


def test_the_key_is_not_in_the_file_in_any_spelling(tmp_path: Path) -> None:
    data = _written(PLAN, tmp_path, key=bytes(range(32))).read_bytes()
    assert bytes(range(32)).hex().encode() not in data
    assert set(orjson.loads(data)["authentication"]) == {"key", "code"}


def test_a_code_is_of_one_plan_and_one_key() -> None:
    others = [with_digests(replace(PLAN, notes=(Message.plain(str(n)),))) for n in range(5)]
    made = [authentication(one, key) for one in (PLAN, *others) for key in (KEY, OTHER_KEY)]
    assert len({one.code for one in made}) == len(made)
    assert len({one.key for one in made}) == 2


@given(st.text(), st.text())
def test_any_other_content_is_refused_and_never_crashes(key: str, code: str) -> None:
    ours = authentication(PLAN, KEY)
    for made_up in (Authentication(key, code), replace(ours, code=code), replace(ours, key=key)):
        if made_up != ours:
            with pytest.raises((PlanForged, PlanForeign)):
                check_authentication(PLAN, made_up, KEY, name="plan.json")
