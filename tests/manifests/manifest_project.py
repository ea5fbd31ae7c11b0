"""A small project on disk, for tests with manifests in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.address import identity
from reconciler.manifests.desired import DesiredList, DesiredResource, Manifests
from reconciler.manifests.loading.loader import load_manifests

PROJECT = "project: acme\n"
ENVIRONMENT = "platform: {url: 'https://acme.example', id: acme-prod}\n"


@dataclass(frozen=True)
class ManifestProject:
    """Writes files, loads them, and finds resources and problems."""

    root: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    def load(self, text: str = "", environment: str | None = None) -> Manifests:
        if text:
            self.write("all.yaml", text)
        return load_manifests(self.root, environment)

    def resources(self, text: str) -> dict[str, DesiredResource]:
        return {
            resource.address: resource for resource in self.load(text).desired.resources.values()
        }

    def resource(self, text: str, address: str) -> DesiredResource:
        return self.load(text).desired.resources[identity(address)]

    def lists(self, text: str) -> dict[str, DesiredList]:
        return {listed.address: listed for listed in self.load(text).desired.lists.values()}

    def problems(self, text: str = "", environment: str | None = None) -> tuple[Problem, ...]:
        with pytest.raises(ManifestError) as caught:
            self.load(text, environment)
        return caught.value.problems

    def problem(self, text: str = "") -> Problem:
        (only,) = self.problems(text)
        return only

    def warnings(self, text: str) -> tuple[Problem, ...]:
        return self.load(text).desired.warnings


def new_project(root: Path) -> ManifestProject:
    project = ManifestProject(root)
    project.write("reconciler.yaml", PROJECT)
    project.write("environments/prod.yaml", ENVIRONMENT)
    return project
