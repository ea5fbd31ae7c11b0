"""Every hint that proposes an edit is applied here: what it proposes is valid YAML, and valid.

The wrong part of each text is between « and ». The test puts what the hint proposes in its place.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.errors import ManifestError, Problem
from tests.manifests.manifest_project import PROJECT, ManifestProject

_WRONG = re.compile("«(.*?)»", re.DOTALL)
_PROPOSALS = (
    r"quote it(?: if it is a name)?: (\".*\")",
    r"copy the name from its declaration, .*: (.*)",
    r"write a list: (\[.*\])",
    r"write it without quotes: (.*)",
    r"did you mean `(.+?)`\?",
    r"did you mean '(.+?)'\?",
    r"did you mean (\S+)\?",
    r"for example (.+)",
    r"such as (.+)",
    r"to end at midnight, write (.*)",
    r"as two ranges: (\".*?\"),",
    r"write `renamed_from: (.+?)`",
    r"write it `(.+?)`",
    r"write (\[\])",
    r"write `(.+?)`",
    r"write (?:channels|lifecycle): (\{.*\}+),",
    r"write (.+?) or .+",
    r"write (.+?),? or leave the key out",
    r"write (\S+?), .*",
    r"write (.+)",
)
"""What a hint proposes, the first that matches."""


def proposal(problem: Problem) -> str:
    hint = problem.hint.unmasked()
    for pattern in _PROPOSALS:
        found = re.search(pattern, hint)
        if found:
            return found[1]
    raise AssertionError(f"no proposal in {hint!r} of {problem.message.unmasked()!r}")


CASES = [
    "{kind: Status, name: Lunch, color: «blue»}",
    '{kind: Status, name: Lunch, color: «"3366ff"»}',
    "{kind: Status, name: «2024»}",
    "{kind: Status, name: «1.5»}",
    "{kind: Status, name: «true»}",
    "{kind: Status, items: [«5»]}",
    '{kind: Status, name: Lunch, «colour»: "#3366ff"}',
    "{kind: Status, name: «break»}",
    "{kind: «Statuss», name: Lunch}",
    "{kind: «status», name: Lunch}",
    "{«Kind»: Status, name: Lunch}",
    "{kind: Status, name: Lunch, lifecycle: «true»}",
    "{kind: Status, name: Lunch, lifecycle: {ignore: [«colour»]}}",
    "{kind: Status, name: Lunch, lifecycle: {on_remove: «kep»}}",
    "{kind: Campaign, name: S, quality_models: «Courtesy»}",
    '{kind: Campaign, name: S, quality_models: «"Calls: 24/7"»}',
    '{kind: Campaign, name: S, quality_models: «"#1, the best"»}',
    '{kind: Campaign, name: S, quality_models: «"- a"»}',
    "{kind: Campaign, name: S, quality_models: «null»}",
    '{kind: Campaign, name: S, statuses: «"A: b"»}',
    "{kind: Campaign, name: S, statuses: «null»}",
    "{kind: Campaign, name: S, statuses: {remove: «Old»}}",
    "{kind: Campaign, name: S, members: «ana»}",
    "{kind: Campaign, name: S, members: «null»}",
    '{kind: Campaign, name: S, members: [{user: ana, penalty: «"5"»}]}',
    "{kind: Campaign, name: S, members: [{user: «12»}]}",
    '{kind: Campaign, name: S, enabled: «"yes"»}',
    "{kind: Campaign, name: S, enabled: «off»}",
    "{kind: Campaign, name: S, time_zone: «GMT-3»}",
    "{kind: Campaign, name: S, time_zone: «UTC+3»}",
    "{kind: Campaign, name: S, time_zone: «Montevideo»}",
    "{kind: Campaign, name: S, time_zone: «America/Montevido»}",
    "{kind: Campaign, name: S, time_zone: «here»}",
    "{kind: Campaign, name: S, schedule: «alway»}",
    '{kind: Campaign, name: S, schedule: {mon: [«"9-13"»]}}',
    '{kind: Campaign, name: S, schedule: {mon: [«"22:00-00:00"»]}}',
    '{kind: Campaign, name: S, schedule: {mon: [«"22:00-06:00"»]}}',
    '{kind: Campaign, name: S, schedule: {mon: «"09:00-13:00"»}}',
    "{kind: Campaign, name: S, schedule: {«monday»: []}}",
    "{kind: Campaign, name: S, schedule: «null»}",
    "{kind: Campaign, name: S, channels: «[telephony]»}",
    "{kind: Campaign, name: S, channels: {«telefony»: {}}}",
    "{kind: Campaign, name: S, channels: {telephony: {strategy: «ringal»}}}",
    "{kind: Campaign, name: S, channels: {telephony: «null»}}",
    "{kind: Campaign, name: S, channels: {telephony: {language: «Spanish»}}}",
    "{kind: Campaign, name: S, channels: {email: {signature: «5»}}}",
    "{kind: Campaign, name: S, channels: {telephony: {numbers: «+59829001234»}}}",
    "{kind: Holiday, name: H, date: 2026-12-25, campaigns: «Sales»}",
    "{kind: Holiday, name: H, date: 2026-12-25, campaigns: «null»}",
    "{kind: Holiday, name: H, date: 2026-12-25, campaigns: all, recurring: «'no'»}",
    "{kind: Template, name: T, type: «htm», content: Hi}",
    "{kind: Template, name: T, type: html, content: «5»}",
    "{kind: Disposition, items: [Sale, {name: Won, renamed_from: «Sale/Done»}]}",
    '{kind: Disposition, items: [Sale, {name: Won, renamed_from: «"Sale/24: 7"»}]}',
    "{kind: Disposition, name: A, levels: «null»}",
    """\
