from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.kinds.address import join
from reconciler.message import Message
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.privacy.masking import Masker
from reconciler.views.plan.markdown import (
    COMMENT_LIMIT,
    SUMMARY_LIMIT,
    markdown_page,
    plan_markdown,
)
from reconciler.views.style.view import View
from tests.views.markdown_reader import Page, read_markdown
from tests.views.view_plans import a_plan, blocking, change, create, full_plan, update, warning
from tests.views.view_runs import NOW

Golden = Callable[[str, str], None]
HOSTILE = (
    "@team `x` ```` | </details></summary><script>alert(1)</script> ::error::%0A <!-- --> "
    "[a](javascript:1) #12 !7 https://evil.example www.evil.example :tada: $x$ ~~s~~ **b** __c__ "
    "ana@example.com \\ &amp; &#64;team"
)
ALLOWED = {"h2", "h3", "p", "strong", "code", "pre", "br", "ul", "li", "details", "summary"}


def markdown(plan: Plan, masker: Masker, *parts: str) -> str:
    text = plan_markdown(plan, View(masker, NOW, parts=frozenset(parts)))
    assert len(text) <= COMMENT_LIMIT
    return text


def page_of(plan: Plan, masker: Masker, *parts: str) -> Page:
    page = read_markdown(markdown(plan, masker, *parts))
    assert set(page.tags) <= ALLOWED
    assert page.active == []
    return page


def test_a_plan_with_one_of_everything(golden: Golden, masker: Masker) -> None:
    golden("plan.md", markdown(full_plan(), masker))
    page_of(full_plan(), masker)
    page_of(full_plan(), masker, "details", "unchanged", "unmanaged")


def test_the_first_ten_lines_say_it_all(masker: Masker) -> None:
    plan = full_plan()
    lines = markdown(plan, masker).splitlines()[:10]
    assert not any(line.startswith("|") for line in lines)
    head = read_markdown("\n".join(lines)).text
    for fact in (
        "Blocked: Surveys is DELETED",
        "delete-in-use at statuses/Lunch",
        "unblock at blacklist/~",
        "reverts-drift at campaigns/Sales/channels/whatsapp",
        "Plan 45e496d01c",
        plan.content_digest,
        "Deletes 1 quality model, 1 campaign",
        "Project acme, environment prod",
    ):
        assert fact in head, fact


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        (full_plan(), "Blocked"),
        (a_plan(create("statuses/A"), unfinished_run="r1"), "Cannot be applied"),
        (a_plan(create("statuses/A"), findings=(warning("w", "statuses/A", "odd"),)), "Warnings"),
        (a_plan(create("statuses/A")), "No warnings"),
        (a_plan(), "Nothing to do"),
    ],
)
def test_the_heading_begins_with_a_word(plan: Plan, word: str, masker: Masker) -> None:
    assert markdown(plan, masker).splitlines()[1].startswith(f"## {word}: ")


def test_the_marker_is_that_of_the_project_and_the_environment(masker: Masker) -> None:
    first = markdown(full_plan(), masker).splitlines()[0]
    assert first == "<!-- reconciler-plan project=acme environment=prod -->"
    other = a_plan(create("statuses/A"), project="acme")
    assert markdown(other, masker).splitlines()[0] == first
    hostile = markdown(a_plan(project="--> <b>", environment="x --> y"), masker).splitlines()[0]
    assert hostile.count("-->") == 1
    assert hostile.endswith("-->")


def test_no_name_is_markup(masker: Masker) -> None:
    address = join("statuses", HOSTILE)
    fence = join("templates", "````")
    plan = a_plan(
        create(address, icon="x"),
        update(
            fence,
            {"type": "text", "content": "a\n```\n</details>\n@team"},
            {"type": "text", "content": HOSTILE},
        ),
        change(join("statuses", f"Old {HOSTILE}"), Action.DELETE, before={"icon": HOSTILE}),
        findings=(
            blocking("delete-in-use", address, Message.of("{name}", name=HOSTILE), safer=HOSTILE),
            warning("reverts-drift", address, HOSTILE, safer=HOSTILE),
        ),
        project="acme",
        git_commit="",
    )
    page = page_of(plan, masker)
    assert HOSTILE in page.text
    assert page.comments == ["reconciler-plan project=acme environment=prod"]
    details = page_of(plan, masker, "details")
    assert details.tags.count("details") == details.tags.count("summary") > 0


def _many(count: int) -> Plan:
    updates = [
        update(f"statuses/Number {n}", {"icon": f"old{n}"}, {"icon": f"new{n}"})
        for n in range(count)
    ]
    deletes = [
        change(f"statuses/Gone {n}", Action.DELETE, before={"icon": "x"}) for n in range(count)
    ]
    return a_plan(*deletes, *updates)


def test_what_does_not_fit_is_left_out_by_whole_entries_and_counted(masker: Masker) -> None:
    text = markdown(_many(3000), masker)
    page = read_markdown(text)
    assert len(text) > COMMENT_LIMIT * 0.8
    shown = re.findall(r"^~ statuses/Number \d+\n {4}icon: old\d+ → new\d+$", page.text, re.M)
    left = re.search(r"Left out.*?([\d,]+) entries of “Update: 3,000”", page.text)
    assert left is not None
    assert len(shown) + int(left[1].replace(",", "")) == 3000
    assert page.text.count("~ statuses/Number") == len(shown)
    assert "Deletes 3,000 statuses" in page.text
    assert "The whole plan: reconciler plan --details" in page.text


def test_a_summary_of_a_step_has_more_room(masker: Masker) -> None:
    text = markdown_page(_many(3000), View(masker, NOW), SUMMARY_LIMIT)
    assert "Left out" not in text
    text = markdown_page(_many(30_000), View(masker, NOW), SUMMARY_LIMIT)
    assert len(text.encode()) <= SUMMARY_LIMIT
    assert "Left out" in text
    read_markdown(text)


@pytest.mark.parametrize("count", [1, 60, 200, 5000])
def test_no_finding_is_dropped(count: int, masker: Masker) -> None:
    text = "this is used by campaigns and people would notice it, see number {n}"
    findings = [
        blocking("delete-in-use", f"statuses/S{n}", Message.of(text, n=n), safer="keep it")
        for n in range(count)
    ]
    findings += [warning("reverts-drift", f"statuses/S{n}", f"odd {n}") for n in range(count)]
    plan = replace(_many(300), findings=tuple(findings))
    page = page_of(plan, masker)
    noun = "finding" if count == 1 else "findings"
    assert f"Blocked by {count:,} {noun}" in page.text
    if "by guard" in page.text:
        assert f"delete-in-use blocks, {count:,} findings" in page.text
        full = page.text.count("✗ statuses/S")
        left = re.search(r"([\d,]+) entries of “BLOCKED", page.text)
        assert full > 20
        assert full + (int(left[1].replace(",", "")) if left else 0) == count
        assert f"reverts-drift warns, {count:,} findings" in page.text
    else:
        assert all(f"see number {n}." in page.text for n in range(count))
        assert page.text.count("guard: delete-in-use") == count


def test_wide_letters_and_long_names_stay_below_the_limit(masker: Masker) -> None:
    name = "@`" * 100
    findings = [
        blocking("delete-in-use", join("statuses", f"{name}{n}"), "used", safer=name)
        for n in range(400)
    ]
    creates = [create(join("statuses", f"日本 {name}{n}"), icon="x") for n in range(400)]
    page_of(a_plan(*creates, findings=tuple(findings)), masker)
