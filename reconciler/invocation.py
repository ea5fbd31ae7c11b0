"""Where a command line works: its project folder and environment, for the commands that it prints.

A printed command must work as printed in the same folder of the shell, so it names both again.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.message import Argument, Command

WITHOUT_FOLDER = frozenset({"completion", "init", "sandbox", "schema"})
"""The commands that need no project."""
WITHOUT_ENVIRONMENT = WITHOUT_FOLDER | {"compare", "fmt", "show", "sign", "state"}
"""The commands that take no single environment."""
_PLAN_FILES = ("FILE", "PLAN")
"""The words for a plan file that a message does not know."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The folder as the user wrote it, and the environment; "" for the defaults.

    `plan_file` is the plan that the command line applies, "" for none.
    """

    folder: str = ""
    environment: str = ""
    plan_file: str = ""

    def complete(self, command: Command) -> Command:
        """The command with the folder, the environment and the plan file, unless it has its own."""
        words = command.command
        if self.plan_file:
            words = tuple(self.plan_file if word in _PLAN_FILES else word for word in words)
        name = words[0] if words else ""
        if self.folder and name not in WITHOUT_FOLDER and "--dir" not in words:
            words = (*words, "--dir", self.folder)
        if self.environment and name not in WITHOUT_ENVIRONMENT and "--env" not in words:
            words = (*words, "--env", self.environment)
        return Command(words)

    def completed(self, argument: Argument) -> Argument:
        """An argument of a message; a command is complete."""
        return self.complete(argument) if isinstance(argument, Command) else argument
