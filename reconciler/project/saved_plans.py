"""Plan files of a project: authenticated with the key of its state.

project.plans.write(plan, path)
plan = project.plans.read(path)      # exactly as it was written, or an error
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import StateError
from reconciler.message import Command, Message
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import authentication, codec
from reconciler.planning.planfile.codec import PlanFile
from reconciler.planning.planfile.encryption import KEY_VARIABLE
from reconciler.project.connections import Connections
from reconciler.state.sql.store import Store


@dataclass(frozen=True, slots=True)
class PlanToShow:
    """A plan to show or to sign, not to apply.

    `unverified` says why the file could not be verified; "" when it was.
    """

    plan: Plan
    unverified: str = ""


@dataclass(frozen=True, slots=True)
class SavedPlans:
    """The plan files of a project; RECONCILER_PLAN_KEY encrypts and decrypts them."""

    connections: Connections

    def write(self, plan: Plan, path: Path) -> None:
        """Write a plan file. Raises UsageError, and StateError when the state has no key."""
        state_key = self._key(f"{path} cannot be written")
        codec.write_plan_file(plan, path, state_key=state_key, key=self._encryption_key)

    def read(self, path: Path) -> Plan:
        """The plan in a file, verified with the key of this state.

        Raises PlanUnreadable, PlanForged, PlanForeign, UsageError, and StateError when the state
        has no key.
        """
        found = self._read_file(path)
        return found.verified(self._key(f"{path} cannot be verified"))

    def read_to_show(self, path: Path) -> PlanToShow:
        """The plan in a file, to show or to sign; verified if its state is available.

        Creates no state. Raises what `read` raises, except PlanForeign and StateError.
        """
        found = self._read_file(path)
        try:
            with Store.open_read_only(self.connections.state) as store:
                key, where = store.plan_key(), f"the state {store.location} has no key for it"
        except StateError as error:
            key, where = None, str(error)
        if key is None:
            return PlanToShow(found.unverified, where)
        if not authentication.is_from_state(found.authentication, key):
            return PlanToShow(found.unverified, "it was made with another state than this one")
        return PlanToShow(found.verified(key))

    def _read_file(self, path: Path) -> PlanFile:
        return codec.read_plan_file(path, key=self._encryption_key)

    def _key(self, problem: str) -> bytes:
        with self.connections.store_to_read() as store:
            key = store.plan_key()
            if key is None:
                raise StateError(
                    Message.of(
                        "{problem}: the state {state} has no key yet to authenticate plan files, "
                        "and this user may not store one. Run {plan} once as a user who may write "
                        "the state, then repeat this command",
                        problem=problem,
                        state=store.location,
                        plan=Command.of("plan"),
                    )
                )
            return key

    @property
    def _encryption_key(self) -> str | None:
        return self.connections.access.variables.get(KEY_VARIABLE)
