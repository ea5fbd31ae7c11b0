"""Whole plans as a reviewer reads them: a new campaign, a strike day, a zone, a shared template."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.end_to_end.harness import Result, Workspace

Golden = Callable[[str, str], None]

_CHANGING = (
    (r"Plan [0-9a-f]{10}", "Plan ••••••••••"),
    (r"--expect [0-9a-f]{16}", "--expect ••••"),
    (r"\d+ requests? spent, \d+ predicted", "• requests spent, • predicted"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "••••-••-•• ••:•• UTC"),
)
_CAMPAIGN = """\
kind: Campaign
name: Night Desk 24/7
time_zone: America/Montevideo
schedule: {mon: ["09:00-13:00", "15:00-19:00"], tue: ["09:00-19:00"], wed: ["09:00-19:00"]}
quality_models: [Courtesy]
channels:
  telephony: {enabled: true, connector: tel, numbers: ["+59829001000"], strategy: linear}
  webchat: {enabled: true, connector: web, max_queue: 5}
members: [maria, {user: ana, penalty: 10}, {user: luis, channels: {webchat: {create: false}}}]
dispositions:
  - {name: Solved, levels: [At once, Later]}
statuses: [{name: Break away, icon: mug}]
templates: [{name: Bye, type: text, content: "Thank you!\\nYour agent"}]
"""


def steady(found: Result) -> str:
    """The output of a plan, without what differs each time."""
    text = found.out
    for pattern, replacement in _CHANGING:
        text = re.sub(pattern, replacement, text)
    return text


def test_a_new_campaign(watched: Workspace, golden: Golden) -> None:
    watched.write("campaigns/night.yaml", _CAMPAIGN)
    golden("plan-new-campaign.txt", steady(watched.run("plan")))


def test_a_strike_day(watched: Workspace, golden: Golden) -> None:
    strike = "kind: Holiday\nname: Strike\ndate: 2098-05-02\ncampaigns: all\n"
    watched.write("strike.yaml", strike)
    golden("plan-strike-day.txt", steady(watched.run("plan")))


def test_a_zone_change(settled: Workspace, golden: Golden) -> None:
    settled.write("campaigns/night.yaml", _CAMPAIGN)
    settled.sandbox.stop_clock("2027-03-03T02:00:00Z")  # a Tuesday night in Montevideo
    settled.plan_and_apply()
    settled.edit("campaigns/night.yaml", "America/Montevideo", "Asia/Tokyo")
    golden("plan-zone-change.txt", steady(settled.run("plan")))


def test_an_edit_of_a_shared_template(watched: Workspace, golden: Golden) -> None:
    watched.edit("signature.yaml", "<p>Acme</p>", "<p>Acme Inc.</p>")
    golden("plan-shared-template.txt", steady(watched.run("plan")))


def test_people_s_edits_are_sentences_with_names_and_time(settled: Workspace) -> None:
    settled.write(
        "campaigns/support.yaml",
        "kind: Campaign\nname: Support\nmembers: [luis, ana, agent01, agent02]\n",
    )
    settled.plan_and_apply()
    settled.sandbox.maria.put_members("Support", "luis")
    found = settled.run("plan").expect(0)
    found.mentions(
        "maria took out 3 members (ana, agent01 and agent02) on 20", "git puts them back"
    )
    assert '{"' not in found.out


def test_the_parts_that_are_folded_have_a_flag_each(watched: Workspace) -> None:
    watched.write("new.yaml", "kind: Status\nname: New\n")
    folded = watched.run("plan").expect(0).mentions("use --unchanged to list")
    assert "\n  statuses/Lunch" not in folded.out
    assert "\n  statuses/Lunch" not in watched.run("plan", "--details").out
    listed = watched.run("plan", "--unchanged").expect(0).out
    assert "\n  statuses/Lunch" in listed
    assert "(default)" not in listed
    assert 'color: "#808080"' not in listed
    assert "(default)" in watched.run("plan", "--details").expect(0).out
    watched.run("plan", "--all").expect(64).mentions("No such option")
