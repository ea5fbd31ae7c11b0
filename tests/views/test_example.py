"""`plans/example/` has one plan in every format, as this version prints it.

`pytest tests/views/test_example.py --regenerate` writes all of them from `plan.json`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.invocation import Invocation
from reconciler.planning.planfile.codec import read_plan_file
from reconciler.privacy.masking import Masker
from reconciler.views.formats import PLAN
from reconciler.views.style.view import View
from tests.views.view_runs import NOW

EXAMPLE = Path(__file__).parents[2] / "plans" / "example"
FILES = {
    "text": "plan.txt",
    "json": "plan-output.json",
    "markdown": "plan.md",
    "github": "github.log",
    "gitlab": "gitlab-counts.json",
    "code-quality": "gl-code-quality-report.json",
    "sarif": "plan.sarif",
}


@pytest.mark.parametrize("output_format", PLAN.formats)
def test_the_example_is_fresh(output_format: str, request: pytest.FixtureRequest) -> None:
    plan = read_plan_file(EXAMPLE / "plan.json", key=None).unverified
    view = View(Masker(b"example", invocation=Invocation("ex")), NOW)
    output = PLAN.render(plan, output_format, view)
    content = output if isinstance(output, bytes) else output.encode()
    path = EXAMPLE / FILES[output_format]
    if request.config.getoption("--regenerate"):
        path.write_bytes(content)
    assert content == path.read_bytes()
