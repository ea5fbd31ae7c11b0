"""Explains validation errors of pydantic models to the author of a manifest.

Locations are followed through the given value, so pydantic's names of union members disappear. The
model's JSON Schema says what a field should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.refusal import messages_in
from reconciler.manifests.problems.schema_lookup import allowed_values, properties_of, schema_at
from reconciler.manifests.problems.suggestions import did_you_mean, list_hint, nearest
from reconciler.manifests.yaml.diagnostics import QUOTE_HINT
from reconciler.manifests.yaml.nodes import Path
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import NO_MESSAGE, Argument, Message, Personal
from reconciler.text import with_article

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_PRIMITIVES = ("str", "int", "bool", "float")
_EMPTY_IT = Message.of("write [] to empty it, or leave the key out")
_NOT_NULL = Message.of("give it a value, or leave the key out")
_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "date_type": "a date, YYYY-MM-DD",
    "date_parsing": "a date, YYYY-MM-DD",
    "date_from_datetime_parsing": "a date, YYYY-MM-DD",
    "date_from_datetime_inexact": "a date, YYYY-MM-DD",
}


@dataclass(frozen=True, slots=True)
class ValidationProblem:
    """One validation error, at a path inside the given value."""

    path: Path
    message: Message
    hint: Message = NO_MESSAGE
    of_key: bool = False


def validation_problems(
    error: ValidationError,
    model: type[BaseModel],
    given: object,
    *,
    noun: str,
    also: Iterable[str] = (),
) -> list[ValidationProblem]:
    """Every error, once, with its path in `given`.

    `noun` names what was read; `also` are allowed keys in addition to the fields of the model.
    """
    found: dict[tuple[Path, bool], list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        path, of_key, _ = _real_path(detail["loc"], given)
        found.setdefault((path, of_key), []).append(detail)
    deep = [path for path, _ in found]
    result: list[ValidationProblem] = []
    for (path, of_key), details in found.items():
        rest = details
        if any(len(other) > len(path) and other[: len(path)] == path for other in deep):
            # another member of the union matched further, so it was intended
            rest = [detail for detail in details if _real_path(detail["loc"], given)[2] == 0]
        if rest:
            result.append(_refusal(_Case(path, of_key, rest, model, noun, tuple(also))))
    return result


@dataclass(frozen=True, slots=True)
class _Case:
    path: Path
    of_key: bool
    details: list[ErrorDetails]
    model: type[BaseModel]
    noun: str
    also: tuple[str, ...]

    @property
    def label(self) -> Message:
        """The field in words: the last key of the path."""
        last = self.key_above(len(self.path)) or self.noun
        if self.path and isinstance(self.path[-1], int):
            return Message.of("entry {number} of `{last}`", number=self.path[-1] + 1, last=last)
        return Message.of("`{last}`", last=last)

    def key_above(self, end: int) -> Argument | None:
        """The last key before a position of the path; personal unless the model has it."""
        for at in reversed(range(end)):
            key = self.path[at]
            if isinstance(key, str):
                is_field = key in properties_of(schema_at(self.model, self.path[:at]))
                return key if is_field else Personal(key)
        return None


def _real_path(loc: tuple[str | int, ...], given: object) -> tuple[Path, bool, int]:
    """The part of a location that is in the value, whether it is a key, and how much was
    dropped."""
    node, path, of_key, lost = given, list[str | int](), False, 0
    for index, element in enumerate(loc):
        if isinstance(node, dict):
            last = index == len(loc) - 1
            if element in node or (last and _may_be_missing(element)):
                path.append(element)
                node = node.get(element)
                continue
        elif (
            isinstance(node, list | tuple) and isinstance(element, int) and 0 <= element < len(node)
        ):
            path.append(element)
            node = node[element]
            continue
        if element == "[key]":
            of_key = True
        else:
            lost += 1
    return tuple(path), of_key, lost


def _may_be_missing(element: str | int) -> bool:
    """Whether it is a missing key, and not one of pydantic's own names."""
    return isinstance(element, str) and "[" not in element and element not in _PRIMITIVES


def _refusal(case: _Case) -> ValidationProblem:
    detail = _relevant(case.details)
    kind, value = detail["type"], detail["input"]
    if kind == "missing":
        return _missing(case)
    if kind == "extra_forbidden":
        return _unknown(case)
    if "hint" in detail.get("ctx", {}):
        return _refused(case, detail)
    if case.of_key:
        return _bad_key(case, detail)
    if value is None:
        return _null(case)
    return ValidationProblem(case.path, *_wrong_value(case, detail, value))


