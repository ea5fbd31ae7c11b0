"""stale-checkout: the plan comes from a checkout that does not contain what was applied last.

It blocks when HEAD is known not to contain the commit of the last apply, or when changes take back
what a run of such a commit applied. Squashed, rebased and amended commits count as contained when
HEAD's history has the same changes. It warns when the last commit is not in this clone and nothing
is taken back: the changes may be here under another commit. In a shallow checkout or outside git
nothing is known about older commits, and HEAD is usually newer, so there it only warns, and only
about changes that take back the last apply. A full clone (`fetch-depth: 0`) lets it decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from reconciler.guards.context import Guard, Review, finding
from reconciler.manifests.files.git_history import Standing
from reconciler.message import FreeText, Message, joined_messages
from reconciler.planning.applied_elsewhere import AppliedElsewhere
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import counted

CODE = "stale-checkout"
_COMMIT_CHARACTERS = 10
_RUNS_SHOWN = 3
_WHERE = {
    Standing.DIVERGED: "this checkout does not contain that commit",
    Standing.ABSENT: "that commit is not in this clone",
    Standing.UNKNOWN: "this checkout is shallow or not a git repository, so it cannot tell "
    "whether it contains that commit",
}


def _analyze(review: Review) -> Iterator[Finding]:
    plan = review.plan
    if plan.undoes or plan.is_empty:
        return
    known = [found for found in review.elsewhere if found.standing is not Standing.UNKNOWN]
    reverted = [found for found in known if found.taken_back]
    if reverted:
        yield _finding(plan.environment, "block", reverted)
        return
    for found in review.elsewhere:
        if found.is_latest and (found.taken_back or found.standing is not Standing.UNKNOWN):
            is_certain = found.standing is Standing.DIVERGED
            yield _finding(plan.environment, "block" if is_certain else "warn", [found])


def _finding(environment: str, severity: Severity, found: Sequence[AppliedElsewhere]) -> Finding:
    reverted = list(dict.fromkeys(address for each in found for address in each.taken_back))
    runs = joined_messages([_run(each) for each in found[:_RUNS_SHOWN]])
    if len(found) > _RUNS_SHOWN:
        more = counted(len(found) - _RUNS_SHOWN, "more run")
        runs = Message.of("{runs}; {more}", runs=runs, more=more)
    message = Message.of(
        "{effect}: {runs}; {where}",
        effect=f"this plan takes back {counted(len(reverted), 'change')} that other commits applied"
        if reverted
        else "the last apply was of another commit, and this plan takes nothing of it back",
        runs=runs,
        where=_WHERE[found[0].standing],
    )
    evidence = Evidence.of({"taken_back": len(reverted)}, headline="taken_back", referrers=reverted)
    return finding(CODE, severity, environment, message, _safer(found[0]), evidence)


def _run(found: AppliedElsewhere) -> Message:
    run = found.run
    return Message.of(
        "run {run} at {at} applied commit {commit}{author}",
        run=run.id,
        at=run.started_at.astimezone(UTC).isoformat(timespec="seconds"),
        commit=run.git_commit[:_COMMIT_CHARACTERS],
        author=Message.of(" of {author}", author=FreeText(run.git_author))
        if run.git_author
        else Message.of(", started by {actor}", actor=FreeText(run.actor)),
    )


def _safer(found: AppliedElsewhere) -> Message:
    commit = found.run.git_commit[:_COMMIT_CHARACTERS]
    if found.standing is Standing.DIVERGED:
        return Message.of("bring it in with `git merge {commit}`, then plan again", commit=commit)
    if found.standing is Standing.ABSENT:
        return Message.plain(
            "get the newest commits with `git fetch` and merge or rebase, then plan again"
        )
    return Message.plain(
        "fetch the whole history with `git fetch --unshallow` (`fetch-depth: 0` in CI), then plan "
        "again"
    )


GUARD = Guard(CODE, "The checkout does not contain what was applied last.", _analyze, __doc__)
