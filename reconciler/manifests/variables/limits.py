"""How much an expression may read and make, in counts that are the same on every machine."""

from __future__ import annotations

LARGEST_VALUE = 1_000_000
"""The most that one value counts: a character is 1, a number, an entry or a list is 30."""

_MOST_WORK = 5_000_000
"""What one text's expressions may read and make together."""

MOST_IN_ALL = 100_000_000
"""What all the expressions of an environment may, and what they may stand for together."""

_PART = 30


class TooMuch(ValueError):
    """A bound is passed; the message goes on after "this expression"."""


class WorkCounter:
    """Counts what one text's expressions read and make. `spent` goes on from those before."""

    def __init__(self, spent: int) -> None:
        self.spent = spent
        self._most = min(spent + _MOST_WORK, MOST_IN_ALL)

    def spend(self, count: int) -> None:
        """Raises TooMuch where that is more than is left."""
        self.spent += count
        if self.spent > self._most:
            raise TooMuch("takes more work than is allowed, with all those before it")

    def look_at(self, value: object) -> None:
        """Count a value."""
        self.spend(value_size(value))

    def looked_at(self, value: object) -> object:
        """The value, counted."""
        self.look_at(value)
        return value


def check_size(count: int) -> int:
    """The size of what is to be made. Raises TooMuch where that is too large to be a value."""
    if count > LARGEST_VALUE:
        raise TooMuch(f"gives over {LARGEST_VALUE:,} characters")
    return count


def check_list_size(length: int) -> int:
    """The length of a list that is to be made. Raises TooMuch."""
    check_size(length * _PART)
    return length


def value_size(value: object) -> int:
    """What a value counts, shared parts as often as they occur. Raises TooMuch."""
    count = 0
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            count += len(one)
        elif isinstance(one, dict):
            rest.extend(one)
            rest.extend(one.values())
        elif isinstance(one, list | tuple):
            rest.extend(one)
        count += _PART
        check_size(count)
    return count
