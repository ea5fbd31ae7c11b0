"""The checker: a history for each counter, and a good history without findings."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.checker import COUNTERS, check
from tests.simulation.histories import (
    ACME,
    BETA,
    CUP,
    FORK,
    change,
    finding,
    found,
    history,
    owned,
    step,
    tracking,
    write,
)
from tests.simulation.history import CommandResult, History, LedgerCommit, RunLine, Sent

LUNCH = "statuses/Lunch"
KEY = "statuses/lunch"
CREATE = change("create", LUNCH, None, CUP)
CREATED = write("create", LUNCH, None, CUP)
UPDATE = change("update", LUNCH, CUP, FORK)
UPDATED = write("update", LUNCH, CUP, FORK)
DELETE = change("delete", LUNCH, CUP)
DELETED = write("delete", LUNCH, CUP, None)
THERE = {KEY: CUP}


def _theirs(made: History, *, protect: bool = False, ledger: str = BETA) -> History:
    """The history with another ledger that owned the same resource from the start."""
    entry = {KEY: owned(LUNCH, CUP, protect=protect)}
    made.commits.insert(0, LedgerCommit(0, ledger, "run", (), {}, entry))
    return made


def test_a_good_history_has_no_findings() -> None:
    assert found(history([CREATE], [CREATED])) == ()
    assert found(history([UPDATE], [UPDATED], start=THERE)) == ()
    assert found(history([DELETE], [DELETED], start=THERE)) == ()


def test_every_counter_has_a_test() -> None:
    tried = {
        "lost": history([CREATE], []),
        "doubled": history([CREATE], [CREATED, replace(CREATED, request=2)]),
        "collateral": _signature_dropped(),
        "silent": history([CREATE], [CREATED], steps=[step(CREATE, state="failed")]),
        "unreviewed": history([UPDATE], [write("update", LUNCH, FORK, FORK)], start=THERE),
        "wrong owner": _theirs(history([UPDATE], [UPDATED], start=THERE)),
        "protection": _theirs(history([DELETE], [DELETED], start=THERE), protect=True),
        "stuck": history([CREATE], [CREATED], finished=None),
        "broken": History(broken=["KeyError"]),
    }
    assert set(tried) == set(COUNTERS)
    for counter, made in tried.items():
        assert counter in found(made), counter


# ---- lost --------------------------------------------------------------------------------


def test_a_step_that_was_already_true_is_not_lost() -> None:
    assert found(history([CREATE], [], start={KEY: CUP})) == ()
    by_maria = write("create", LUNCH, None, CUP, key=None, by="maria")
    assert found(history([CREATE], [by_maria])) == ()


def test_a_state_true_at_verification_is_not_lost() -> None:
    made_again = write("create", LUNCH, None, CUP, key=None, by="maria")
    made = history([DELETE], [made_again])
    made.runs = [replace(made.runs[0], verified=0, began=1)]
    assert found(made) == ()
    made.runs = [replace(made.runs[0], verified=1)]
    assert found(made) == ("lost",)


def test_members_of_a_campaign_that_was_created_again_are_empty() -> None:
    campaign, members = "campaigns/North", "campaigns/North/members"
    writes = [
        write("delete", campaign, {}, None, key=None, by="maria"),
        write("delete", members, CUP, None, asked=campaign, key=None, by="maria"),
        write("create", campaign, None, {}, key=None, by="maria"),
    ]
    made = history(
        [change("update", members, CUP, FORK)], writes, start={campaign: {}, members: CUP}
    )
    made.blank = {"members": FORK}
    assert "lost" not in found(made)
    made.blank = {"members": {"icon": "spoon"}}
    assert "lost" in found(made)


def test_a_delete_without_effect_is_lost() -> None:
    assert found(history([DELETE], [], start=THERE)) == ("lost",)


def test_a_success_without_its_ledger_change_is_lost() -> None:
    made = history([CREATE], [CREATED])
    made.commits = [replace(commit, after={}) for commit in made.commits]
    assert found(made) == ("lost",)


# ---- doubled -----------------------------------------------------------------------------


def test_an_undone_write_is_repeated_under_another_token() -> None:
    undone = write("delete", LUNCH, CUP, None, key=None, by="maria", request=2)
    again = replace(CREATED, request=3, by="other")
    verdict = check(history([CREATE], [CREATED, undone, again]))
    assert verdict.failed == ()
    assert verdict.forgiven.total() == 1
    same_token = replace(again, by="ci")
    assert "doubled" in found(history([CREATE], [CREATED, undone, same_token]))


# ---- collateral --------------------------------------------------------------------------

EMAIL = "campaigns/Sales/channels/email"


def _signature_dropped(*, shown: bool = False, detail: str = "") -> History:
    gone = change("delete", "templates/Bye", CUP)
    dropped = write(
        "update", EMAIL, {"signature": "Bye"}, {"signature": None}, asked="templates/Bye"
    )
    consequence = {"address": EMAIL, "field": "signature", "before": "Bye", "after": None}
    return history(
        [gone],
        [write("delete", "templates/Bye", CUP, None), dropped],
        start={"templates/bye": CUP, EMAIL.lower(): {"signature": "Bye"}},
        consequences=[consequence] if shown else [],
        steps=[step(gone, detail=detail)],
    )


def test_a_side_effect_shown_in_plan_or_journal_is_not_collateral() -> None:
    assert found(_signature_dropped()) == ("collateral",)
    assert found(_signature_dropped(shown=True)) == ()
    assert found(_signature_dropped(detail=f"{EMAIL} was changed with it")) == ()


# ---- silent ------------------------------------------------------------------------------


def test_a_write_recorded_as_late_is_not_silent() -> None:
    for said in ({"fenced": True}, {"detail": "skipped; a late answer: succeeded (201)"}):
        made = history([CREATE], [CREATED], steps=[step(CREATE, state="skipped", **said)])
        assert found(made) == ()


def test_a_write_after_the_wait_is_forgiven_and_counted() -> None:
    made = history([CREATE], [CREATED], steps=[step(CREATE, state="skipped")])
    made.sent = {1: Sent(36.0, 0)}
    verdict = check(made)
    assert verdict.failed == ()
    assert verdict.forgiven.total() == 1


def test_an_exit_code_that_differs_from_the_journal_is_silent() -> None:
    made = history([CREATE], [CREATED])
    made.results = [
        CommandResult("run", 0, True, ("succeeded",)),
        CommandResult("run", 5, True, ("failed",)),
    ]
    assert found(made) == ()
    made.results.append(CommandResult("run", 0, True, ("failed",)))
    assert found(made) == ("silent",)
    made.results = [CommandResult("run", 5, True, ("succeeded",))]
    assert found(made) == ("silent",)


def test_a_finished_run_with_an_unsettled_step_is_silent() -> None:
    assert found(history([CREATE], [], steps=[step(CREATE, state="unknown")])) == ("silent",)


# ---- unreviewed --------------------------------------------------------------------------


def test_a_write_on_an_unplanned_base_is_unreviewed() -> None:
    made = history([UPDATE], [write("update", LUNCH, {"icon": "tea"}, FORK)], start=THERE)
    assert found(made) == ("unreviewed",)


def test_a_write_of_an_unplanned_value_is_unreviewed() -> None:
    made = history([UPDATE], [write("update", LUNCH, CUP, {"icon": "tea"})], start=THERE)
    assert found(made) == ("unreviewed",)
    elsewhere = write("update", "statuses/Tea", CUP, FORK)
    assert found(history([UPDATE], [elsewhere], start=THERE)) == ("unreviewed",)
    assert found(history([UPDATE], [DELETED], start=THERE)) == ("unreviewed",)


def test_a_write_without_a_plan_is_unreviewed() -> None:
    made = history([CREATE], [CREATED, write("create", "statuses/Tea", None, CUP, key="other")])
    assert found(made) == ("unreviewed",)
    made = history([CREATE], [CREATED])
    made.plans = {}
    assert "unreviewed" in found(made)


def test_cascaded_deletes_must_be_shown_with_their_state() -> None:
    sales, own = "campaigns/Sales", "campaigns/Sales/statuses/Own"
    parent = change("delete", sales, {}, cascaded=False)
    child = change("delete", own, CUP, cascaded=True)
    start = {sales.lower(): {}, own.lower(): CUP}
    writes = [write("delete", sales, {}, None), write("delete", own, CUP, None, asked=sales)]
    assert found(history([parent, child], writes, start=start)) == ()
    assert found(history([parent], writes, start=start)) == ("unreviewed",)
    stale = change("delete", own, FORK, cascaded=True)
    assert found(history([parent, stale], writes, start=start)) == ("unreviewed",)


def test_a_child_edited_while_its_parent_is_deleted_is_forgiven() -> None:
    sales, own = "campaigns/Sales", "campaigns/Sales/statuses/Own"
    edited = write("update", own, FORK, CUP, key=None, by="maria", request=1)
    writes = [
        edited,
        write("delete", sales, {}, None, request=2),
        write("delete", own, CUP, None, asked=sales, request=2),
    ]
    changes = [change("delete", sales, {}), change("delete", own, FORK, cascaded=True)]
    made = history(changes, writes, start={sales.lower(): {}, own.lower(): FORK})
    assert check(made).forgiven.total() == 1
    assert found(made) == ()
    made.sent[2] = Sent(1.0, 1)  # it was read after the edit
    assert found(made) == ("unreviewed",)


def test_a_ledger_that_differs_from_the_plan_is_unreviewed() -> None:
    protected = {KEY: owned(LUNCH, CUP, protect=True)}
    assert found(history([UPDATE], [UPDATED], start=THERE, before=protected)) == ("unreviewed",)
    forget = change("forget", LUNCH, CUP, CUP, tracking=None)
    assert found(history([forget], [], start=THERE)) == ()
    assert found(history([forget], [], start=THERE, before=protected)) == ("unreviewed",)


def test_a_delete_of_a_released_resource_is_unreviewed_unless_it_had_no_effect() -> None:
    assert found(history([DELETE], [DELETED], start=THERE, before={})) == ("unreviewed",)
    assert found(history([DELETE], [], before={})) == ()


def test_a_second_change_starts_from_the_result_of_the_first() -> None:
    renamed = change(
        "rename", "dispositions/B", CUP, CUP, previous_address="dispositions/A",
        previous_tracking=tracking(CUP), tracking=tracking(CUP, protect=True),
    )  # fmt: skip
    updated = change("update", "dispositions/B", CUP, FORK)
    writes = [
        write(
            "rename", "dispositions/B", CUP, CUP, asked="dispositions/A", previous="dispositions/A"
        ),
        write("update", "dispositions/B", CUP, FORK, key="key-1", request=2),
    ]
    before = {"dispositions/a": owned("dispositions/A", CUP)}
    made = history([renamed, updated], writes, start={"dispositions/a": CUP}, before=before)
    assert found(made) == ()


# ---- owners and protection ---------------------------------------------------------------


def test_a_delete_that_cascades_to_another_projects_resource_has_the_wrong_owner() -> None:
    parent, below = "statuses", LUNCH
    changes = [change("delete", parent, {}), change("delete", below, CUP, cascaded=True)]
    writes = [write("delete", parent, {}, None), write("delete", below, CUP, None, asked=parent)]
    made = history(changes, writes, start={parent: {}, KEY: CUP}, before={})
    changes[0]["previous_tracking"] = changes[1]["previous_tracking"] = None
    assert found(made) == ()
    assert found(_theirs(made)) == ("wrong owner",)


def test_a_resource_with_two_owners_has_the_wrong_owner() -> None:
    made = history([CREATE], [], start=THERE)
    made.commits.append(LedgerCommit(0, BETA, "run", (), {}, {KEY: owned(LUNCH, CUP)}))
    assert found(made) == ("wrong owner",)


def test_a_protected_delete_needs_its_own_approval() -> None:
    for approved, expected in ((True, ()), (False, ("protection",))):
        made = history(
            [change("delete", LUNCH, CUP, previous_tracking=tracking(CUP, protect=True))],
            [DELETED],
            start=THERE,
            before={KEY: owned(LUNCH, CUP, protect=True)},
            findings=[finding("delete-protected", LUNCH, approved=approved)],
        )
        assert found(made) == expected
    other = [finding("delete-protected", "statuses/Tea", approved=True)]
    protected = {KEY: owned(LUNCH, CUP, protect=True)}
    made = history([DELETE], [DELETED], start=THERE, findings=other, before=protected)
    assert "protection" in found(made)


# ---- the end -----------------------------------------------------------------------------


def test_stuck_runs_and_crashes_are_reported() -> None:
    assert found(History(stuck=["run"])) == ("stuck",)
    made = History(runs=[RunLine("run", ACME, "plan", (), 0, 0, None)])
    assert found(made) == ("stuck",)
