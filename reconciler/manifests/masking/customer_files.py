"""Decides from the parsed content whether a file may contain customers. In doubt it does.

A file is harmless only if all of it could be read and every document has a known kind that is not
personal, only keys of that kind, and nothing that looks like a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import PurePosixPath

from reconciler.errors import Problem
from reconciler.kinds.registry import KINDS
from reconciler.manifests.declaration_keys import KIND
from reconciler.manifests.files.discovery import APPROVALS, ENVIRONMENTS, PROJECT_FILE
from reconciler.manifests.masking.keys import keys_of_customers, known_keys
from reconciler.manifests.problems.suggestions import nearest
from reconciler.manifests.yaml.nodes import Document, Mapping, YamlValue

_PHONE = re.compile(r"\+[\d\s().-]{6,}|[\d(][\d\s()./-]{6,}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EMAIL = re.compile(r"[^\s@/:]+@[^\s@/:]+")
_ADDRESS = re.compile(
    rf"(?:^|/)(?:{'|'.join(kind.collection for kind in KINDS if kind.is_personal)})(?:/|$)"
)
_LIKENESS, _LIKENESS_OF_THE_SHORT, _SHORT = 0.75, 0.85, 3
_LARGEST_COUNT = 999_999
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")

# Keys whose values look like personal data but are not.
_NUMBERS = frozenset({"id", "numbers", "text_code"})
_STAFF = frozenset({"members", "user", "users", "add", "remove", "by"})
_CONNECTORS = frozenset({"connector", "connectors"})
_FREE_TEXT = frozenset(
    {"confirmation_message", "content", "description", "out_of_hours_message", "reason", "text"}
)
_CHOSEN_BY_PEOPLE = "variables"
_BY_LANGUAGE = frozenset({"no_agent_message", "welcome"})


def may_hold_customers(
    file: str, documents: Sequence[Document], problems: Sequence[Problem]
) -> bool:
    """Whether problems in the file must be masked. `problems` are those of reading its YAML."""
    if problems:
        return True
    if _has_a_role(file):
        return any(_names_a_person(document.root) for document in documents)
    return any(_declares_customers(document.root) for document in documents)


def _has_a_role(file: str) -> bool:
    """Whether it is the project file, an environment or a file of approvals."""
    parts = PurePosixPath(file).parts
    return file == PROJECT_FILE or parts[0] in (ENVIRONMENTS, APPROVALS)


def _declares_customers(root: YamlValue) -> bool:
    name = root.get(KIND) if isinstance(root, Mapping) else None
    kind = KINDS.named(name) if isinstance(name, str) else None
    if kind is None or kind.is_personal or _names_a_person(root):
        return True
    return any(_is_unknown(key, above) for key, above in _keys(root, ""))


def _names_a_person(root: YamlValue) -> bool:
    """Whether a key or value looks like a customer's number or address, or a key is named so."""
    customers = keys_of_customers()
    return any(
        key in customers or _looks_like_a_person(key, above) for key, above in _keys(root, "")
    ) or any(_looks_like_a_person(value, key) for value, key in _scalars(root, ""))


def _keys(node: YamlValue, above: str) -> Iterator[tuple[str, str]]:
    """Each key, with the nearest known key above it."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield key, above
            if key != _CHOSEN_BY_PEOPLE:
                yield from _keys(value, _known_or(key, above))
    elif isinstance(node, list):
        for value in node:
            yield from _keys(value, above)


def _scalars(node: YamlValue, above: str) -> Iterator[tuple[YamlValue, str]]:
    """Each value that is neither mapping nor list, with the nearest known key above it."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if above not in _BY_LANGUAGE and key != _CHOSEN_BY_PEOPLE:
                yield from _scalars(value, _known_or(key, above))
    elif isinstance(node, list):
        for value in node:
            yield from _scalars(value, above)
    else:
        yield node, above


def _known_or(key: str, above: str) -> str:
    return key if key in known_keys() else above


@cache
def _is_unknown(key: str, above: str) -> bool:
    """Whether a key says nothing about its value. A misspelled known key does say it."""
    if key in known_keys() or (above in _BY_LANGUAGE and _LANGUAGE.fullmatch(key)):
        return False
    customers = keys_of_customers()
    likeness = _LIKENESS if len(key) > _SHORT else _LIKENESS_OF_THE_SHORT
    meant = nearest(key, [*customers, *sorted(known_keys())], cutoff=likeness)
    return meant is None or meant in customers


def _looks_like_a_person(value: YamlValue, above: str) -> bool:
    if above in _FREE_TEXT or value is None or isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return value > _LARGEST_COUNT and above not in _NUMBERS
    if not isinstance(value, str):
        return False
    if _EMAIL.fullmatch(value):
        return above not in _STAFF | _CONNECTORS
    if _ADDRESS.search(value):
        return True
    return bool(_PHONE.fullmatch(value)) and above not in _NUMBERS and not _DATE.fullmatch(value)
