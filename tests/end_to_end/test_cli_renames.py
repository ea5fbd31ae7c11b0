"""A declared rename that cannot be made is never ignored without a word."""

from __future__ import annotations

from tests.end_to_end.harness import Workspace, blocking, by_action


def test_a_misspelled_old_name_blocks_until_it_is_corrected(settled: Workspace) -> None:
    settled.edit("dispositions.yaml", "[Completed,", "[{name: Closed, renamed_from: Complated},")
    found = settled.run("plan").expect(3)
    found.mentions("spent-rename", "did you mean 'Completed'?", "`renamed_from: Completed`")

    settled.edit("dispositions.yaml", "Complated", "Completed")
    plan = settled.saved_plan()
    assert by_action(plan) == {"rename": ["dispositions/Sale/Closed"]}


def test_a_misspelled_old_name_of_a_status_blocks(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "name: Lunch", "name: Meal\nrenamed_from: Lunhc")
    assert ("spent-rename", "statuses/Meal") in blocking(settled.plan())


def test_a_path_as_old_name_is_an_error(settled: Workspace) -> None:
    settled.write(
        "won.yaml",
        "kind: Disposition\nname: Won\nlevels: [{name: Done, renamed_from: Sale/Completed}]\n",
    )
    settled.edit("dispositions.yaml", "[Completed, Postponed]", "[Postponed]")
    found = settled.run("plan").expect(1)
    found.mentions("won.yaml:3", "cannot move to another parent", "with its history")


def test_a_rename_made_before_never_blocks(settled: Workspace) -> None:
    settled.edit("dispositions.yaml", "Completed", "{name: Closed, renamed_from: Completed}")
    settled.plan_and_apply()
    settled.edit("dispositions.yaml", ", Postponed", "")
    plan = settled.saved_plan()
    assert by_action(plan) == {"delete": ["dispositions/Sale/Postponed"]}
