"""Problems, errors, usage and permissions."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from reconciler.applying.report import BlockedAtApply
from reconciler.errors import (
    AccessDenied,
    Locked,
    ManifestError,
    PlanStale,
    Problem,
    Unreachable,
    UsageError,
)
from reconciler.kinds.address import Address
from reconciler.live.platform import PlatformInfo, RecentUse, Referrer, Usage
from reconciler.message import Message
from reconciler.privacy.masking import Masker
from reconciler.views.reports.errors import error_text
from reconciler.views.reports.permissions import permissions_json, permissions_text
from reconciler.views.reports.problems import problems_text
from reconciler.views.reports.usage import usage_json, usage_text
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, blocking
from tests.views.view_runs import NOW

VIEW = View(Masker(b""), NOW)
Golden = Callable[[str, str], None]

PROBLEMS = (
    Problem(
        "sales.yaml",
        7,
        12,
        Message.of("there is no user 'anna'"),
        Message.of("did you mean ana?"),
        "  - {user: anna}",
    ),
    Problem("sales.yaml", 2, 1, Message.of("'Sales' occurs twice"), excerpt="name: Sales"),
    Problem("big.yaml", 0, 0, Message.of("the file is larger than 10 MB")),
)


def test_a_problem_has_its_place_message_and_hint(golden: Golden) -> None:
    golden("problems.txt", problems_text(PROBLEMS, VIEW))


def test_one_problem_is_counted_in_the_singular() -> None:
    assert problems_text(PROBLEMS[:1], VIEW).endswith("1 problem in 1 file\n")
    assert "1 warning in" in problems_text(PROBLEMS[:1], VIEW, noun="warning")


def test_the_caret_is_below_the_column_of_wide_and_escaped_letters() -> None:
    problem = Problem("a.yaml", 1, 4, Message.of("no"), excerpt="日\x1bxy")
    lines = problems_text([problem], VIEW).splitlines()
    assert lines[1] == "  1 │ 日\\x1bxy"
    assert lines[2] == "    │ " + " " * 7 + "^"


def test_a_long_source_line_is_cut_around_the_problem() -> None:
    excerpt = "x" * 500 + "HERE" + "y" * 500
    lines = problems_text(
        [Problem("a.yaml", 1, 501, Message.of("no"), excerpt=excerpt)], VIEW
    ).splitlines()
    assert len(lines[1]) < 120
    assert lines[1][lines[2].index("^") :].startswith("HERE")


def test_an_error_gets_a_next_step_if_it_has_none() -> None:
    assert "→ Check the URL" in error_text(Unreachable("no answer from acme"), VIEW)
    assert "→ Plan again" in error_text(PlanStale("it changed"), VIEW)
    assert "`reconciler permissions`" in error_text(AccessDenied("403"), VIEW)
    error = Locked("held by maria", next_step="take it with `reconciler unlock`")
    shown = "Error: held by maria\n→ Take it with `reconciler unlock`\n"
    assert error_text(error, VIEW) == shown
    assert str(error) == "held by maria: take it with `reconciler unlock`"
    assert error_text(UsageError("name a plan"), VIEW) == "Error: name a plan\n"


def test_manifest_errors_are_shown_as_problems() -> None:
    assert error_text(ManifestError(PROBLEMS), VIEW) == problems_text(PROBLEMS, VIEW)


def test_findings_that_block_an_apply_have_no_approval_to_paste(masker: Masker) -> None:
    found = blocking("delete-in-use", "statuses/Lunch", "61 agents are in it now", safer="wait")
    text = error_text(BlockedAtApply((found,), a_plan()), View(masker, NOW))
    assert text.startswith("Error: Fresh facts block this plan. Nothing was written.\n")
    assert "61 agents are in it now." in text
    assert "guard:" not in text
    approve = "--approve delete-in-use:statuses/Lunch --reason REASON"
    assert f"plan again: `reconciler plan --out FILE {approve}`" in text


USAGE = Usage(
    Address("statuses/Lunch"),
    referrers=(Referrer(Address("campaigns/Sales/channels/email"), "signature"),),
    recent=(RecentUse("Sales", 1200, "2026-11-22T18:00:00Z"), RecentUse("Support", 4, "")),
    recent_interactions=1204,
    agents_now=("ana", "luis"),
    open_interactions=2,
)


def test_usage(golden: Golden, masker: Masker) -> None:
    golden("usage.txt", usage_text(USAGE, View(masker, NOW)))
    assert orjson.loads(usage_json(USAGE, View(masker, NOW)))["agents_now"] == ["ana", "luis"]


def test_an_unused_resource_is_reported_as_unused(masker: Masker) -> None:
    text = usage_text(Usage(Address("statuses/Old")), View(masker, NOW))
    assert text == "statuses/Old is not in use: nothing refers to it, nobody is in it\n"


def test_permissions(golden: Golden) -> None:
    info = PlatformInfo(
        id="acme-prod",
        name="Acme",
        version="1.2",
        user="ci",
        profile="Planner",
        permissions={
            "campaigns": frozenset({"view", "create", "update"}),
            "statuses": frozenset({"view"}),
            "contacts": frozenset(),
        },
    )
    golden("permissions.txt", permissions_text(info, VIEW))
    document = orjson.loads(permissions_json(info, VIEW))
    assert document["permissions"]["campaigns"] == ["create", "update", "view"]
