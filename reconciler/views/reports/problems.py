"""Problems and warnings in manifests: where, what, the line itself, and what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.errors import Problem
from reconciler.manifests.masking.masked_text import FileWords, masked_problems
from reconciler.privacy.masking import Masker
from reconciler.text import counted
from reconciler.views.style.colour import Paint
from reconciler.views.style.escaping import visible

_SHOWN_COLUMNS = 100
_MARGIN_COLUMNS = 20
_NO_KEY = Masker(b"")


def render_problems(
    problems: Sequence[Problem],
    paint: Paint,
    *,
    noun: str = "problem",
    masker: Masker = _NO_KEY,
) -> str:
    """All of them in file order, and how many there are in how many files.

    What a file with customers says is masked in them already; an address of a customer elsewhere
    is masked here, and with it the line that it is in.
    """
    blocks = ["\n".join(_lines(_masked(problem, masker), paint)) for problem in sorted(problems)]
    files = len({problem.file for problem in problems})
    count = f"{counted(len(problems), noun)} in {counted(files, 'file')}"
    return "\n\n".join([*blocks, paint.strong(count)]) + "\n"


def _masked(problem: Problem, masker: Masker) -> Problem:
    message, hint = masker.text(problem.message), masker.text(problem.hint)
    if (message, hint) == (problem.message, problem.hint):
        return problem
    (shown,) = masked_problems(
        [replace(problem, message=message, hint=hint)], FileWords.of([problem.excerpt])
    )
    return shown


def _lines(problem: Problem, paint: Paint) -> Iterator[str]:
    yield f"{paint.strong(visible(problem.place))}: {visible(problem.message)}"
    if problem.excerpt:
        yield from _excerpt(problem, paint)
    if problem.hint:
        yield f"  {paint.good('→')} {visible(problem.hint)}"


def _excerpt(problem: Problem, paint: Paint) -> Iterator[str]:
    source = problem.excerpt.rstrip("\r\n").replace("\t", " ")
    column = max(problem.column - 1, 0)
    start = max(0, column - _SHOWN_COLUMNS + _MARGIN_COLUMNS)
    cut = source[start : start + _SHOWN_COLUMNS]
    shown = ("…" if start else "") + visible(cut)
    shown += "…" if start + _SHOWN_COLUMNS < len(source) else ""
    gutter = f"  {problem.line} │ "
    yield f"{paint.faint(gutter)}{shown}"
    if problem.column:
        before = ("…" if start else "") + visible(cut[: column - start])
        yield f"{' ' * (len(gutter) - 2)}{paint.faint('│ ')}{' ' * _width(before)}{paint.bad('^')}"


def _width(text: str) -> int:
    """How many columns a terminal gives a text: two for wide letters, none for marks."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)