def _relevant(details: list[ErrorDetails]) -> ErrorDetails:
    """The error to explain: of the members of a union, the one that accepted the type."""
    return next((detail for detail in details if "hint" in detail.get("ctx", {})), details[0])


def _missing(case: _Case) -> ValidationProblem:
    name = str(case.path[-1])
    known = schema_at(case.model, case.path)
    help_text = allowed_values(known) or str(known.get("description", ""))
    hint = Message.of("add `{name}:`", name=name)
    if help_text:
        hint = Message.of("add `{name}:`: {help}", name=name, help=help_text)
    return ValidationProblem(case.path, Message.of("`{name}` is missing", name=name), hint)


def _unknown(case: _Case) -> ValidationProblem:
    name = str(case.path[-1])
    known = list(properties_of(schema_at(case.model, case.path[:-1])))
    if len(case.path) == 1:
        known = [*case.also, *known]
    where: Argument = with_article(case.noun)
    above = case.key_above(len(case.path) - 1)
    if above is not None:
        where = Message.of("`{above}`", above=above)
        if isinstance(case.path[-2], int):
            where = Message.of("an entry of {where}", where=where)
    message = Message.of("`{name}` is not a field of {where}", name=Personal(name), where=where)
    kind = KINDS.of_collection(name)
    hint = did_you_mean(name, known, what="it has")
    if kind is not None and kind.collection not in known:
        hint = Message.of(
            "declare {plural} in separate documents, with kind: {name}",
            plural=kind.plural,
            name=kind.name,
        )
    return ValidationProblem(case.path, message, hint, of_key=True)


def _refused(case: _Case, detail: ErrorDetails) -> ValidationProblem:
    """A kind's own error, whose context has the hint and the culprit inside the value."""
    context = detail.get("ctx", {})
    inside = _path_to(str(context.get("culprit", "")), detail["input"])
    message, hint = messages_in(context) or (
        Message.of("{text}", text=Personal(detail["msg"])),
        NO_MESSAGE,
    )
    return ValidationProblem((*case.path, *inside), message, hint)


def _path_to(culprit: str, value: object) -> Path:
    """The path inside a value to the key or the last text that equals `culprit`."""
    if isinstance(value, dict) and culprit in value:
        return (culprit,)
    return next((path for path, text in reversed(list(_texts(value, ()))) if text == culprit), ())


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str) and path:
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _bad_key(case: _Case, detail: ErrorDetails) -> ValidationProblem:
    key = str(detail["input"])
    if detail["type"] == "literal_error":
        names = _literals(detail)
        message = Message.of(
            "`{key}` is not one of {names}", key=Personal(key), names=", ".join(names)
        )
        near = nearest(key, names)
        hint = Message.of("did you mean `{near}`?", near=near) if near else NO_MESSAGE
        return ValidationProblem(case.path, message, hint, of_key=True)
    hint = NO_MESSAGE
    if detail["type"] == "string_pattern_mismatch":
        hint = Message.of(
            "keys here match {pattern}", pattern=str(detail.get("ctx", {}).get("pattern"))
        )
    message = Message.of("`{key}` is not a valid key here", key=Personal(key))
    return ValidationProblem(case.path, message, hint, of_key=True)


def _null(case: _Case) -> ValidationProblem:
    types = {detail["type"] for detail in case.details}
    allowed = allowed_values(schema_at(case.model, case.path))
    if "dict_type" in types and "literal_error" in types:
        literals = [name for each in case.details for name in _literals(each)]
        hint = Message.of("write {literals}, or leave the key out", literals=" or ".join(literals))
    elif "list_type" in types:
        hint = _EMPTY_IT
    elif allowed and "string_type" not in types:
        hint = Message.of("write {allowed}, or leave the key out", allowed=allowed)
    else:
        hint = _NOT_NULL
    return ValidationProblem(
        case.path, Message.of("{label} cannot be null", label=case.label), hint
    )


