"""Problems are reported all at once, each with its place and a hint."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.errors import ManifestError, Problem
from reconciler.privacy.masking import Masker
from reconciler.views.reports.problems import problems_text
from reconciler.views.style.view import View
from tests.manifests.manifest_project import ManifestProject


def test_two_errors_in_one_file_and_ten_in_ten_files_are_all_reported(
    project: ManifestProject,
) -> None:
    project.write("a.yaml", "{kind: Status, name: A, color: red, ikon: x}")
    for number in range(10):
        project.write(f"many/{number}.yaml", f"kind: Status\nname: S{number}\nicon: {number}\n")
    found = project.problems()
    assert len(found) == 12
    assert [problem.place for problem in found[:3]] == [
        "a.yaml:1:32",
        "a.yaml:1:37",
        "many/0.yaml:3:7",
    ]


def test_a_problem_shows_its_source_line(project: ManifestProject) -> None:
    found = project.problem("kind: Status\nname: A\nicon: 3 # three\n")
    assert found == Problem(
        "all.yaml",
        3,
        7,
        found.message,
        found.hint,
        "icon: 3 # three",
    )
    assert found.message.unmasked() == "`icon` must be text, not the number 3"
    assert found.hint.unmasked() == 'quote it: "3"'


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{kind: Campain, name: A}", "'•••' is not a kind", "did you mean `Campaign`?"),
        ("{kind: holiday, name: A}", "'holiday' is not a kind", "did you mean `Holiday`?"),
        ("{kind: statuses}", "'statuses' is not a kind", "did you mean `Status`?"),
        ("{Kind: Status}", "has no `kind`", "write it `kind`"),
        ("{name: A}", "has no `kind`", "add `kind:`"),
        ("[a]", "a document must be a mapping", "begin it with `kind:`"),
        ("{kind: Status}", "`name` is missing: every status needs one", "add `name:`"),
        ("{kind: Status, name: 7}", "must be text", 'quote it: "7"'),
        ("{kind: Status, name: 010}", "must be text", 'quote it: "010"'),
        ("{kind: Status, name: true}", "must be text", 'quote it: "true"'),
        ("{kind: Status, name: A, icon: 1.50}", "must be text", 'quote it: "1.50"'),
        ("{kind: Status, campaign: TRUE, name: A}", "name of a campaign", 'quote it: "TRUE"'),
        ("{kind: Status, items: [010]}", "a mapping or a name", 'quote it if it is a name: "010"'),
        ("{kind: Status, name: -}", "cannot be a name", ""),
        ("{kind: Status, name: *n}", "no value above is named `&•••`", ""),
        ("{kind: Status, name: !foo [a]}", "the tag `•••` is not allowed", ""),
        ("{kind: Status, name: A, 1: x}", "a key must be text, and `•••` is a number", ""),
        ("{kind: Status, name: {{ x }}}", "a key must be text", "quote a value that holds"),
        (
            "{kind: Channel, campaign: A, type: email, max_queue: .nan}",
            "`•••` is not a number that can be stored",
            "",
        ),
        ("{kind: Channel, campaign: A, type: sms, x: 1}", "not a field of an sms channel", ""),
        ("{kind: Channel, campaign: A, type: email, x: 1}", "not a field of an email channel", ""),
        ("{kind: Channel, campaign: A, type: webchat, x: 1}", "not a field of a webchat", ""),
        (
            "{kind: Holiday, name: H, date: 2026-12-25, campaigns: [A, A]}",
            "'A' occurs twice",
            "",
        ),
        (
            "{kind: Contact, contact_name: X, phone: '+abc'}",
            "'•••' is not a phone number",
            "write one number as +<country><number>",
        ),
        ("{kind: Contact, contact_name: X, phone: '+999999999'}", "no country has its code", ""),
        ("{kind: Status, nmae: A, name: A}", "not a field of a status", "`name`"),
        ("{kind: Campaign, name: A, blacklist: []}", "not a field", "kind: BlacklistEntry"),
        ("{kind: Campaign, name: A, time_zone: Paris}", "not an IANA time zone", ""),
        ("{kind: Campaign, name: A, schedule: alway}", "must be always or never", "`always`"),
        ("{kind: Campaign, name: A, forms: x}", "must be a list", "[x]"),
        ("{kind: Campaign, name: A, channels: {sns: {}}}", "not a channel", "`sms`"),
        ("{kind: Campaign, name: A, channels: []}", "must map each type", ""),
        ("{kind: Campaign, name: A, channels: }", "cannot be null", "unmanaged"),
        ("{kind: Campaign, name: A, channels: {sms: }}", "cannot be null", "`reset`"),
        ("{kind: Channel, campaign: A, type: fax}", "'fax' is not a channel", "telephony"),
        ("{kind: Channel, campaign: A, type: sms, max_queue: -1}", "at least 0", ""),
        ("{kind: Channel, campaign: A, type: sms, strategy: ring}", "must be one of", "`ringall`"),
        ("{kind: Template, name: T, type: text}", "`content` is missing", "add `content:`"),
        ("{kind: Holiday, name: A, date: 2026-02-30, campaigns: all}", "'2026-02-30'", ""),
        (
            "{kind: Holiday, name: A, date: 2026-02-03, campaigns: Sales}",
            "must be all or",
            "[Sales]",
        ),
        ("{kind: Status, name: A, color: red}", "must be written #rrggbb, not 'red'", "#3366ff"),
        ("{kind: Status, name: A, lifecycle: true}", "must be a mapping", "protect"),
        ("{kind: Contact, contact_name: A}", "a phone or an email", ""),
        ("{kind: BlacklistEntry, items: ['29001234']}", "has no country code", ""),
        ("{kind: Status, items: {a: b}}", "`items` must be a list", ""),
        ("{kind: Status, items: [A], icon: x}", "is not allowed next to `items`", ""),
        ("{kind: Members, campaign: A}", "`members` is missing", "add `members:`"),
        ("{kind: Members, campaign: A, members: [1]}", "must be a mapping", ""),
    ],
)
def test_each_mistake_has_a_plain_message_and_a_hint(
    project: ManifestProject, text: str, message: str, hint: str
) -> None:
    found = project.problem(text)
    assert message in found.message.unmasked()
    assert hint in found.hint.unmasked()
    assert found.line == 1
    assert "pydantic" not in found.message.unmasked()
    assert "Input" not in found.message.unmasked()


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("{kind: Campaign, name: A, schedule: {mon: ['09:00-10:00', '9-10']}}", "'9-10'"),
        ("{kind: Campaign, name: A, schedule: {mo: []}}", "mo:"),
        ("{kind: Campaign, name: A, schedule: {tue: 09h}}", "09h"),
        ("{kind: Campaign, name: A, quality_models: [a, A]}", "A]}"),
        ("{kind: Campaign, name: A, members: [a, {user: b, penalty: 101}]}", "101"),
        ("{kind: Campaign, name: A, members: {add: [{user: b, penalti: 1}]}}", "penalti"),
        ("{kind: Members, campaign: A, members: [{user: b, channels: {fax: {}}}]}", "fax"),
        ("{kind: Campaign, name: A, dispositions: [{name: B, levels: [{name: ''}]}]}", "''"),
        ("{kind: Campaign, name: A, channels: {email: {automations: {on_x: y}}}}", "on_x"),
    ],
)
def test_a_problem_points_at_the_offending_value(
    project: ManifestProject, text: str, culprit: str
) -> None:
    assert project.problem(text).column == text.index(culprit) + 1


def test_a_problem_in_an_entry_does_not_hide_problems_below_it(project: ManifestProject) -> None:
    found = project.problems(
        """\
        kind: Campaign
        name: A
        enabled: perhaps
        lifecycle: {protct: true}
        renamed_from: B
        channels: {sms: {max_queue: x}}
        dispositions: [{name: C, text_code: 3, levels: [{nam: D}, {name: E, text_code: 4}]}]
        """
    )
    assert [problem.line for problem in found] == [3, 4, 5, 6, 7, 7, 7, 7]


def test_broken_yaml_in_one_file_does_not_hide_problems_of_others(
    project: ManifestProject,
) -> None:
    project.write("a.yaml", "kind: [\n")
    project.write("b.yaml", "{kind: Status, name: A, icon: 3}")
    assert [problem.file for problem in project.problems()] == ["a.yaml", "b.yaml"]


def test_settings_and_manifests_are_reported_together(project: ManifestProject) -> None:
    project.write("reconciler.yaml", "projekt: acme\n")
    project.write("environments/prod.yaml", "platform: {url: acme, id: x}\n")
    project.write("a.yaml", "{kind: Status, name: A, icon: 3}")
    project.write("b.yaml", "{kind: Status, name: '${{ unknown }}'}")
    assert {problem.file for problem in project.problems()} == {
        "reconciler.yaml",
        "environments/prod.yaml",
        "a.yaml",
    }


def test_values_that_would_steer_a_terminal_are_defused(project: ManifestProject) -> None:
    found = project.problem('kind: Status\nname: A\n"ic\\eon": x\n')
    view = View(Masker(b"", show_personal=True), datetime.now(UTC))
    assert "`ic\\x1bon`" in problems_text([found], view)
    assert "\x1b" not in problems_text([found], view) + str(ManifestError([found]))


def test_two_resources_without_a_campaign_are_not_duplicates(project: ManifestProject) -> None:
    one = "{kind: Members, members: {copy_from: A}}"
    text = f"{{kind: Members, campaign: A, members: [a]}}\n---\n{one}\n---\n{one}\n"
    messages = [found.message.unmasked() for found in project.problems(text)]
    assert messages == ["`campaign` is missing: every member list belongs to a campaign"] * 2
