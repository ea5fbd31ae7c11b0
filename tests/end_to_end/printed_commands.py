"""The commands that the command line tells people to type, found in its output.

A command is in backquotes, or at the end of a line after a colon. The parser of the command line
must accept each of them as printed.
"""

from __future__ import annotations

import re
import shlex

import click

from reconciler.cli.main import cli

_IN_BACKQUOTES = re.compile(r"`(reconciler [^`]+)`")
_AT_THE_END = re.compile(r"^(?!Usage).*: (reconciler (?!may )[^`]+?)\.?$", re.MULTILINE)


def printed_commands(text: str) -> list[list[str]]:
    """Each printed command as its words, without `reconciler`."""
    texts = [*_IN_BACKQUOTES.findall(text), *_AT_THE_END.findall(text)]
    return [shlex.split(found)[1:] for found in dict.fromkeys(texts)]


def check_parses(words: list[str]) -> None:
    """Raise click.UsageError for a command that the parser refuses; nothing is run."""
    group = click.Context(cli, info_name="reconciler")
    name, command, rest = cli.resolve_command(group, words)
    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(group, rest)
    assert command is not None
    command.make_context(name, rest, parent=group)
