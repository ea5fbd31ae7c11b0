"""Commands that start fast: each is a process forked from one with all imports.

Imports take longer than most commands, and these tests run hundreds of commands. A forked command
differs from a normally started one only in the loaded modules.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import reconciler

_TIMEOUT_SECONDS = 120


def run(words: Sequence[str], *, cwd: Path, env: Mapping[str, str], out: Path, err: Path) -> int:
    """Run one command with its streams in files, and return its exit code."""
    process = _context().Process(target=_command, args=(list(words), cwd, dict(env), out, err))
    process.start()
    process.join(_TIMEOUT_SECONDS)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"reconciler {' '.join(words)} takes more than {_TIMEOUT_SECONDS} s")
    return process.exitcode


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    found = pkgutil.walk_packages(reconciler.__path__, "reconciler.")
    unwanted = ("reconciler.__main__", "reconciler.state.sql.migrations.env")
    context.set_forkserver_preload([module.name for module in found if module.name not in unwanted])
    return context


def _command(words: list[str], cwd: Path, env: dict[str, str], out: Path, err: Path) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for descriptor, path, flags in (0, os.devnull, os.O_RDONLY), (1, out, write), (2, err, write):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["reconciler", *words]
    from reconciler.cli.main import main

    main()
