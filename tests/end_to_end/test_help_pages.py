"""Help pages: each command has examples that the parser accepts, and the variables it reads."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.help import VARIABLES
from reconciler.cli.main import cli
from reconciler.invocation import WITHOUT_ENVIRONMENT, WITHOUT_FOLDER
from tests.end_to_end.printed_commands import check_parses

ROOT = Path(__file__).parents[2]


def _commands(
    group: click.Group, words: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


COMMANDS = dict(_commands(cli))


def _examples(command: click.Command) -> list[str]:
    found = re.findall(r"^  (reconciler .*)$", command.epilog or "", re.MULTILINE)
    return [example.partition(" > ")[0] for example in found]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_examples_that_the_parser_accepts(name: str) -> None:
    examples = _examples(COMMANDS[name])
    assert examples
    for example in examples:
        assert example.startswith(f"reconciler {name}")
        check_parses(shlex.split(example)[1:])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_page_fits_a_screen_of_100_columns(name: str) -> None:
    command = COMMANDS[name]
    context = click.Context(command, info_name=name, max_content_width=100)
    assert max(map(len, command.get_help(context).splitlines())) <= 100


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_the_folder_and_the_environment_alike(name: str) -> None:
    options = {option for param in COMMANDS[name].params for option in param.opts}
    first = name.partition(" ")[0]
    assert (first in WITHOUT_FOLDER) is not ({"--dir", "-C"} <= options)
    if first not in WITHOUT_ENVIRONMENT:
        assert {"--env", "-e"} <= options
        (environment,) = [param for param in COMMANDS[name].params if "--env" in param.opts]
        assert environment.envvar == "RECONCILER_ENV"
        assert "RECONCILER_ENV" in (COMMANDS[name].epilog or "")


def test_every_variable_of_the_code_is_on_the_help_page_of_reconciler() -> None:
    used = {
        found
        for file in (ROOT / "reconciler").rglob("*.py")
        for found in re.findall(r'"(RECONCILER_[A-Z_]+)"', file.read_text())
    }
    assert used <= VARIABLES.keys()
    assert all(name in (cli.epilog or "") for name in VARIABLES)


def test_the_readme_has_every_variable() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in VARIABLES if f"`{name}`" not in readme] == []
