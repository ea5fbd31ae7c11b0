"""Parse the platform's documents other than resources: its info, usage, audit log and directory.

Types are strict, unknown keys are ignored, and a key that is null is the same as a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
from pydantic import JsonValue, TypeAdapter, ValidationError

from reconciler.kinds.address import Address, identity
from reconciler.kinds.values.customers import comparable_number
from reconciler.live.http.wire import Unparsable
from reconciler.live.platform import AuditEntry, Connector, PlatformInfo, Usage

_PAGE_SIZE = 5000
_BATCH_SIZE = 1000
_BODY_BYTES = 64 * 1024 * 1024
_YEARS = range(1970, 9000)
_TYPES = {"string": "text", "int": "a number", "dict": "an object", "dataclass": "an object"}
"""What a value must be, by the type of pydantic's error; a list for the other types."""
_ADAPTERS: dict[object, TypeAdapter[Any]] = {}
"""The parsers that were used so far; building one takes a millisecond."""

Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True)
class _Limits:
    page_size: int = 0
    batch: int = 0
    body_bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Info:
    id: str
    name: str = ""
    version: str = ""
    user: str = ""
    profile: str = ""
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limits: _Limits = _Limits()
    capabilities: frozenset[str] = frozenset()
    now: str = ""


def _parsed(form: type[Document], json: JsonValue) -> Document:
    adapter = _ADAPTERS.get(form) or _ADAPTERS.setdefault(form, TypeAdapter(form))
    try:
        content = orjson.dumps(_without_nulls(json))
        document: Document = adapter.validate_json(content, strict=True)
    except TypeError:
        raise Unparsable("it has too many levels") from None
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path, kind = ".".join(map(str, problem["loc"])), problem["type"].removesuffix("_type")
        wrong = "missing" if kind == "missing" else f"not {_TYPES.get(kind, 'a list')}"
        raise Unparsable(f"'{path}' is {wrong}" if path else f"it is {wrong}") from None
    return document


def _without_nulls(json: JsonValue, levels: int = 2) -> JsonValue:
    """A document without nulls in its upper levels of objects; values further down stay."""
    if isinstance(json, list):
        return [_without_nulls(item, levels) if isinstance(item, dict) else item for item in json]
    if isinstance(json, dict) and levels:
        given = {key: value for key, value in json.items() if value is not None}
        return {key: _without_nulls(value, levels - 1) for key, value in given.items()}
    return json


def names_of(items: Sequence[JsonValue]) -> dict[str, str]:
    """The names of users or forms by identity. Raises Unparsable."""
    return {identity(item.name): item.name for item in _parsed(list[_Named], list(items))}


def connectors_of(items: Sequence[JsonValue]) -> dict[str, Connector]:
    """Connectors by identity of the name. Raises Unparsable."""
    return {
        identity(connector.name): replace(
            connector, numbers=tuple(map(comparable_number, connector.numbers))
        )
        for connector in _parsed(list[Connector], list(items))
    }


def info_of(json: JsonValue, read_at: datetime) -> PlatformInfo:
    """The platform's info; `read_at` is this machine's time. Raises Unparsable."""
    info = _parsed(_Info, json)
    return PlatformInfo(
        info.id,
        info.name,
        info.version,
        info.user,
        info.profile,
        info.permissions,
        page_size=info.limits.page_size or _PAGE_SIZE,
        batch_size=info.limits.batch or _BATCH_SIZE,
        body_bytes=info.limits.body_bytes or _BODY_BYTES,
        capabilities=info.capabilities,
        ahead=_ahead(info.now, read_at),
    )


def _ahead(reported: str, read_at: datetime) -> timedelta | None:
    """How far the platform's clock is ahead of this machine's; None without a reported time."""
    if not reported:
        return None
    try:
        now = datetime.fromisoformat(reported)
    except ValueError:
        raise Unparsable(f"'now' is {reported!r}, not a date and time (RFC 3339)") from None
    if now.tzinfo is None or now.year not in _YEARS:
        raise Unparsable(f"'now' is {reported!r}: it lacks its offset, or its year is out of range")
    return now - read_at


def usage_of(address: Address, json: JsonValue) -> Usage:
    """What uses a resource. Raises Unparsable."""
    if isinstance(json, dict):
        json = {**json, "address": address, "recent": json.get("recent_campaigns")}
    usage = _parsed(Usage, json)
    recent = [replace(use, last_at=_moment(use.last_at)) for use in usage.recent]
    return replace(usage, recent=tuple(recent))


def _moment(text: str) -> str:
    """The moment; "" when it is not a valid moment with a time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text if moment.tzinfo is not None else ""


def audit_entry_of(json: JsonValue) -> AuditEntry:
    """One entry of the audit log. Raises Unparsable."""
    if isinstance(json, dict):
        json = {**json, "by": json.get("by") or "", "action": json.get("action") or ""}
    return _parsed(AuditEntry, json)