kind: Template
name: "A: b"
type: text
content: Hi
---
{kind: Campaign, name: S, channels: {email: {signature: «"a: B"»}}}
""",
    '{kind: Campaign, name: "Caf\\u00e9"}\n---\n{kind: Status, campaign: «"Cafe\\u0301"», name: L}',
    "{kind: BlacklistEntry, items: [{customer: '213432525', channel: «instagrm»}]}",
]


def _problems(project: ManifestProject, text: str) -> tuple[Problem, ...]:
    project.write("all.yaml", text)
    try:
        project.load()
    except ManifestError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("text", CASES)
def test_what_a_hint_proposes_is_valid(project: ManifestProject, text: str) -> None:
    problem, *more = _problems(project, _WRONG.sub(r"\1", text))
    assert not more
    proposed = proposal(problem)
    left = _problems(project, _WRONG.sub(lambda _: proposed, text))
    assert not left, (proposed, [str(each.message.unmasked()) for each in left])


SETTINGS = [
    ("reconciler.yaml", "project: acme\nownership: {«statuss»: exclusive}\n"),
    ("reconciler.yaml", "project: acme\nownership: {statuses: «exclusiv»}\n"),
    ("reconciler.yaml", "project: acme\nguards: {«mass_change»: {count: 5}}\n"),
    ("reconciler.yaml", "project: «5»\n"),
    ("environments/prod.yaml", "platform: {url: «acme.example», id: acme-prod}\n"),
    ("environments/prod.yaml", 'platform: {url: "https://a.example", id: a}\nignore: [«member»]\n'),
    ("environments/prod.yaml", 'platform: {url: "https://a.example", id: a}\nmap: {«user»: {}}\n'),
]


@pytest.mark.parametrize(("file", "text"), SETTINGS)
def test_what_a_hint_for_the_settings_proposes_is_valid(
    project: ManifestProject, file: str, text: str
) -> None:
    project.write(file, _WRONG.sub(r"\1", text))
    problem, *more = _problems(project, "")
    assert not more
    proposed = proposal(problem)
    project.write(file, _WRONG.sub(lambda _: proposed, text))
    assert not _problems(project, ""), proposed


def test_the_first_files_of_a_project_are_valid_as_proposed(tmp_path: Path) -> None:
    project = ManifestProject(tmp_path)
    project.write("all.yaml", "{kind: Status, name: Lunch}")
    hints = {problem.file: problem.hint.unmasked() for problem in _problems(project, "")}
    found = re.search(r"`(project: \w+)`", hints["reconciler.yaml"])
    assert found is not None
    project.write("reconciler.yaml", found[1])
    found = re.search(r"with (platform: .*)", hints["environments"])
    assert found is not None
    project.write("environments/dev.yaml", found[1])
    assert not _problems(project, "{kind: Status, name: Lunch}")
    assert found[1] != PROJECT


def test_a_holiday_of_one_campaign_is_valid_as_proposed(project: ManifestProject) -> None:
    hints = [
        problem.hint.unmasked()
        for problem in _problems(
            project, '{kind: Holiday, name: H, date: 2026-12-25, campaign: "Calls: 24/7"}'
        )
    ]
    found = re.search("write `(campaigns: .*)`", " ".join(hints))
    assert found is not None
    assert not _problems(project, f"{{kind: Holiday, name: H, date: 2026-12-25, {found[1]}}}")
