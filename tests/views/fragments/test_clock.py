from __future__ import annotations

import pytest

from reconciler.applying.events import ClocksDiffer
from reconciler.privacy.masking import Masker
from reconciler.views.fragments.clock import clock_document, clock_warning
from reconciler.views.plan.text import plan_text
from reconciler.views.run.report import event_line
from reconciler.views.style.colour import PLAIN
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, update
from tests.views.view_runs import NOW


@pytest.mark.parametrize("ahead", [None, 0, 60, -60])
def test_a_difference_up_to_a_minute_gives_no_warning(ahead: int | None) -> None:
    assert clock_warning(ahead) == ""
    assert clock_document(ahead) == {"platform_ahead_seconds": ahead, "warning": ""}


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (61, "1 minute behind"),
        (-90 * 60, "90 minutes ahead of"),
        (5 * 3600, "5 hours behind"),
        (-100 * 86_400, "100 days ahead of"),
    ],
)
def test_a_larger_difference_gives_a_warning_with_its_size(ahead: int, said: str) -> None:
    warning = clock_warning(ahead)
    assert warning.startswith(f"This machine's clock is {said} the platform's. Opening hours")
    assert clock_document(ahead)["warning"] == warning


def test_a_plan_shows_the_platforms_time_if_the_clocks_differ(masker: Masker) -> None:
    one = update("statuses/Tea", {}, {"icon": "mug"})
    off = a_plan(one, platform_time="2026-11-23T07:00:00+00:00")
    assert off.platform_ahead_seconds == -9000
    text = plan_text(off, View(masker, NOW, PLAIN))
    assert "The platform's clock showed 2026-11-23 07:00 UTC when this was planned." in text
    agreeing = a_plan(one, platform_time="2026-11-23T09:30:03+00:00")
    assert "clock" not in plan_text(agreeing, View(masker, NOW, PLAIN))


def test_an_apply_warns_if_the_clocks_differ(masker: Masker) -> None:
    told = event_line(ClocksDiffer(7200), View(masker, NOW))
    assert told is not None
    assert told.startswith("  ! This machine's clock is 2 hours behind the platform's")
