"""`${{ … }}`: its variables, the types of its values, and the text it leaves unchanged."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler.kinds.base import Fields
from tests.manifests.manifest_project import ENVIRONMENT, ManifestProject


@pytest.fixture(autouse=True)
def environment(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml",
        ENVIRONMENT + "variables: {wa: wa-main, limit: 7, on: true, days: [a, b], who: {x: y}}\n",
    )


def channel(project: ManifestProject, fields: str) -> Fields:
    text = f"{{kind: Channel, campaign: S, type: whatsapp, {fields}}}"
    return project.resource(text, "campaigns/S/channels/whatsapp").fields


def test_a_whole_scalar_keeps_its_type(project: ManifestProject) -> None:
    fields = "max_queue: '${{ limit }}', enabled: '${{ on }}', connector: '${{ wa }}'"
    assert channel(project, fields) == {"enabled": True, "connector": "wa-main", "max_queue": 7}


def test_a_part_of_a_scalar_is_text(project: ManifestProject) -> None:
    fields = channel(project, "connector: 'x-${{ wa }}-${{ limit + 1 }}'")
    assert fields == {"connector": "x-wa-main-8"}


@pytest.mark.parametrize("written", ["'${{ limit }}'", '"${{ limit }}"', "${{limit}}"])
def test_a_number_in_place_of_text_gets_a_hint_to_quote_it(
    project: ManifestProject, written: str
) -> None:
    for document in (
        f"kind: Status\nname: {written}\n",
        f"kind: Status\nname: A\nicon: {written}\n",
    ):
        assert project.problem(document).hint.unmasked() == "make it text: ${{ limit | string }}"
    assert project.resource("{kind: Status, name: '${{ limit | string }}'}", "statuses/7")


def test_two_expressions_side_by_side_are_text(project: ManifestProject) -> None:
    assert channel(project, "connector: '${{ limit }}${{ limit }}'") == {"connector": "77"}


def test_lists_come_whole_and_problems_in_them_stand_at_the_expression(
    project: ManifestProject,
) -> None:
    text = "{kind: Campaign, name: S, forms: '${{ days }}', statuses: '${{ days }}'}"
    assert project.resource(text, "campaigns/S").fields == {"forms": ["a", "b"]}
    found = project.problem("{kind: Campaign, name: S, forms: '${{ [3] }}'}")
    assert found.column == 34


def test_placeholders_of_the_platform_survive(project: ManifestProject) -> None:
    text = "Hi {{ name }} {% if x %} {# y #}, ${{ wa }}"
    fields = channel(project, f"out_of_hours_message: '{text}'")
    assert fields["out_of_hours_message"] == text.replace("${{ wa }}", "wa-main")


def test_names_can_hold_variables(project: ManifestProject) -> None:
    assert list(project.resources("{kind: Status, name: 'S ${{ limit }}'}")) == ["statuses/S 7"]


def test_filters_and_defaults_work(project: ManifestProject) -> None:
    fields = channel(project, "connector: \"${{ wa | upper }}${{ none_such | default('x') }}\"")
    assert fields == {"connector": "WA-MAINx"}


def test_what_is_not_defined_is_an_error_with_the_nearest_name(project: ManifestProject) -> None:
    found = project.problem("{kind: Status, name: A, icon: '${{ limt }}'}")
    assert found.message.unmasked() == "the variable 'limt' does not exist"
    assert found.hint.unmasked() == "did you mean `limit`?"
    assert found.column == 31


@pytest.mark.parametrize(
    "expression",
    [
        "env.HOME",
        "who.z",
        "limit.__class__",
        "''.__class__.__mro__",
        "range(10)",
        "lipsum()",
        "1 / 0",
        "'a' * 100000000",
        "9 ** 99999999",
        "limit +",
        "{1: 2}",
        "limit.bit_length",
        "9999999999999999999999",
        "days | random",
    ],
)
def test_expressions_see_variables_alone_and_cannot_do_harm(
    project: ManifestProject, expression: str
) -> None:
    text = f'kind: Status\nname: A\nicon: "${{{{ {expression} }}}}"\n'
    assert len(project.problems(text)) == 1


def test_a_key_cannot_be_a_variable(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: S, channels: {'${{ wa }}': {}}}"
    assert "a key cannot be a variable" in [
        problem.message.unmasked() for problem in project.problems(text)
    ]


def test_without_an_expression_jinja_is_not_imported(project: ManifestProject) -> None:
    project.write("a.yaml", "{kind: Status, name: A}")
    program = (
        "import sys; from pathlib import Path; "
        "from reconciler.manifests.loading.loader import load_manifests; "
        f"load_manifests(Path({str(project.root)!r}), None); "
        "print([m for m in ('jinja2', 'difflib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
