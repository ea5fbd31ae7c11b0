"""Problems in manifests: the place, the message, the source line, and a hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict

from reconciler.errors import Problem
from reconciler.manifests.masking.source_lines import mask_source_line
from reconciler.privacy.masking import Masker
from reconciler.text import counted, visible
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View

_SHOWN_COLUMNS = 100
_MARGIN_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Validation:
    """The result of a validation of these environments."""

    environments: Sequence[str]
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()


def validation_text(validation: Validation, _view: View) -> str:
    """`dev, prod: valid`. Problems and warnings are not data; they go to stderr."""
    return f"{', '.join(validation.environments)}: valid"


def problems_text(problems: Sequence[Problem], view: View, *, noun: str = "problem") -> str:
    """All problems in file order, and their count.

    The loader has masked problems of files that may hold customers. A customer's address in
    another file is masked here, with its source line.
    """
    blocks = ["\n".join(_lines(problem, view)) for problem in sorted(problems)]
    files = len({problem.file for problem in problems})
    count = f"{counted(len(problems), noun)} in {counted(files, 'file')}"
    return "\n\n".join([*blocks, view.paint.strong(count)]) + "\n"


def _visible_excerpt(problem: Problem, masker: Masker) -> str:
    """The source line; masked if the problem names a customer."""
    places = (*problem.message.places(), *problem.hint.places())
    if masker.show_personal or not any(place.is_personal for place in places):
        return problem.excerpt
    return mask_source_line(problem.excerpt)


def _lines(problem: Problem, view: View) -> Iterator[str]:
    yield f"{view.paint.strong(visible(problem.place))}: {view.message(problem.message)}"
    if problem.excerpt:
        yield from _excerpt(problem, view)
    if problem.hint:
        yield f"  {view.paint.good('→')} {view.message(problem.hint)}"


def _excerpt(problem: Problem, view: View) -> Iterator[str]:
    source = _visible_excerpt(problem, view.masker).rstrip("\r\n").replace("\t", " ")
    column = max(problem.column - 1, 0)
    start = max(0, column - _SHOWN_COLUMNS + _MARGIN_COLUMNS)
    cut = source[start : start + _SHOWN_COLUMNS]
    ellipsis = "…" if start else ""
    shown = ellipsis + visible(cut) + ("…" if start + _SHOWN_COLUMNS < len(source) else "")
    gutter = f"  {problem.line} │ "
    yield f"{view.paint.faint(gutter)}{shown}"
    if problem.column:
        indent = " " * _width(ellipsis + visible(cut[: column - start]))
        gutter = f"{' ' * (len(gutter) - 2)}{view.paint.faint('│ ')}"
        yield f"{gutter}{indent}{view.paint.bad('^')}"


def _width(text: str) -> int:
    """The text's columns on a terminal: two for wide letters, none for combining marks."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


class ProblemDocument(TypedDict):
    """A problem or warning in a manifest. Customers are masked."""

    severity: Literal["error", "warning"]
    file: str
    """Relative to the project folder."""
    line: int
    """From 1; 0 for the whole file."""
    column: int
    message: str
    hint: str
    excerpt: str


class ValidationDocument(TypedDict):
    """The result of a validation, as `reconciler validate --format json` prints it."""

    format: Literal["reconciler.validation/1"]
    valid: bool
    environments: list[str]
    problems: list[ProblemDocument]
    """Errors and warnings in file order."""


def validation_json(validation: Validation, view: View) -> bytes:
    """The result of a validation as JSON."""
    return json_bytes(
        ValidationDocument(
            format="reconciler.validation/1",
            valid=not validation.problems,
            environments=list(validation.environments),
            problems=[
                *(
                    _document("error", problem, view.masker)
                    for problem in sorted(validation.problems)
                ),
                *(
                    _document("warning", problem, view.masker)
                    for problem in sorted(validation.warnings)
                ),
            ],
        )
    )


def _document(
    severity: Literal["error", "warning"], problem: Problem, masker: Masker
) -> ProblemDocument:
    return ProblemDocument(
        severity=severity,
        file=problem.file,
        line=problem.line,
        column=problem.column,
        message=masker.message(problem.message),
        hint=masker.message(problem.hint),
        excerpt=_visible_excerpt(problem, masker),
    )
