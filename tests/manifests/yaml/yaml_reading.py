"""Reading a text as the tests of the YAML reader do."""

from __future__ import annotations

from reconciler.errors import Problem
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.nodes import Document, YamlValue
from reconciler.manifests.yaml.reader import read_documents

DEFAULT = FileLimits()


def read(text: str | bytes, limits: FileLimits = DEFAULT) -> tuple[list[Document], list[Problem]]:
    data = text.encode() if isinstance(text, str) else text
    return read_documents(data, "configs/a.yaml", limits)


def root(text: str | bytes) -> YamlValue:
    documents, problems = read(text)
    assert problems == []
    (document,) = documents
    return document.root


def problem(text: str | bytes, limits: FileLimits = DEFAULT) -> Problem:
    (only,) = read(text, limits)[1]
    return only
