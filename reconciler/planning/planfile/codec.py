"""The plan file: self-contained JSON, written atomically, readable only by its owner.

Its layout is the dataclasses of `change`, `findings` and `plan`, published as
`schemas/plan.schema.json`, and a last member `authentication`. A file that is incomplete, edited,
forged or of another format version is refused, each with its own message. With RECONCILER_PLAN_KEY
it is encrypted (`encryption`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import orjson
from pydantic import JsonValue, TypeAdapter, ValidationError

from reconciler.errors import PlanUnreadable, UsageError
from reconciler.planning.digests import has_valid_digests
from reconciler.planning.plan import FORMAT_VERSION, Plan
from reconciler.planning.planfile import authentication
from reconciler.planning.planfile.atomic_write import write_private
from reconciler.planning.planfile.authentication import Authentication
from reconciler.planning.planfile.encryption import decrypt, encrypt, is_encrypted

_LAYOUT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_MEMBER = "authentication"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file that was read: complete, and perhaps forged.

    Show `unverified` only with a note that it is not verified. Apply only what `verified` returns.
    """

    name: str
    unverified: Plan
    authentication: Authentication

    def verified(self, key: bytes) -> Plan:
        """The plan, when a state's key wrote the file. Raises PlanForeign, PlanForged."""
        authentication.check_authentication(
            self.unverified, self.authentication, key, name=self.name
        )
        return self.unverified


@lru_cache(maxsize=1)
def plan_adapter() -> TypeAdapter[Plan]:
    """The validator of a plan's JSON, built on first use. It also makes the schema."""
    return TypeAdapter(Plan)


def plan_schema() -> dict[str, JsonValue]:
    """The JSON Schema of a plan file."""
    found = plan_adapter().json_schema()
    found["properties"][_MEMBER] = TypeAdapter(Authentication).json_schema()
    return found


def dump_plan(plan: Plan) -> bytes:
    """A plan as the bytes that a run stores in the state: its file without authentication."""
    return orjson.dumps(plan, option=_LAYOUT)


def load_plan(data: bytes, *, name: str) -> Plan:
    """A plan from the bytes that a run stores. Raises PlanUnreadable; `name` is for the message."""
    _members(data, name)
    plan = _validated(data, name)
    if dump_plan(plan) != data or not has_valid_digests(plan):
        raise _edited(name)
    return plan


def read_plan_file(path: Path, *, key: str | None = None) -> PlanFile:
    """Read a plan file, decrypted with `key` when it is encrypted.

    Raises PlanUnreadable, PlanForged without authentication, and UsageError for a missing file.
    """
    name = str(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"there is no plan file at {path}") from error
    except OSError as error:
        raise PlanUnreadable(f"{path} cannot be read: {error.strerror}") from error
    if is_encrypted(data):
        data = decrypt(data, key, name=name)
    members = _members(data, name)
    plan = _validated(data, name)
    if _MEMBER not in members and dump_plan(plan) == data and has_valid_digests(plan):
        raise authentication.missing_authentication(name)
    found = _authentication(members.get(_MEMBER))
    if found is None or _with(plan, found) != data or not has_valid_digests(plan):
        raise _edited(name)
    return PlanFile(name, plan, found)


def write_plan_file(plan: Plan, path: Path, *, state_key: bytes, key: str | None = None) -> None:
    """Write a plan file, authenticated with the state's key, and encrypted when there is a `key`.

    Raises UsageError when it cannot be written.
    """
    data = _with(plan, authentication.authentication(plan, state_key))
    write_private(data if key is None else encrypt(data, key), path)


def _with(plan: Plan, given: Authentication) -> bytes:
    members = {field.name: getattr(plan, field.name) for field in fields(plan)}
    return orjson.dumps({**members, _MEMBER: given}, option=_LAYOUT)


def _members(data: bytes, name: str) -> dict[str, JsonValue]:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise PlanUnreadable(f"{name} is incomplete or not a plan: {error}") from error
    version = raw.get("format_version") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(version, int):
        raise PlanUnreadable(f"{name} is not a plan: it has no format_version")
    if version != FORMAT_VERSION:
        raise PlanUnreadable(
            f"{name} has plan format {version}, and this version of reconciler reads "
            f"{FORMAT_VERSION}"
        )
    return raw


def _validated(data: bytes, name: str) -> Plan:
    try:
        return plan_adapter().validate_json(data)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise PlanUnreadable(f"{name} was edited: {place} is not valid") from error


def _authentication(given: JsonValue) -> Authentication | None:
    if not isinstance(given, dict):
        return None
    key, code = given.get("key"), given.get("code")
    if not isinstance(key, str) or not isinstance(code, str):
        return None
    return Authentication(key, code)


def _edited(name: str) -> PlanUnreadable:
    return PlanUnreadable(
        f"{name} was edited after it was made: its content does not match its digest"
    )
