"""Sealed plan files: unreadable without the key, and refused after any edit."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.errors import PlanUnreadable, UsageError
from reconciler.planning.planfile import codec
from reconciler.planning.planfile.encryption import decrypt, encrypt, is_encrypted
from tests.planning.plan_worlds import desired, planned, snapshot, wanted

KEY = "correct horse battery staple"
STATE_KEY = b"k" * 32
PLAN = planned(desired(wanted("blacklist/ana@example.com"), wanted("statuses/Lunch")), snapshot([]))


def test_an_encrypted_plan_hides_its_content_and_is_the_same_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    codec.write_plan_file(PLAN, path, state_key=STATE_KEY, key=KEY)
    data = path.read_bytes()
    assert b"ana@example.com" not in data
    assert PLAN.digest.encode() not in data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert codec.read_plan_file(path, key=KEY).verified(STATE_KEY) == PLAN


def test_two_files_of_one_plan_have_nothing_in_common() -> None:
    one, other = encrypt(b"the same", KEY), encrypt(b"the same", KEY)
    assert one != other
    assert decrypt(one, KEY, name="p") == decrypt(other, KEY, name="p") == b"the same"


def test_without_the_key_it_says_which_variable_to_set(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    codec.write_plan_file(PLAN, path, state_key=STATE_KEY, key=KEY)
    for key in (None, ""):
        with pytest.raises(PlanUnreadable, match="is encrypted: set RECONCILER_PLAN_KEY"):
            codec.read_plan_file(path, key=key)


def test_a_wrong_key_is_distinguished_from_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    codec.write_plan_file(PLAN, path, state_key=STATE_KEY, key=KEY)
    with pytest.raises(PlanUnreadable, match="encrypted with another key"):
        codec.read_plan_file(path, key="another horse battery staple")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(PlanUnreadable, match="edited"):
        codec.read_plan_file(path, key=KEY)


def test_every_byte_that_is_flipped_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    whole = encrypt(codec.dump_plan(PLAN)[:60], KEY)
    decrypt(whole, KEY, name="p")
    for place in range(len(whole)):
        for bit in (1, 32):
            edited = bytearray(whole)
            edited[place] ^= bit
            path.write_bytes(edited)
            with pytest.raises(PlanUnreadable):
                codec.read_plan_file(path, key=KEY)


def test_an_incomplete_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    whole = encrypt(codec.dump_plan(PLAN), KEY)
    for length in (*range(0, 120, 3), len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(PlanUnreadable):
            codec.read_plan_file(path, key=KEY)


def test_another_encryption_format_is_reported() -> None:
    later = encrypt(b"x", KEY).replace(b'{"sealed":1', b'{"sealed":2')
    with pytest.raises(PlanUnreadable, match="encrypted in format 2"):
        decrypt(later, KEY, name="p")


@pytest.mark.parametrize(("key", "why"), [("", "is empty"), ("short", "too short")])
def test_a_key_that_keeps_nothing_secret_writes_nothing(tmp_path: Path, key: str, why: str) -> None:
    path = tmp_path / "plan.json"
    with pytest.raises(UsageError, match=why):
        codec.write_plan_file(PLAN, path, state_key=STATE_KEY, key=key)
    assert not path.exists()


def test_a_plain_plan_is_read_with_a_key_too(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    codec.write_plan_file(PLAN, path, state_key=STATE_KEY)
    assert not is_encrypted(path.read_bytes())
    assert codec.read_plan_file(path, key=KEY).verified(STATE_KEY) == PLAN


def test_cryptography_is_imported_only_when_it_is_used() -> None:
    code = (
        "import sys\n"
        "import reconciler.planning.planfile.codec, reconciler.planning.planfile.requirements\n"
        "import reconciler.cli.main\n"
        "sys.exit('cryptography' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
