"""A plan tells what it means for people: what closes, stops, opens and is reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.estate import SEED
from tests.end_to_end.harness import Sandbox, Workspace, approvals, blocking

NOW = "2026-11-25T15:00:00Z"
"""A Wednesday, 12:00 in Montevideo, by a clock that is stopped."""

_WEEK = "{mon: ['09:00-19:00'], tue: ['09:00-19:00'], wed: ['09:00-19:00'], thu: ['09:00-19:00']}"
FILES = {
    "reconciler.yaml": "project: acme\n",
    "environments/test.yaml": 'platform: {url: "http://127.0.0.1:1", id: test}\n',
    "day.yaml": f"""\
kind: Campaign
name: Day
time_zone: America/Montevideo
schedule: {_WEEK}
channels:
  webchat: {{enabled: true, connector: web}}
  email: {{enabled: true, connector: mail, signature: Signature}}
members: [ana, luis]
""",
    "line.yaml": """\
kind: Campaign
name: Line
time_zone: America/Montevideo
channels:
  telephony: {enabled: true, connector: tel, numbers: ["+59829001000"]}
members: [ana, luis]
""",
    "signature.yaml": "kind: Template\nname: Signature\ntype: html\ncontent: <p>Acme</p>\n",
    "dispositions.yaml": """\
kind: Disposition
name: Sale
levels: [Completed, Postponed]
""",
    "holidays.yaml": """\
kind: Holiday
items:
  - {name: Founding day, date: 2026-12-10, campaigns: all}
