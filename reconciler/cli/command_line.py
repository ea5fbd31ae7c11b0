"""What a command line names: folder, environment and plan file, known once parsed.

`run` makes one for each command, as click's object. Errors and views read it, so that every
command they print works as printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(slots=True)
class CommandLine:
    """The folder, the environment and the plan file that this command line named so far."""

    folder: Path = Path()
    environment: str | None = None
    plan_file: Path | None = None


def current() -> CommandLine:
    """The command line of the running command; an empty one outside of commands."""
    context = click.get_current_context(silent=True)
    found = context.find_object(CommandLine) if context is not None else None
    return found or CommandLine()


def words_in_folder(arguments: list[str], named: Path, folder: str) -> list[str]:
    """The words of a command line for another folder than the one that it named."""
    words: list[str] = []
    skips = False
    for word in arguments:
        is_option = word in ("--dir", "-C")
        if not (skips or is_option or word.startswith("--dir=") or _is_folder(word, named)):
            words.append(word)
        skips = is_option
    return [*words, "--dir", folder]


def _is_folder(word: str, named: Path) -> bool:
    return named != Path() and not word.startswith("-") and Path(word) == named
