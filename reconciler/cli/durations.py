"""Durations on the command line: `30s`, `5m`, `1h`, `90d`."""

from __future__ import annotations

import re
from datetime import timedelta

import click

_LONGEST = timedelta(days=36_525)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """A whole number and a unit. Raises click.UsageError for anything else."""
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if match is None:
        raise click.UsageError(f"'{text}' is not a duration: write 30s, 5m, 1h or 90d")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if length > _LONGEST:
        raise click.UsageError(f"'{text}' is longer than a hundred years")
    return length
