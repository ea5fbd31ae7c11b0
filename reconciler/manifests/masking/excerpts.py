"""Prepares problems for display: with source lines, without passwords, masked if the file may
contain customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.values.credentials import without_credentials
from reconciler.manifests.files import discovery
from reconciler.manifests.masking.customer_files import may_hold_customers
from reconciler.manifests.masking.masked_text import FileWords, masked_problems
from reconciler.manifests.yaml.diagnostics import complete_hint, printable
from reconciler.manifests.yaml.nodes import Document, Mapping, Sequence, YamlValue
from reconciler.manifests.yaml.reader import FileLimits, excerpt, lines_of, read_documents

_LIMITS = FileLimits()


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
    safe = [_safe(problem, source) for problem in problems]
    if source is not None and source.may_hold_customers:
        return masked_problems(safe, source.words)
    return safe


def _safe(problem: Problem, source: _SourceFile | None) -> Problem:
    message, hint, line = printable(problem.message), printable(problem.hint), problem.excerpt
    if source is not None and problem.line and not line:
        line = excerpt(source.lines, problem.line)
        hint = complete_hint(hint, line, problem.column)
    message, hint, line = map(without_credentials, (message, hint, line))
    return replace(problem, message=message, hint=hint, excerpt=line)


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

    @property
    def words(self) -> FileWords:
        """The words of the text, of its unescaped values, and of the variables it may use."""
        texts = [self.text]
        for document in self._parsed[0]:
            texts.extend(_texts(document.root))
        return FileWords.of([*texts, *_variables(self.root)])


def _texts(node: YamlValue) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield key
            yield from _texts(value)
    elif isinstance(node, Sequence):
        for value in node:
            yield from _texts(value)


def _variables(root: Path) -> Iterator[str]:
    """The texts of every environment's variables, because an expression may put them in a
    message."""
    try:
        files = discovery.find_files(root).environments.values()
    except ManifestError:
        return
    for file in files:
        data = discovery.read_file(root, file, _LIMITS.size_bytes)
        documents = [] if isinstance(data, Problem) else read_documents(data, file, _LIMITS)[0]
        for document in documents:
            if isinstance(document.root, Mapping):
                yield from _texts(document.root.get("variables"))
