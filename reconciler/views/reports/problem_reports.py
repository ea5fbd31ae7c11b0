"""The result of a validation for pipelines: annotations, SARIF, and JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic import JsonValue

from reconciler.errors import Problem
from reconciler.manifests.source import Source
from reconciler.text import visible
from reconciler.views.reports.problems import Validation, validation_text
from reconciler.views.style.repository import FilePosition, file_position
from reconciler.views.style.sarif import message, physical_location, sarif_bytes
from reconciler.views.style.view import View
from reconciler.views.style.workflow_commands import Annotation, annotation_lines

_RULES = {
    "error": ("manifest-problem", "A problem in a manifest."),
    "warning": ("manifest-warning", "Something unusual in a manifest."),
}
_Level = Literal["error", "warning"]


def validation_github(validation: Validation, view: View) -> str:
    """An annotation for each problem and warning."""
    annotations = [
        Annotation(level, visible(problem.place), _text(problem, view), _place(problem, view))
        for level, problem in _problems(validation)
    ]
    lines = list(annotation_lines(annotations))
    if not validation.problems:
        lines.append(validation_text(validation, view))
    return "\n".join(lines) + "\n"


def validation_sarif(validation: Validation, view: View) -> bytes:
    """A result for each problem and warning."""
    results: list[dict[str, JsonValue]] = [
        {
            "ruleId": _RULES[level][0],
            "level": level,
            "message": message(_text(problem, view)),
            "locations": [{"physicalLocation": physical_location(_place(problem, view))}],
        }
        for level, problem in _problems(validation)
    ]
    used = {level for level, _ in _problems(validation)}
    rules = dict(_RULES[level] for level in sorted(used))
    return sarif_bytes(results, rules, automation="reconciler/validate/")


def validation_junit(validation: Validation, view: View) -> bytes:
    """A failed test for each problem, or a passed one for each environment; no warnings."""
    problems = sorted(validation.problems)
    names = [] if problems else list(validation.environments)
    count = str(len(problems) or len(names))
    suite = Element(
        "testsuite",
        name="reconciler validate",
        tests=count,
        failures=str(len(problems)),
        errors="0",
        skipped="0",
    )
    for name in names:
        SubElement(suite, "testcase", classname="environment", name=visible(name))
    for problem in problems:
        place = _place(problem, view)
        case = SubElement(suite, "testcase", classname=place.file, name=visible(problem.place))
        text = _text(problem, view)
        failure = SubElement(case, "failure", message=text.partition("\n")[0])
        failure.text = text
    suites = Element("testsuites")
    suites.append(suite)
    xml: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _problems(validation: Validation) -> Iterator[tuple[_Level, Problem]]:
    yield from (("error", problem) for problem in sorted(validation.problems))
    yield from (("warning", problem) for problem in sorted(validation.warnings))


def _text(problem: Problem, view: View) -> str:
    """The message and the hint, a line each."""
    return "\n".join(filter(None, map(view.message, (problem.message, problem.hint))))


def _place(problem: Problem, view: View) -> FilePosition:
    source = Source(visible(problem.file), problem.line, problem.column)
    return file_position(source, view.masker.invocation.folder)