""",
}


@pytest.fixture(scope="session")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    base = tmp_path_factory.mktemp("people")
    sandbox = Sandbox.start(base / "sandbox", SEED, "--data", base / "data", "--clock", NOW)
    made = Workspace(base, sandbox)
    for file, text in FILES.items():
        made.write(file, text)
    made.plan_and_apply()
    for _ in range(3):
        sandbox.maria.interact(
            "Line", channel="telephony", disposition="dispositions/Sale/Completed"
        )
    sandbox.maria.interact("Day", channel="email", template="templates/Signature")
    yield made
    sandbox.stop()


@pytest.fixture
def people(tmp_path: Path, _once: Workspace) -> Iterator[Workspace]:
    """A line that is always open, a campaign with hours, and their customers; nothing is written
    to the platform."""
    _once.sandbox.forget_requests()
    yield _once.copy_to(tmp_path, _once.sandbox)
    assert _once.sandbox.writes() == 0


def _findings(people: Workspace) -> dict[tuple[str, str], str]:
    """The messages of the findings by guard and address; each is there once."""
    listed: list[dict[str, Any]] = people.run("plan", "--format", "json").json["findings"]
    found = {(each["code"], each["address"]): str(each["message"]) for each in listed}
    assert len(found) == len(listed)
    return found


def _strike(people: Workspace, date: str, campaigns: str = "all") -> None:
    people.write(
        "strike.yaml", f"kind: Holiday\nname: Strike\ndate: {date}\ncampaigns: {campaigns}\n"
    )


def test_a_strike_day_has_its_date_its_campaigns_and_the_hours_that_are_lost(
    people: Workspace,
) -> None:
    _strike(people, "2026-12-02")
    shown = people.run("plan").expect(0)
    shown.mentions("Strike (Wed 2026-12-02) closes 2 campaigns for 34 hours in all.")
    assert "No campaign changes" not in shown.output
    findings = _findings(people)
    assert list(findings) == [("scope-widens", "holidays/Strike")]
    assert (
        "on Wed 2026-12-02 it closes 2 campaigns for 34 hours in all (Day and Line)"
        in (findings["scope-widens", "holidays/Strike"])
    )
    verdict = people.run("plan", "--format", "json").json["verdict"]
    assert verdict["holidays"] == [
        {
            "address": "holidays/Strike",
            "date": "2026-12-02",
            "becomes": "closed",
            "campaigns": ["Day", "Line"],
            "minutes": 34 * 60,
        }
    ]
    assert [(each["campaign"], each["lost_minutes"]) for each in verdict["hours"]] == [
        ("Day", 600),
        ("Line", 1440),
    ]


def test_a_strike_within_two_days_blocks_and_one_after_the_horizon_is_still_reported(
    people: Workspace,
) -> None:
    _strike(people, "2026-11-26", "[Day]")
    people.run("plan").expect(3).mentions("Strike (Thu 2026-11-26) closes Day for 10 hours.")
    assert blocking(people.plan()) == {("scope-widens", "holidays/Strike")}
    _strike(people, "2027-03-02")
    people.run("plan").expect(0).mentions("Strike (Tue 2027-03-02) closes 2 campaigns for 34")


def test_a_strike_today_is_one_finding(people: Workspace) -> None:
    _strike(people, "2026-11-25")
    people.run("plan").expect(3).mentions("Day and Line close now")
    assert list(_findings(people)) == [("open-hours", "holidays/Strike")]


def test_a_time_zone_that_moves_every_hour_is_one_finding(people: Workspace) -> None:
    people.edit("day.yaml", "America/Montevideo", "Asia/Tokyo")
    people.run("plan").expect(3).mentions("Day closes now", "Day loses", "and gains")
    findings = _findings(people)
    assert list(findings) == [("open-hours", "campaigns/Day")]


def test_the_only_channel_of_an_open_line_that_was_used_lately_blocks(people: Workspace) -> None:
    where = ("service-stops", "campaigns/Line/channels/telephony")
    for old, new in (
        ("{enabled: true", "{enabled: false"),
        ('numbers: ["+59829001000"]', "numbers: []"),
    ):
        people.write("line.yaml", FILES["line.yaml"].replace(old, new))
        people.run("plan").expect(3).mentions("telephony of Line stops.", "the campaign is open")
        assert blocking(people.plan()) == {where}
        found = _findings(people)[where]
        assert "3 interactions in 30 days, the last at Wed 2026-11-25" in found
        approved = people.saved_plan(*approvals(people.plan()), "--reason", "agreed")
        assert blocking(approved) == set()


def test_members_who_may_no_longer_receive_stop_a_line(people: Workspace) -> None:
    people.edit(
        "line.yaml",
        "members: [ana, luis]",
        "members:\n"
        "  - {user: ana, channels: {telephony: {receive: false}}}\n"
        "  - {user: luis, channels: {telephony: {receive: false}}}\n",
    )
    people.run("plan").expect(3).mentions("telephony of Line stops.", "no member could receive")
    assert blocking(people.plan()) == {("service-stops", "campaigns/Line/members")}


@pytest.mark.parametrize(
    "entry",
    [
        "[]",
        "\n  - {name: Founding day, date: 2026-12-10, campaigns: [Line]}",
        "\n  - {name: Founding day, date: 2026-12-25, campaigns: all}",
    ],
)
def test_a_holiday_that_goes_is_narrowed_or_moves_opens_campaigns(
    people: Workspace, entry: str
) -> None:
    people.write("holidays.yaml", f"kind: Holiday\nitems: {entry}\n")
    people.run("plan").expect(0).mentions("Founding day (Thu 2026-12-10) opens")
    found = _findings(people)["opens-more", "holidays/Founding day"]
    assert "Thu 2026-12-10 opens" in found
    assert "Day" in found


def test_an_edit_of_a_signature_names_the_campaigns_that_it_reaches(people: Workspace) -> None:
    people.edit("signature.yaml", "Acme", "Acme Ltd")
    shown = (
        people.run("plan")
        .expect(0)
        .mentions("The change of 1 template reaches 1 campaign, 1 interaction in 30 days.")
    )
    assert "No campaign changes" not in shown.output
    assert _findings(people) == {
        ("shared-edit", "templates/Signature"): "this template changes; it reaches 1 campaign "
        "(Day), 1 interaction in 30 days; 1 channel sends it as signature"
    }
    people.edit("signature.yaml", "<p>Acme Ltd</p>", '""')
    assert people.run("plan").expect(3).mentions("This template loses its text")
    assert blocking(people.plan()) == {("shared-edit", "templates/Signature")}


def test_a_template_of_a_campaign_that_shadows_the_one_in_use_is_reported(
    people: Workspace,
) -> None:
    people.edit(
        "day.yaml",
        "members:",
        "templates:\n  - {name: Signature, type: html, content: <p>Day</p>}\nmembers:",
    )
    people.run("plan").expect(0)
    found = _findings(people)
    assert found["shared-edit", "campaigns/Day/templates/Signature"] == (
        "in the campaign Day, 'Signature' would mean this template instead of the one of all "
        "campaigns; email sends it as signature and 1 interaction used it in 30 days"
    )


def test_a_disabled_disposition_that_agents_choose_blocks(people: Workspace) -> None:
    people.write(
        "dispositions.yaml",
        "kind: Disposition\nname: Sale\nenabled: false\nlevels: [Completed, Postponed]\n",
    )
    people.run("plan").expect(3).mentions(
        "The change of 1 disposition reaches 1 campaign, 3 interactions in 30 days."
    )
    assert blocking(people.plan()) == {("shared-edit", "dispositions/Sale")}
    assert (
        "and 2 levels below it; it reaches 1 campaign (Line), 3 interactions in 30 days"
        in (_findings(people)["shared-edit", "dispositions/Sale"])
    )


def test_hours_that_move_later_say_what_is_lost_gained_and_when(people: Workspace) -> None:
    people.edit(
        "day.yaml", "wed: ['09:00-19:00'], thu: ['09:00", "wed: ['09:00-20:00'], thu: ['10:00"
    )
    people.run("plan").expect(0).mentions(
        "Day loses 3 hours and gains 4 hours in 28 days, first Wed 2026-11-25 19:00, America/Mont",
        "it loses 3 hours (first Thu 2026-11-26 09:00, America/Montevideo) and gains 4 hours",
    )
    assert list(_findings(people)) == [("scope-widens", "campaigns/Day")]
    people.write("day.yaml", FILES["day.yaml"].replace("wed: ['09", "wed: ['08"))
    people.run("plan").expect(0).mentions(
        "Day gains 4 hours in 28 days, first Wed 2026-12-02 08:00"
    )
    assert list(_findings(people)) == [("opens-more", "campaigns/Day")]


def test_a_plan_without_changes_asks_for_no_usage(people: Workspace) -> None:
    spent = people.run("plan", "--format", "json").json["requests"]["spent"]
    people.edit("signature.yaml", "Acme", "Acme Ltd")
    assert people.run("plan", "--format", "json").json["requests"]["spent"] == spent + 1
