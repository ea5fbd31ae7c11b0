"""What a history says: why each run was allowed, and in one run what each step changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from reconciler.privacy.masking import Masker
from reconciler.state.journal import StepState
from reconciler.state.runs import UsedApproval
from reconciler.views.run.history import History, history_text, run_text
from reconciler.views.style.view import View
from tests.views.view_runs import NOW, START, a_run, a_step

Golden = Callable[[str, str], None]

_BREAK = {"icon": "circle", "color": "#808080"}
STEPS = (
    a_step("statuses/Lunch", "create", StepState.SUCCEEDED, after=_BREAK),
    a_step(
        "statuses/Break",
        "update",
        StepState.SUCCEEDED,
        before=_BREAK,
        after={**_BREAK, "icon": "coffee"},
    ),
    a_step("templates/Hello", "create", StepState.FAILED, "the platform refused it (422 invalid)"),
    a_step(
        "campaigns/Sales/channels/email",
        "update",
        StepState.SKIPPED,
        "not tried: it depends on templates/Hello, which was not done",
    ),
)
APPROVALS = (
    UsedApproval("delete-in-use", "statuses/Old", "merged", by="ana"),
    UsedApproval("open-hours", "statuses/Old", "merged", by="ana"),
    UsedApproval("unblock", "blacklist/+59829001234", "asked to be called"),
)


def test_a_run_in_detail(golden: Golden, masker: Masker) -> None:
    golden("run.txt", run_text((a_run(*STEPS, approvals=APPROVALS), STEPS), View(masker, NOW)))


def test_history(golden: Golden, masker: Masker) -> None:
    runs = (
        a_run(*STEPS, id="9zz1aa", approvals=APPROVALS),
        a_run(*STEPS, id="8yy1bb", operation="undo"),
        a_run(*STEPS[:2], actor="luis", started_at=START - timedelta(days=1)),
    )
    golden("history.txt", history_text(History(runs), View(masker, NOW)))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Nothing has been applied yet.\n"),
        ("statuses/Nope", "No run has changed statuses/Nope.\n"),
    ],
)
def test_an_empty_history_is_reported(masker: Masker, address: str, said: str) -> None:
    assert history_text(History((), address), View(masker, NOW)) == said
