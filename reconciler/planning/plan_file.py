"""The plan file: JSON, self-contained, written in one piece, readable by its owner only.

Its layout is the dataclasses of `model`, published as `schemas/plan.schema.json`. A file that was
cut short, edited by one byte or written by another format version is refused, each in its own
words. With a key it is written sealed (`envelope`).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from reconciler.errors import PlanUnreadable, UsageError
from reconciler.planning.digests import is_sealed
from reconciler.planning.envelope import enveloped, is_envelope, opened
from reconciler.planning.files import write_private
from reconciler.planning.model import FORMAT_VERSION, Plan

_AGAIN = "make it again with `reconciler plan --out`"


@lru_cache(maxsize=1)
def adapter() -> TypeAdapter[Plan]:
    """The validator of a plan's JSON, built on first use; also the source of its schema."""
    return TypeAdapter(Plan)


def dumps(plan: Plan) -> bytes:
    """A plan as the bytes of its file."""
    return orjson.dumps(plan, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def loads(data: bytes, *, name: str) -> Plan:
    """A plan from the bytes of its file. Raises PlanUnreadable; `name` is for the message."""
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise PlanUnreadable(f"{name} is cut short or is no plan: {error}; {_AGAIN}") from error
    version = raw.get("format_version") if isinstance(raw, dict) else None
    if not isinstance(version, int):
        raise PlanUnreadable(f"{name} is no plan: it has no format_version; {_AGAIN}")
    if version != FORMAT_VERSION:
        raise PlanUnreadable(
            f"{name} has plan format {version}, this version of reconciler reads "
            f"{FORMAT_VERSION}; {_AGAIN}"
        )
    try:
        plan = adapter().validate_json(data)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise PlanUnreadable(f"{name} was edited: {place} is not as it was; {_AGAIN}") from error
    if dumps(plan) != data or not is_sealed(plan):
        raise PlanUnreadable(
            f"{name} was edited since it was made: its content does not match its digest; {_AGAIN}"
        )
    return plan


def read(path: Path, *, key: str | None = None) -> Plan:
    """The plan in a file, opened with `key` when it is sealed.

    Raises PlanUnreadable, or UsageError when there is no such file.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"there is no plan file at {path}") from error
    except OSError as error:
        raise PlanUnreadable(f"{path} cannot be read: {error.strerror}") from error
    if is_envelope(data):
        data = opened(data, key, name=str(path))
    return loads(data, name=str(path))


def write(plan: Plan, path: Path, *, key: str | None = None) -> None:
    """Write a plan file in one piece, mode 0600, sealed when there is a key.

    Raises UsageError when it cannot be.
    """
    data = dumps(plan)
    write_private(data if key is None else enveloped(data, key), path)
