"""The examples in `docs/sandbox.md` are valid."""

from __future__ import annotations

import json
import re
from pathlib import Path

from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.faults.faults import fault_plan
from tests.sandbox.sandbox_api import Api, settings

_PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()


def _example(language: str) -> str:
    (only,) = re.findall(rf"```{language}\n(.*?)```", _PAGE, re.DOTALL)
    return str(only)


def test_the_seed_on_the_page_is_valid() -> None:
    api = Api(create_app(settings(seed=json.loads(_example("json")))), token="secret")
    assert api.call("GET", "/v1/contacts").status_code == 403
    assert api.call("GET", "/v1/platform").json()["id"] == "acme-test"
    usage = api.call("GET", "/v1/statuses/Lunch:usage").json()
    assert "ana" in json.dumps(usage)


def test_the_faults_on_the_page_are_valid(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(_example("yaml"))
    assert [rule.fault for rule in fault_plan(file).rules] == ["429", "reset-after", "latency"]


def test_the_page_documents_every_fault() -> None:
    from reconciler.sandbox.faults import rules

    kinds = rules.__dict__.values()
    names = {
        name
        for kind in kinds
        if isinstance(kind, type) and "fault" in getattr(kind, "model_fields", {})
        for name in kind.model_fields["fault"].annotation.__args__
    }
    assert len(names) > 10
    assert {name for name in names if f"`{name}`" not in _PAGE} == set()
