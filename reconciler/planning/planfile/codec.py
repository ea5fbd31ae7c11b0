"""The plan file: JSON, self-contained, written in one piece, readable by its owner only.

Its layout is the dataclasses of `model`, published as `schemas/plan.schema.json`, and a last
member `authentication` (`authenticity`). A file that was cut short, edited by one byte, forged or
written by another format version is refused, each in its own words. With RECONCILER_PLAN_KEY it is
written sealed (`envelope`).
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

_AGAIN = "make it again with `reconciler plan --out`"
_LAYOUT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_MEMBER = "authentication"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file that was read: whole, and maybe forged.

    `unverified` is the plan it holds. Use it to show it, and say that it is not verified; apply
    what `verified` returns, and nothing else.
    """

    name: str
    unverified: Plan
    authentication: Authentication

    def verified(self, key: bytes) -> Plan:
        """The plan, as it was written with a state's key. Raises PlanForeign, PlanForged."""
        authentication.check_authentication(
            self.unverified, self.authentication, key, name=self.name
        )
        return self.unverified


@lru_cache(maxsize=1)
def plan_adapter() -> TypeAdapter[Plan]:
    """The validator of a plan's JSON, built on first use; also the source of its schema."""
    return TypeAdapter(Plan)


def plan_schema() -> dict[str, JsonValue]:
    """The JSON Schema of a plan file."""
    found = plan_adapter().json_schema()
    found["properties"][_MEMBER] = TypeAdapter(Authentication).json_schema()
    return found


def dump_plan(plan: Plan) -> bytes:
    """A plan as the bytes that a run keeps in the state: its file without authentication."""
    return orjson.dumps(plan, option=_LAYOUT)


def load_plan(data: bytes, *, name: str) -> Plan:
    """A plan from the bytes that a run keeps. Raises PlanUnreadable; `name` is for the message."""
    _members(data, name)
    plan = _validated(data, name)
    if dump_plan(plan) != data or not has_valid_digests(plan):
        raise _edited(name)
    return plan


def read_plan_file(path: Path, *, key: str | None = None) -> PlanFile:
    """What a plan file holds, opened with `key` when it is sealed.

    Raises PlanUnreadable, PlanForged where it carries no authentication, or UsageError when there
    is no such file.
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
    """Write a plan file in one piece, mode 0600, authenticated with the state's key, and sealed
    when there is a `key`. Raises UsageError when it cannot be."""
    data = _with(plan, authentication.authentication(plan, state_key))
    write_private(data if key is None else encrypt(data, key), path)


def _with(plan: Plan, given: Authentication) -> bytes:
    members = {field.name: getattr(plan, field.name) for field in fields(plan)}
    return orjson.dumps({**members, _MEMBER: given}, option=_LAYOUT)


def _members(data: bytes, name: str) -> dict[str, JsonValue]:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise PlanUnreadable(f"{name} is cut short or is no plan: {error}; {_AGAIN}") from error
    version = raw.get("format_version") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(version, int):
        raise PlanUnreadable(f"{name} is no plan: it has no format_version; {_AGAIN}")
    if version != FORMAT_VERSION:
        raise PlanUnreadable(
            f"{name} has plan format {version}, this version of reconciler reads "
            f"{FORMAT_VERSION}; {_AGAIN}"
        )
    return raw


def _validated(data: bytes, name: str) -> Plan:
    try:
        return plan_adapter().validate_json(data)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise PlanUnreadable(f"{name} was edited: {place} is not as it was; {_AGAIN}") from error


def _authentication(given: JsonValue) -> Authentication | None:
    if not isinstance(given, dict):
        return None
    key, code = given.get("key"), given.get("code")
    if not isinstance(key, str) or not isinstance(code, str):
        return None
    return Authentication(key, code)


def _edited(name: str) -> PlanUnreadable:
    return PlanUnreadable(
        f"{name} was edited since it was made: its content does not match its digest; {_AGAIN}"
    )