def _wrong_value(case: _Case, detail: ErrorDetails, value: object) -> tuple[Message, Message]:
    wanted = [_WANTED[each["type"]] for each in case.details if each["type"] in _WANTED]
    literals = [name for each in case.details for name in _literals(each)]
    if literals:
        return _not_literal(case, literals, wanted, value)
    if wanted:
        return _wrong_type(case, detail["type"], wanted[0], value)
    if detail["type"] == "string_pattern_mismatch":
        return _not_matching(case, str(detail.get("ctx", {}).get("pattern")), value)
    return _past_a_limit(case, detail, value), NO_MESSAGE


def _past_a_limit(case: _Case, detail: ErrorDetails, value: object) -> Message:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal"):
        least = kind == "greater_than_equal"
        return Message.of(
            "{label} must be at {bound} {limit}, not {value}",
            label=case.label,
            bound="least" if least else "most",
            limit=str(context.get("ge" if least else "le")),
            value=Personal(str(value)),
        )
    if kind == "string_too_short":
        return Message.of("{label} cannot be empty", label=case.label)
    if kind in ("string_too_long", "too_long"):
        length = (
            len(value) if isinstance(value, str | list | dict) else context.get("actual_length")
        )
        limit = context.get("max_length")
        entries = "entry" if limit == 1 else "entries"
        return Message.of(
            "{label} may have at most {limit} {what}, not {length}",
            label=case.label,
            limit=str(limit),
            what="characters" if kind == "string_too_long" else entries,
            length=str(length),
        )
    expected: Argument = detail["msg"].removeprefix("Input should be ").removeprefix("Input ")
    if kind == "value_error":
        expected = Personal(detail["msg"])
    return Message.of("{label} is not valid: {expected}", label=case.label, expected=expected)


def _not_matching(case: _Case, pattern: str, value: object) -> tuple[Message, Message]:
    known = schema_at(case.model, case.path)
    wanted = str(known.get("description", "")).rstrip(".") or pattern
    message = Message.of(
        "{label} must be written {wanted}, not {value}",
        label=case.label,
        wanted=wanted,
        value=_shown(value),
    )
    examples = known.get("examples")
    if not isinstance(examples, list) or not examples:
        return message, NO_MESSAGE
    return message, Message.of("for example {example}", example=scalar_text(str(examples[0])))


def _not_literal(
    case: _Case, literals: list[str], wanted: list[str], value: object
) -> tuple[Message, Message]:
    options = [*literals, *wanted]
    one_of = " or ".join(options) if len(options) < 4 else f"one of {', '.join(options)}"
    message = _must_be(case, one_of, _shown(value))
    near = nearest(value, literals) if isinstance(value, str) else None
    if near is None and "a list" in wanted and not isinstance(value, list | dict):
        return message, list_hint(value)
    return message, Message.of("did you mean `{near}`?", near=near) if near else NO_MESSAGE


def _must_be(case: _Case, wanted: str, value: Argument) -> Message:
    return Message.of(
        "{label} must be {wanted}, not {value}", label=case.label, wanted=wanted, value=value
    )


def _wrong_type(case: _Case, kind: str, wanted: str, value: object) -> tuple[Message, Message]:
    message = _must_be(case, wanted, _what(value))
    hint = NO_MESSAGE
    scalar = isinstance(value, str | int | float)
    if kind == "string_type" and scalar:
        hint = QUOTE_HINT
    elif kind == "list_type" and scalar:
        hint = list_hint(value)
    elif kind == "bool_type" and isinstance(value, str):
        no = value.lower() in ("no", "off", "n", "false")
        yes = value.lower() in ("yes", "on", "y", "true")
        hint = Message.of(
            "write {value}", value="true" if yes else "false" if no else "true or false"
        )
    elif kind.startswith("date") and isinstance(value, str):
        message = _must_be(case, wanted, _shown(value))
    elif wanted == "a whole number" and isinstance(value, str) and value.isdigit():
        hint = Message.of("write it without quotes: {value}", value=Personal(value))
    return message, hint


def _what(value: object) -> Argument:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return Message.of("the text {value}", value=_shown(value))
    if isinstance(value, int | float):
        return Message.of("the number {value}", value=Personal(str(value)))
    return "a list" if isinstance(value, list) else "a mapping"


def _shown(value: object) -> Argument:
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:59] + "…"
        return Message.of("'{text}'", text=Personal(text))
    if isinstance(value, dict | list | bool):
        return _what(value)
    return Personal(str(value))


def _literals(detail: ErrorDetails) -> list[str]:
    if detail["type"] != "literal_error":
        return []
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return expected.split("'")[1::2]
