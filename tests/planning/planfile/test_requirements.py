"""Which keys may sign a plan: those of the file and those recorded by the last apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import PlanUnsigned
from reconciler.planning.planfile import signing
from reconciler.planning.planfile.requirements import (
    ApplyRequirements,
    check_environment_signature,
    check_requirements,
)
from reconciler.state.safeguards import Safeguards
from tests.planning.plan_worlds import NOW, desired, planned, snapshot, wanted

PLAN = planned(desired(wanted("statuses/Lunch")), snapshot([]))
OFF = Safeguards()


class Signers:
    """Keys by name; each of them signs PLAN."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def public(self, name: str) -> Path:
        path = self._folder / f"{name}.pub.pem"
        return path if path.exists() else signing.generate_keys(self._folder / f"{name}.pem")

    def on(self, *names: str) -> Safeguards:
        return Safeguards(True, signing.load_public_keys([self.public(name) for name in names]))

    def demands(self, by: str, *trusted: str) -> ApplyRequirements:
        self.public(by)
        path = self._folder / f"plan-{by}.sig"
        signing.write_signature(signing.sign_plan(PLAN, self._folder / f"{by}.pem", now=NOW), path)
        return ApplyRequirements(path, tuple(self.public(name) for name in trusted))


@pytest.fixture
def signers(tmp_path: Path) -> Signers:
    return Signers(tmp_path)


@pytest.mark.parametrize(
    ("applied", "here", "may_sign"),
    [
        ((), ("ana",), "ana"),
        (("ana",), (), "ana"),
        (("ana",), ("ana", "eva"), "ana"),
        (("ana", "eva"), ("eva", "luis"), "eva"),
        (("ana",), ("eva",), "ana"),
        (("ana", "eva"), ("luis",), "ana eva"),
    ],
    ids=["first", "turned off", "added", "one kept", "all replaced by one", "all replaced"],
)
def test_who_may_sign(
    signers: Signers, applied: tuple[str, ...], here: tuple[str, ...], may_sign: str
) -> None:
    recorded = [signers.on(*applied)] if applied else [OFF]
    asked = signers.on(*here) if here else OFF
    for name in ("ana", "eva", "luis"):
        if name in may_sign.split():
            check_environment_signature(PLAN, signers.demands(name), asked, recorded)
            continue
        with pytest.raises(PlanUnsigned, match="not trusted here"):
            check_environment_signature(PLAN, signers.demands(name), asked, recorded)


def test_no_signature_is_required_without_a_requirement() -> None:
    check_environment_signature(PLAN, ApplyRequirements(), OFF, ())
    check_environment_signature(PLAN, ApplyRequirements(), OFF, (OFF,))


def test_the_recorded_requirement_is_named_when_the_files_differ(signers: Signers) -> None:
    ana = signers.on("ana")
    (fingerprint,) = ana.keys
    with pytest.raises(PlanUnsigned, match="stays in force until a plan that changes it") as caught:
        check_environment_signature(PLAN, signers.demands("luis"), OFF, (ana,))
    assert fingerprint in str(caught.value)


def test_the_command_line_alone_named_the_keys_and_still_does(signers: Signers) -> None:
    """Such an apply recorded none, and a key that the files add does not suffice at once."""
    by_command = Safeguards(require_signature=True)
    with pytest.raises(PlanUnsigned, match="--trust"):
        check_environment_signature(
            PLAN, signers.demands("luis"), signers.on("luis"), (by_command,)
        )
    demands = signers.demands("ana", "ana")
    check_requirements(PLAN, demands)
    check_environment_signature(PLAN, demands, signers.on("luis"), (by_command,))
    with pytest.raises(PlanUnsigned, match="not trusted here"):
        check_requirements(PLAN, signers.demands("luis", "ana"))


def test_the_first_apply_of_a_project_is_signed_by_who_may_sign_on_its_platform(
    signers: Signers,
) -> None:
    others = (signers.on("ana"), OFF, signers.on("eva"))
    for name in ("ana", "eva"):
        check_environment_signature(PLAN, signers.demands(name), OFF, others)
    with pytest.raises(PlanUnsigned, match="not trusted here"):
        check_environment_signature(PLAN, signers.demands("luis"), signers.on("luis"), others)
