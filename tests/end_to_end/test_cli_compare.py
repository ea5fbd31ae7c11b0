"""`compare`: how two environments, their platforms, or two saved plans differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.estate import SEED
from tests.end_to_end.harness import Sandbox, Workspace

TEST = """\
platform: {url: "http://127.0.0.1:1", id: test}
variables: {zone: America/Montevideo, mail: mail}
"""
PROD = """\
platform: {url: "http://127.0.0.1:2", id: prod}
variables: {zone: Europe/Madrid, mail: mail}
map: {connectors: {mail: mail-prod}, users: {ana: ana.prod}}
"""
PROD_SEED = {
    **SEED,
    "platform": {"id": "prod", "name": "Production"},
    "users": [*SEED["users"], {"name": "ana.prod", "full_name": "Ana"}],
    "connectors": [
        *(connector for connector in SEED["connectors"] if connector["name"] != "mail"),
        {"name": "mail-prod", "type": "email", "numbers": []},
    ],
}


@pytest.fixture
def pair(workspace: Workspace) -> Workspace:
    """The small estate in two environments: another time zone, and names that are mapped."""
    workspace.write("environments/test.yaml", TEST)
    workspace.write("environments/prod.yaml", PROD)
    workspace.edit("campaigns/sales.yaml", "America/Montevideo", "${{ zone }}")
    return workspace


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path / "prod", PROD_SEED)
    yield started
    started.stop()


def _compare(pair: Workspace, *words: str) -> tuple[str, ...]:
    return ("compare", "--env", "test", "--env", "prod", *words)


def test_two_environments_differ_by_their_variables_and_not_by_their_maps(
    pair: Workspace,
) -> None:
    found = pair.run(*_compare(pair)).expect(0)
    found.mentions("test and prod differ in 1 of ", "campaigns/Sales", "time_zone")
    found.mentions("America/Montevideo", "Europe/Madrid")
    assert "mail-prod" not in found.output
    assert "ana.prod" not in found.output
    document = pair.run(*_compare(pair, "--format", "json")).expect(0).json
    assert document["format"] == "reconciler.comparison/1"
    assert document["resources"] == [
        {
            "address": "campaigns/Sales",
            "kind": "Campaign",
            "presence": "both",
            "differences": [
                {"path": "time_zone", "first": "America/Montevideo", "second": "Europe/Madrid"}
            ],
        }
    ]


def test_names_that_one_environment_maps_to_one_are_one_in_both(pair: Workspace) -> None:
    pair.write(
        "environments/prod.yaml",
        PROD.replace("{mail: mail-prod}", "{mail: mail-prod, mail-2: mail-prod}").replace(
            "mail: mail}", "mail: mail-2}"
        ),
    )
    pair.edit("campaigns/sales.yaml", "connector: mail,", 'connector: "${{ mail }}",')
    found = pair.run(*_compare(pair)).expect(0)
    found.mentions("differ in 1 of ", "time_zone")
    assert "connector" not in found.output


def test_a_difference_ends_with_2_when_a_detailed_exit_code_is_asked_for(pair: Workspace) -> None:
    pair.run(*_compare(pair, "--detailed-exitcode")).expect(2)
    pair.write("environments/prod.yaml", PROD.replace("Europe/Madrid", "America/Montevideo"))
    pair.run(*_compare(pair, "--detailed-exitcode")).expect(0).mentions("are the same")


def _live(
    pair: Workspace, production: Sandbox, *words: str
) -> tuple[tuple[str, ...], dict[str, str | None]]:
    pair.write("environments/test.yaml", TEST.replace("http://127.0.0.1:1", pair.sandbox.url))
    pair.write("environments/prod.yaml", PROD.replace("http://127.0.0.1:2", production.url))
    variables: dict[str, str | None] = {
        "RECONCILER_URL": None,
        "RECONCILER_TOKEN": None,
        "RECONCILER_TOKEN_TEST": "sandbox-ci",
        "RECONCILER_TOKEN_PROD": "sandbox-ci",
    }
    return _compare(pair, "--live", *words), variables


def test_two_platforms_are_compared_entry_by_entry(pair: Workspace, production: Sandbox) -> None:
    for platform, ana in ((pair.sandbox, "ana"), (production, "ana.prod")):
        platform.maria.create("campaigns/Sales")
        platform.maria.put_members("Sales", ana, "luis")
    production.maria.put_members("Sales", "luis", "ana.prod", "agent01")
    production.maria.create("statuses/Training")
    pair.sandbox.maria.create("blacklist/+59829001234")
    words, variables = _live(pair, production)
    found = pair.run(*words, **variables).expect(0)
    found.mentions("Only in test:", "blacklist/~", "Only in prod:", "statuses/Training")
    found.mentions("members.order", "members[agent01]")
    assert "59829001234" not in found.output
    assert "ana.prod" not in found.output


def test_what_one_platform_hides_is_not_compared(pair: Workspace, production: Sandbox) -> None:
    pair.sandbox.maria.create("statuses/Lunch")
    words, variables = _live(pair, production)
    variables["RECONCILER_TOKEN_PROD"] = "no-statuses"
    found = pair.run(*words, **variables).expect(0)
    found.mentions("Not compared: statuses", "in what could be read")
    assert "statuses/Lunch" not in found.output


def test_each_platform_needs_its_own_token(pair: Workspace, production: Sandbox) -> None:
    words, variables = _live(pair, production)
    variables |= {"RECONCILER_TOKEN_PROD": None, "RECONCILER_TOKEN": "sandbox-ci"}
    pair.run(*words, **variables).expect(64).mentions("RECONCILER_TOKEN_PROD")
    variables["RECONCILER_URL"] = pair.sandbox.url
    pair.run(*words, **variables).expect(64).mentions("RECONCILER_URL")


def test_two_plans_differ_change_by_change(workspace: Workspace) -> None:
    workspace.saved_plan()
    first = workspace.plan_file.rename(workspace.base / "first.json")
    workspace.edit("lunch.yaml", "utensils", "mug")
    workspace.remove("contacts.yaml")
    workspace.saved_plan()
    found = workspace.run("compare", first, workspace.plan_file).expect(0)
    found.mentions("statuses/Lunch", "after.icon", "utensils", "mug", "contacts/~")
    assert "59829008000" not in found.output
    workspace.run("compare", first, first, "--detailed-exitcode").expect(0).mentions("are the same")


@pytest.mark.parametrize(
    "words",
    [
        ("--env", "test"),
        ("--env", "test", "--env", "test"),
        ("one.json",),
        ("one.json", "two.json", "--env", "test"),
        (),
    ],
)
def test_two_of_one_sort_must_be_given(pair: Workspace, words: tuple[str, ...]) -> None:
    pair.run("compare", *words).expect(64)


def test_an_environment_that_does_not_exist_is_an_error(pair: Workspace) -> None:
    pair.run("compare", "--env", "test", "--env", "prd").mentions("prd", "prod").expect(64)
