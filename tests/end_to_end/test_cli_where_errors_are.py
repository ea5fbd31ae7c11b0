"""Errors point at what was written, once, and say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.harness import Cli, Workspace


def test_a_mapped_name_is_reported_at_the_written_line(settled: Workspace) -> None:
    settled.write(
        "environments/test.yaml",
        'platform: {url: "http://127.0.0.1:1", id: test}\n'
        "map: {users: {luis: luis.prod}, connectors: {mail: mail-prod}}\n",
    )
    found = settled.run("plan").expect(1)
    found.mentions(
        "campaigns/sales.yaml:10:",
        "the member 'luis.prod' is not a user of the platform",
        "the manifest has 'luis', which `map.users` of environments/test.yaml changes",
        "campaigns/sales.yaml:6:",
        "the manifest has 'mail', which `map.connectors` of environments/test.yaml changes",
    )


def test_many_resources_that_name_one_missing_campaign_are_one_error(settled: Workspace) -> None:
    days = "".join(
        f"  - {{name: Day {day}, date: 2098-01-{day:02}, campaigns: [Support]}}\n"
        for day in range(1, 27)
    )
    settled.write("days.yaml", f"kind: Holiday\nitems:\n{days}")
    settled.plan_and_apply()
    settled.remove("campaigns/support.yaml")
    found = settled.run("plan").expect(1)
    found.mentions(
        "26 holidays refer to the campaign 'Support', which this plan deletes",
        "days.yaml:3, days.yaml:4, days.yaml:5 and 23 more",
        "1 problem in 1 file",
    )


def test_many_resources_of_one_missing_campaign_are_one_error(watched: Workspace) -> None:
    watched.write("new.yaml", "kind: Status\ncampaign: Nowhere\nitems: [A, B, C, D]\n")
    found = watched.run("plan").expect(1)
    found.mentions("4 resources are in campaigns/Nowhere, which does not exist", "1 problem in 1")


@pytest.mark.parametrize("place", ["campaigns", "."])
def test_a_folder_next_to_the_project_says_where_the_project_is(
    watched: Workspace, place: str
) -> None:
    at, other = (watched.folder / "campaigns", "..") if place != "." else (watched.base, "estate")
    run = Cli(watched.variables, at)
    for command in ("validate", "plan", "drift"):
        found = run(command).expect(1)
        found.mentions(f"this folder has no reconciler.yaml; {other} has one")
        found.mentions(f"run `reconciler {command} --dir {other}`", "1 problem in 1 file")
        assert "no reconciler.yaml" not in run(command, "--dir", other).output


def test_a_named_folder_without_a_project_says_which_to_name(watched: Workspace) -> None:
    run, inside = Cli(watched.variables, watched.base), Path("estate") / "campaigns"
    for words in (("--dir", inside), ("-C", inside), (f"--dir={inside}",), (inside,)):
        found = run("plan", *words, "--env", "test").expect(1)
        found.mentions("estate/campaigns has no reconciler.yaml; estate has one")
        found.mentions("run `reconciler plan --env test --dir estate`")
    run("plan", "--env", "test", "--dir", "estate").expect(0)


def test_several_projects_below_a_folder_are_all_named(watched: Workspace) -> None:
    for name in ("east", "west"):
        watched.write(f"../{name}/reconciler.yaml", "project: other\n")
    found = Cli(watched.variables, watched.base)("validate").expect(1)
    found.mentions("this folder has no reconciler.yaml; east, estate and west have one")


@pytest.mark.parametrize("zone", ["GMT-3", "UTC+3", "UTC-03:00", "-03:00", "GMT+0530"])
def test_an_offset_as_time_zone_says_to_name_a_place(watched: Workspace, zone: str) -> None:
    watched.edit("campaigns/sales.yaml", "America/Montevideo", f'"{zone}"')
    found = watched.run("validate").expect(1)
    found.mentions("is an offset", "write the zone of a place, such as America/Montevideo")
