"""Prepares problems for display: with source lines, without passwords, masked if the file may
contain customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from reconciler.errors import Problem
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.credentials import without_credentials
from reconciler.manifests.files import discovery
from reconciler.manifests.masking.customer_files import may_hold_customers
from reconciler.manifests.masking.source_lines import mask_source_line
from reconciler.manifests.yaml.diagnostics import complete_hint, excerpt, lines_of
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.nodes import Document
from reconciler.manifests.yaml.reader import read_documents
from reconciler.message import MASK, Argument, FreeText, Personal, Place, Quoted

_LIMITS = FileLimits()
_COLLECTIONS = frozenset(kind.collection for kind in KINDS)


def with_excerpts(root: Path, problems: Iterable[Problem]) -> list[Problem]:
    """The problems, without duplicates, safe to print, with their source lines.

    If a file may contain customers, its problems repeat nothing from it.
    """
    by_file: dict[str, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        by_file.setdefault(problem.file, []).append(problem)
    return [
        shown
        for file, several in by_file.items()
        for shown in _shown(_SourceFile.read(root, file), several)
    ]


def _shown(source: _SourceFile | None, problems: list[Problem]) -> list[Problem]:
    if source is not None and source.may_hold_customers:
        return [_with(_mask, mask_source_line, problem, source) for problem in problems]
    return [_with(_reveal, without_credentials, problem, source) for problem in problems]


def _with(
    show: Callable[[Argument], Argument],
    show_line: Callable[[str], str],
    problem: Problem,
    source: _SourceFile | None,
) -> Problem:
    line = _source_line(problem, source)
    hint = complete_hint(problem.hint, line, problem.column)
    return replace(
        problem,
        message=problem.message.with_arguments(show),
        hint=hint.with_arguments(show),
        excerpt=show_line(line),
    )


def _source_line(problem: Problem, source: _SourceFile | None) -> str:
    if source is None or problem.excerpt or not problem.line:
        return problem.excerpt
    return excerpt(source.lines, problem.line)


def _reveal(argument: Argument) -> Argument:
    """A value of a file without customers as plain text, safe to print."""
    if isinstance(argument, Personal):
        argument = argument.personal
    return without_credentials(argument) if isinstance(argument, str) else argument


def _mask(argument: Argument) -> Argument:
    if isinstance(argument, Place):
        parts = argument.address.split("/")
        return "/".join(part if part in _COLLECTIONS else MASK for part in parts)
    return MASK if isinstance(argument, Personal | Quoted | FreeText) else _reveal(argument)


@dataclass(frozen=True)
class _SourceFile:
    """A file with problems."""

    root: Path
    file: str
    data: bytes = field(repr=False)

    @classmethod
    def read(cls, root: Path, file: str) -> _SourceFile | None:
        """None for a file that does not exist or cannot be read."""
        data = discovery.read_file(root, file, _LIMITS.size_bytes)
        return None if isinstance(data, Problem) else cls(root, file, data)

    @cached_property
    def text(self) -> str:
        return self.data.decode(errors="replace")

    @cached_property
    def lines(self) -> list[str]:
        return lines_of(self.text)

    @cached_property
    def _parsed(self) -> tuple[list[Document], list[Problem]]:
        return read_documents(self.data, self.file, _LIMITS)

    @property
    def may_hold_customers(self) -> bool:
        return may_hold_customers(self.file, *self._parsed)
