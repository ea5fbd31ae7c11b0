"""Words that several guards share: counts with plurals, short lists, values in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson
from pydantic import JsonValue

from reconciler.kinds.address import collection_of
from reconciler.kinds.registry import KINDS

_NAMES_SHOWN = 5
_VALUE_CHARACTERS = 60


def counted(number: int, one: str, many: str = "") -> str:
    """`1 campaign`, `61 agents`, `12,000 statuses`; `many` where adding an s is wrong."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def is_or_are(number: int) -> str:
    """The verb that goes with a count."""
    return "is" if number == 1 else "are"


def joined(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def some(names: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    listed = list(names)
    if len(listed) <= _NAMES_SHOWN + 1:
        return joined(listed)
    return joined([*listed[:_NAMES_SHOWN], f"{len(listed) - _NAMES_SHOWN:,} more"])


def of_kinds(counts: Mapping[str, int]) -> str:
    """`3 campaigns and 1 holiday`, from counts by the kind's name, in the kinds' own order."""
    return joined(
        [
            counted(counts[kind.name], kind.noun, kind.plural)
            for kind in KINDS
            if counts.get(kind.name)
        ]
    )


def shown(value: JsonValue) -> str:
    """A value in a sentence: JSON, cut where it is long; `nothing` for what is not there."""
    if value is None:
        return "nothing"
    text = orjson.dumps(value).decode()
    if len(text) <= _VALUE_CHARACTERS:
        return text
    return f"{text[: _VALUE_CHARACTERS - 1]}…"


def unmasked(address: str) -> str:
    """An address as free text may hold it: personal ones are named by their collection only.

    Views mask the fields that hold addresses; they cannot mask a sentence.
    """
    collection = collection_of(address)
    kind = KINDS.of_collection(collection.rpartition("/")[2])
    if kind is None or not kind.is_personal or address == collection:
        return address
    return f"an entry of {collection}"
