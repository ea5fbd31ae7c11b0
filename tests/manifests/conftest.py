"""A project folder for each test that asks for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.manifests.manifest_project import ManifestProject, new_project


@pytest.fixture
def project(tmp_path: Path) -> ManifestProject:
    return new_project(tmp_path)
