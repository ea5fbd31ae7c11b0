"""Many changes in few lines, and few new resources as what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.kinds.address import Address
from reconciler.live.platform import Usage
from reconciler.manifests.source import Source
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.plan import Plan
from reconciler.privacy.masking import Masker
from reconciler.views.plan.text import plan_text
from reconciler.views.style.colour import PLAIN
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, blocking, change, create, update, warning
from tests.views.view_runs import NOW

Golden = Callable[[str, str], None]
GONE = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


def _text(plan: Plan, masker: Masker, *parts: str) -> str:
    return plan_text(plan, View(masker, NOW, PLAIN, frozenset(parts)))


def _alike(count: int) -> list[Change]:
    return [
        update(f"statuses/S{n}", {"icon": "fork"}, {"icon": "pizza"}, source=Source("s.yaml", n))
        for n in range(1, count + 1)
    ]


def _deleted(address: str, **facts: object) -> Change:
    fields = {"before": {"icon": "x"}, "reason": Reason.REMOVED_FROM_GIT, **facts}
    return change(address, Action.DELETE, **fields)


def test_300_alike_updates(golden: Golden, masker: Masker) -> None:
    plan = replace(a_plan(*_alike(300)), digest="0" * 64, content_digest="0" * 64)
    golden("plan-300-alike-updates.txt", _text(plan, masker))


def test_alike_updates_are_one_line_and_all_have_one_in_detail(masker: Masker) -> None:
    plan = a_plan(*_alike(150), update("statuses/Other", {"icon": "fork"}, {"icon": "cup"}))
    text = _text(plan, masker)
    assert (
        "  ~ 150 statuses: icon fork → pizza (S1, S2, S3, S4, S5, S6 and 144 more)  s.yaml:1\n"
    ) in text
    assert "  ~ statuses/Other\n      icon: fork → cup\n" in text
    assert "  ~ statuses/S150  s.yaml:150\n" in _text(plan, masker, "details")


def test_two_alike_updates_are_not_folded(masker: Masker) -> None:
    assert "  ~ statuses/S2  s.yaml:2\n" in _text(a_plan(*_alike(2)), masker)


def test_alike_updates_with_several_lines_keep_them(masker: Masker) -> None:
    before, after = {"icon": "a", "color": "#000000"}, {"icon": "b", "color": "#ffffff"}
    plan = a_plan(*[update(f"statuses/S{n}", before, after) for n in range(3)])
    text = _text(plan, masker)
    assert "  ~ 3 statuses: S0, S1, S2\n      icon: a → b\n      color: #000000 → #ffffff\n" in text


def test_alike_deletes_fold_with_their_count_and_first_names(masker: Masker) -> None:
    plan = a_plan(*[_deleted(f"statuses/S{n}") for n in range(12)])
    text = _text(plan, masker)
    assert f"Delete: 12\n  {GONE} 12 statuses: S0, S1, S2, S3, S4, S5 and 6 more\n" in text
    assert "      Removed from git.\n" in text
    assert f"  {GONE} statuses/S11\n" in _text(plan, masker, "details")


def test_a_delete_that_loses_something_is_never_folded(masker: Masker) -> None:
    used = [
        _deleted(f"statuses/S{n}", usage=Usage(Address(f"statuses/S{n}"), agents_now=("ana",)))
        for n in range(5)
    ]
    protected = [_deleted(f"statuses/P{n}", protected=True) for n in range(5)]
    text = _text(a_plan(*used, *protected), masker)
    assert all(f"  {GONE} statuses/{name}{n}\n" in text for name in "SP" for n in range(5))


def test_a_new_campaign_shows_its_hours_channels_and_members(masker: Masker) -> None:
    week = {day: ["09:00-19:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    campaign = create(
        "campaigns/Roadside 24%2F7", Source("r.yaml", 1), time_zone="UTC", schedule=week
    )
    members = [{"user": "ana"}, {"user": "luis", "penalty": 10}]
    plan = a_plan(
        campaign,
        update(
            "campaigns/Roadside 24%2F7/channels/telephony",
            {},
            {"enabled": True, "connector": "tel", "numbers": ["+59829001000"], "max_queue": 3},
        ),
        update("campaigns/Roadside 24%2F7/members", {"members": []}, {"members": members}),
    )
    assert (
        "  + campaigns/Roadside 24/7  r.yaml:1\n"
        f"      Mon{DASH}Fri 09:00{DASH}19:00, Sat{DASH}Sun closed (UTC)\n"
        "      telephony: enabled, +59829001000 on tel, max_queue 3\n"
        "      2 members, in order: ana, luis (penalty 10)\n"
    ) in _text(plan, masker)


def test_a_new_holiday_has_its_weekday_and_campaigns(masker: Masker) -> None:
    strike = create("holidays/Strike", date="2026-11-27", campaigns="all")
    carnival = create(
        "holidays/Carnival", date="2027-02-15", campaigns=["Sales", "Support"], recurring=True
    )
    text = _text(a_plan(strike, carnival), masker)
    assert "  + holidays/Strike: Fri 2026-11-27, closes all campaigns\n" in text
    assert (
        "  + holidays/Carnival: Mon 2027-02-15 and every year, closes Sales and Support\n"
    ) in text


def test_a_changed_date_has_its_weekdays(masker: Masker) -> None:
    before, after = ({"date": f"2026-11-0{n}", "campaigns": "all"} for n in (3, 2))
    text = _text(a_plan(update("holidays/Souls", before, after)), masker)
    assert "date: Tue 2026-11-03 → Mon 2026-11-02\n" in text


def test_a_new_template_shows_its_first_lines(masker: Masker) -> None:
    content = "\n".join(f"line {n}" for n in range(1, 9))
    text = _text(a_plan(create("templates/Long", type="text", content=content)), masker)
    assert "      content:\n        line 1\n        line 2\n        line 3\n" in text
    assert "… 5 more lines, shown by --details" in text


def test_ten_of_a_kind_are_shown_and_eleven_are_folded_with_what_they_share(
    masker: Masker,
) -> None:
    def new(count: int) -> list[Change]:
        return [create(f"statuses/S{n}", icon="mug", color=f"#0000{n:02}") for n in range(count)]

    assert "  + statuses/S9: icon mug, color #000009\n" in _text(a_plan(*new(10)), masker)
    folded = _text(a_plan(*new(11)), masker)
    assert "  + statuses: 11 (S0, S1, S2, S3, S4, S5 and 5 more)\n" in folded
    assert "      all with icon mug\n" in folded


def test_many_new_holidays_share_their_range_of_dates(masker: Masker) -> None:
    new = [create(f"holidays/H{n}", date=f"2027-01-{n:02}", campaigns="all") for n in range(1, 13)]
    text = _text(a_plan(*new), masker)
    assert "all with dates from Fri 2027-01-01 to Tue 2027-01-12, campaigns all\n" in text


def test_new_customers_are_handles_without_values(masker: Masker) -> None:
    new = create("contacts/+59829005678", contact_name="Berta Rojas", phone="+59829005678")
    text = _text(a_plan(new), masker)
    assert "  + contacts/~5afwfbm6\n" in text


def test_a_continued_line_of_a_text_is_marked(masker: Masker) -> None:
    long = {"type": "text", "content": "word " * 40}
    text = _text(a_plan(update("templates/T", {"type": "text", "content": "x"}, long)), masker)
    assert text.count("+ ↳ word") == 2


def test_the_author_of_an_edit_is_beside_its_field(masker: Masker) -> None:
    edited = update(
        "statuses/Lunch",
        {"icon": "pizza", "color": "#000000"},
        {"icon": "fork", "color": "#ffffff"},
        {"icon": "fork", "color": "#000000"},
    )
    text = _text(a_plan(edited), masker)
    by = "changed on the platform by luis on 2026-11-20 14:03 UTC, will be reverted"
    assert f"      icon: pizza → fork  ({by})\n" in text
    assert "      color: #000000 → #ffffff\n" in text


def test_a_day_without_hours_is_called_closed(masker: Masker) -> None:
    base, before, after = (
        {"schedule": {"mon": ["08:00-09:00"], "sat": day}}
        for day in (["09:00-13:00"], [], ["09:00-12:00"])
    )
    text = _text(a_plan(update("campaigns/S", before, after, base)), masker)
    assert "last applied 09:00-13:00, platform closed, git 09:00-12:00\n" in text


def test_findings_about_one_resource_are_one_block_with_what_blocks_first(masker: Masker) -> None:
    found = (
        warning("open-hours", "statuses/Lunch", "2 agents are in it now", safer="wait"),
        blocking("delete-in-use", "statuses/Lunch", "it is in use", safer="wait"),
        blocking("delete-unowned", "statuses/Lunch", "nobody ever managed it", safer="name it"),
    )
    text = _text(a_plan(create("statuses/X"), findings=found), masker)
    assert (
        "BLOCKED by 2 findings about 1 resource: resolve or approve each one\n"
        "  ✗ statuses/Lunch\n"
        "    delete-in-use: It is in use.\n"
        "    delete-unowned: Nobody ever managed it.\n"
        "    open-hours (warning): 2 agents are in it now.\n"
        "    Safer: Wait. Name it\n"
    ) in text
    assert "Warnings:" not in text


def test_a_long_blocked_plan_is_a_page_and_says_how_to_see_the_rest(masker: Masker) -> None:
    found = blocking("delete-in-use", "statuses/Gone", "it is in use")
    changes = [
        update(f"campaigns/C{n}", {"schedule": "always"}, {"schedule": {"mon": [f"0{n}:00-09:00"]}})
        for n in range(8)
    ]
    plan = a_plan(_deleted("statuses/Gone"), *changes, findings=(found,))
    text = _text(plan, masker)
    assert len(text.splitlines()) <= 60
    assert "Changes in short; --details shows each one in full\n" in text
    assert f"  {GONE} statuses/Gone: Removed from git.\n" in text
    assert (
        f"  ~ campaigns/C7: schedule always open → Mon 07:00{DASH}09:00, Tue{DASH}Sun closed\n"
        in text
    )
    assert "█ open" in _text(plan, masker, "details")
    assert "█ open" in _text(replace(plan, findings=()), masker)


def test_a_short_plan_marks_what_is_not_managed_and_what_another_project_owns(
    masker: Masker,
) -> None:
    found = blocking("foreign-owner", "statuses/Theirs", "another project owns it")
    weeks = [
        update(f"campaigns/C{n}", {"schedule": "always"}, {"schedule": {"mon": [f"0{n}:00-09:00"]}})
        for n in range(8)
    ]
    new = update("statuses/New", {"icon": "a"}, {"icon": "b"})
    adopted = replace(new, action=Action.ADOPT, unowned=True)
    theirs = replace(adopted, address=Address("statuses/Theirs"), owner="rival")
    text = _text(a_plan(*weeks, adopted, theirs, findings=(found,)), masker)
    assert "  ~ statuses/New: icon a → b, not managed yet\n" in text
    assert "  ~ statuses/Theirs: icon a → b, owned by another project: rival\n" in text


def test_updates_that_differ_where_they_are_cut_are_not_alike(masker: Masker) -> None:
    texts = [
        {"type": "text", "content": "\n".join(f"new {n}" for n in range(60)) + f"\nend {end}"}
        for end in range(3)
    ]
    old = {"type": "text", "content": "old\nold"}
    text = _text(a_plan(*[update(f"templates/T{n}", old, texts[n]) for n in range(3)]), masker)
    assert all(f"  ~ templates/T{n}\n" in text for n in range(3))
