"""Limits of what expressions read and make, in counts that are the same on every machine."""

from __future__ import annotations

LARGEST_VALUE = 1_000_000
"""The largest size of one value: a character counts 1; a number, an entry or a list counts 30."""

_MOST_WORK = 5_000_000
"""The limit for the expressions of one text together."""

MOST_IN_ALL = 100_000_000
"""The limit for all expressions of an environment, and for the size of all their values."""

_PART = 30


class TooMuch(ValueError):
    """A limit is exceeded; the message continues "this expression"."""


class WorkCounter:
    """Counts what the expressions of one text read and make. `spent` includes earlier texts."""

    def __init__(self, spent: int) -> None:
        self.spent = spent
        self._most = min(spent + _MOST_WORK, MOST_IN_ALL)

    def spend(self, count: int) -> None:
        """Add to the count. Raises TooMuch over the limit."""
        self.spent += count
        if self.spent > self._most:
            raise TooMuch("needs more work than allowed, together with the expressions before it")

    def look_at(self, value: object) -> None:
        """Count a value."""
        self.spend(value_size(value))

    def looked_at(self, value: object) -> object:
        """The value, after counting it."""
        self.look_at(value)
        return value


def check_size(count: int) -> int:
    """The size of a value to be made. Raises TooMuch if it is too large."""
    if count > LARGEST_VALUE:
        raise TooMuch(f"gives over {LARGEST_VALUE:,} characters")
    return count


def check_list_size(length: int) -> int:
    """The length of a list to be made. Raises TooMuch."""
    check_size(length * _PART)
    return length


def value_size(value: object) -> int:
    """The size of a value; shared parts count each time. Raises TooMuch."""
    count = 0
    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, str):
            count += len(part)
        elif isinstance(part, dict):
            rest.extend(part)
            rest.extend(part.values())
        elif isinstance(part, list | tuple):
            rest.extend(part)
        count += _PART
        check_size(count)
    return count
