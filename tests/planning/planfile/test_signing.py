"""Signatures: a plan is applied with a trusted key's word for it, or not at all."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.errors import PlanRefused, PlanUnsigned, UsageError
from reconciler.manifests.settings import Environment
from reconciler.message import Message
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import signing
from reconciler.planning.planfile.requirements import (
    ApplyRequirements,
    check_requirements,
    check_unsaved_allowed,
)
from reconciler.planning.planfile.requirements import check_environment_signature as accept_recorded
from reconciler.planning.planfile.safeguards import safeguards_of
from tests.planning.plan_worlds import NOW, desired, planned, snapshot, wanted

PLAN = planned(desired(wanted("statuses/Lunch")), snapshot([]))
OTHER = planned(desired(wanted("statuses/Break time")), snapshot([]))
OPEN = Environment("dev", "http://x", "acme-dev")
STRICT = replace(OPEN, require_signature=True)


def accept(plan: Plan, demands: ApplyRequirements, environment: Environment, folder: Path) -> None:
    """As an apply does where nothing was applied before."""
    check_requirements(plan, demands)
    accept_recorded(plan, demands, safeguards_of(environment, folder), ())


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    private = tmp_path / "release.pem"
    return private, signing.generate_keys(private)


def _signed(plan: Plan, private: Path, tmp_path: Path) -> Path:
    path = signing.signature_path(tmp_path / "plan.json")
    signing.write_signature(signing.sign_plan(plan, private, now=NOW), path)
    return path


def test_a_signature_by_a_trusted_key_is_accepted(keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    signature = _signed(PLAN, private, tmp_path)
    accept(PLAN, ApplyRequirements(signature, (public,)), OPEN, tmp_path)
    accept(
        PLAN, ApplyRequirements(signature), replace(STRICT, trust=("release.pub.pem",)), tmp_path
    )


def test_any_of_several_trusted_keys_will_do(keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    other = signing.generate_keys(tmp_path / "other.pem")
    signature = _signed(PLAN, private, tmp_path)
    accept(PLAN, ApplyRequirements(signature, (other, public)), OPEN, tmp_path)


def test_a_plan_without_a_signature_is_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    for signature in (None, tmp_path / "none.sig"):
        with pytest.raises(PlanUnsigned, match="not signed") as caught:
            accept(PLAN, ApplyRequirements(signature, (keys[1],)), OPEN, tmp_path)
        assert caught.value.exit_code == 4


def test_the_signature_of_another_plan_is_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    signature = _signed(OTHER, keys[0], tmp_path)
    with pytest.raises(PlanUnsigned, match="for another plan"):
        accept(PLAN, ApplyRequirements(signature, (keys[1],)), OPEN, tmp_path)


def test_a_signature_relabelled_for_another_plan_is_refused(
    keys: tuple[Path, Path], tmp_path: Path
) -> None:
    signature = signing.sign_plan(OTHER, keys[0], now=NOW)
    with pytest.raises(PlanUnsigned, match="did not make it"):
        signing.check_signature(
            PLAN, replace(signature, plan=PLAN.digest), signing.load_public_keys([keys[1]])
        )


@pytest.mark.parametrize("part", ["signature", "signed_at"])
def test_an_edited_signature_is_refused(keys: tuple[Path, Path], part: str) -> None:
    signature = signing.sign_plan(PLAN, keys[0], now=NOW)
    edits = {
        "signature": base64.b64encode(bytes(64)).decode(),
        "signed_at": "2020-01-01T00:00:00+00:00",
    }
    with pytest.raises(PlanUnsigned, match="did not make it"):
        signing.check_signature(
            PLAN, replace(signature, **{part: edits[part]}), signing.load_public_keys([keys[1]])
        )


def test_every_edit_of_a_signature_file_is_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    file = _signed(PLAN, keys[0], tmp_path)
    data = file.read_bytes()
    given = json.loads(data)
    edits = [
        *(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data))),
        json.dumps(given).encode(),
        json.dumps({**given, "note": "fine"}, indent=2).encode() + b"\n",
        data.replace(b"{", b'{"key": "SHA256:x",', 1),
        data.rstrip() + b"\n\n",
    ]
    for edited in edits:
        file.write_bytes(edited)
        with pytest.raises(PlanUnsigned):
            accept(PLAN, ApplyRequirements(file, (keys[1],)), OPEN, tmp_path)
    file.write_bytes(data)
    accept(PLAN, ApplyRequirements(file, (keys[1],)), OPEN, tmp_path)


def test_a_signature_under_a_strangers_name_is_refused(keys: tuple[Path, Path]) -> None:
    signature = replace(signing.sign_plan(PLAN, keys[0], now=NOW), key="SHA256:maria")
    with pytest.raises(PlanUnsigned, match="signed by SHA256:maria, which is not trusted"):
        signing.check_signature(PLAN, signature, signing.load_public_keys([keys[1]]))


def test_an_edited_plan_does_not_keep_its_signature(keys: tuple[Path, Path]) -> None:
    signature = signing.sign_plan(PLAN, keys[0], now=NOW)
    edited = with_digests(replace(PLAN, notes=(Message.plain("trust me"),)))
    with pytest.raises(PlanUnsigned, match="for another plan"):
        signing.check_signature(edited, signature, signing.load_public_keys([keys[1]]))


def test_a_key_that_is_not_trusted_is_refused_and_named(
    keys: tuple[Path, Path], tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger.pem"
    signing.generate_keys(stranger)
    signature = _signed(PLAN, stranger, tmp_path)
    with pytest.raises(PlanUnsigned, match=r"signed by SHA256:\S+, which is not trusted here"):
        accept(PLAN, ApplyRequirements(signature, (keys[1],)), OPEN, tmp_path)


def test_a_broken_signature_file_matters_only_when_one_is_required(
    keys: tuple[Path, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "plan.json.sig"
    broken.write_text("{}")
    accept(PLAN, ApplyRequirements(broken), OPEN, tmp_path)
    with pytest.raises(PlanUnsigned, match="is not a signature"):
        accept(PLAN, ApplyRequirements(broken, (keys[1],)), OPEN, tmp_path)


def test_an_environment_that_requires_a_signature_must_name_a_key(
    keys: tuple[Path, Path], tmp_path: Path
) -> None:
    signature = _signed(PLAN, keys[0], tmp_path)
    with pytest.raises(PlanUnsigned, match="trusts no key"):
        accept(PLAN, ApplyRequirements(signature), STRICT, tmp_path)
    accept(PLAN, ApplyRequirements(signature, (keys[1],)), STRICT, tmp_path)


def test_the_command_line_can_ask_for_more_than_the_environment_and_not_for_less(
    keys: tuple[Path, Path], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.pem"
    my_public = signing.generate_keys(mine)
    strict = replace(STRICT, trust=("release.pub.pem",))
    with pytest.raises(PlanUnsigned, match="not trusted here"):
        accept(
            PLAN, ApplyRequirements(_signed(PLAN, mine, tmp_path), (my_public,)), strict, tmp_path
        )
    with pytest.raises(PlanUnsigned, match="not trusted here"):
        accept(
            PLAN,
            ApplyRequirements(_signed(PLAN, keys[0], tmp_path), (my_public,)),
            strict,
            tmp_path,
        )


def test_a_new_plan_is_refused_when_only_signed_plans_are_applied() -> None:
    check_unsaved_allowed(OPEN)
    with pytest.raises(PlanUnsigned, match=r"--expect makes a new plan.*reconciler sign"):
        check_unsaved_allowed(STRICT)


def test_a_plan_from_uncommitted_files_is_refused_when_clean_files_are_required(
    tmp_path: Path,
) -> None:
    demands = ApplyRequirements(clean=True)
    accept(replace(PLAN, git_commit="c0ffee"), demands, OPEN, tmp_path)
    with pytest.raises(PlanRefused, match="uncommitted files"):
        accept(replace(PLAN, git_commit="c0ffee", git_dirty=True), demands, OPEN, tmp_path)
    with pytest.raises(PlanRefused, match="outside a git repository"):
        accept(PLAN, demands, OPEN, tmp_path)
    accept(replace(PLAN, git_dirty=True), ApplyRequirements(), OPEN, tmp_path)


# ---- keys ------------------------------------------------------------------------------------


def test_a_new_private_key_is_its_owners_alone(keys: tuple[Path, Path]) -> None:
    private, public = keys
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert public.name == "release.pub.pem"
    assert b"PRIVATE" not in public.read_bytes()


def test_a_key_is_never_overwritten(keys: tuple[Path, Path]) -> None:
    before = keys[0].read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        signing.generate_keys(keys[0])
    assert keys[0].read_bytes() == before


def test_a_public_key_that_is_there_keeps_a_new_private_key_from_being_made(
    tmp_path: Path,
) -> None:
    (tmp_path / "key.pub.pem").write_text("mine")
    with pytest.raises(UsageError, match="never overwritten"):
        signing.generate_keys(tmp_path / "key.pem")
    assert not (tmp_path / "key.pem").exists()


@pytest.mark.skipif(
    shutil.which("openssl") is None and os.environ.get("CI") != "true",
    reason="openssl is not installed",
)
def test_keys_are_those_of_openssl(tmp_path: Path) -> None:
    private, public = tmp_path / "k.pem", tmp_path / "k.pub.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    signing.check_signature(
        PLAN, signing.sign_plan(PLAN, private, now=NOW), signing.load_public_keys([public])
    )
    rsa = tmp_path / "rsa.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "rsa", "-out", rsa], check=True, capture_output=True
    )
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        signing.sign_plan(PLAN, rsa, now=NOW)
    locked = tmp_path / "locked.pem"
    subprocess.run(
        ["openssl", "pkey", "-in", private, "-aes256", "-passout", "pass:x", "-out", locked],
        check=True,
    )
    with pytest.raises(UsageError, match="passphrase"):
        signing.sign_plan(PLAN, locked, now=NOW)


def test_an_invalid_key_is_reported(keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    with pytest.raises(UsageError, match="not a private key in PEM"):
        signing.sign_plan(PLAN, public, now=NOW)
    signature = signing.sign_plan(PLAN, private, now=NOW)
    with pytest.raises(UsageError, match="not a public key in PEM"):
        signing.check_signature(PLAN, signature, signing.load_public_keys([private]))
    with pytest.raises(UsageError, match="there is no key at"):
        signing.check_signature(
            PLAN, signature, signing.load_public_keys([tmp_path / "nothing.pem"])
        )
