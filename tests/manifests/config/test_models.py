"""The project file, environments, approvals, and how an environment changes resources."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.errors import ManifestError, UsageError
from reconciler.manifests.loading.loader import (
    environment_names,
    load_manifests,
    load_project_settings,
    validate,
)
from reconciler.manifests.settings import Approval, GuardSettings
from reconciler.manifests.source import Source
from tests.manifests.manifest_project import ENVIRONMENT, ManifestProject

MEMBERS = "{kind: Campaign, name: S, members: [ana], statuses: [A]}"


def test_the_project_file_says_project_ownership_and_numbers(project: ManifestProject) -> None:
    project.write(
        "reconciler.yaml",
        """\
        project: acme
        ownership: {statuses: exclusive, templates: shared}
        guards: {mass-change: {count: 5}, delete-in-use: {recent_days: 9}}
        """,
    )
    found = project.load("{kind: Status, name: A}")
    assert found.settings.project == "acme"
    assert found.settings.exclusive == {"statuses"}
    assert found.settings.guards == GuardSettings(5, 30, 9)
    listed = found.desired.lists["statuses"]
    assert (listed.complete, listed.source) == (True, Source("reconciler.yaml", 2, 13))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ownership: {}\n", "`project` is missing"),
        ("project: a\nownership: {status: exclusive}\n", "did you mean `statuses`?"),
        ("project: a\nownership: {contacts: exclusive}\n", "cannot be exclusive"),
        ("project: a\nownership: {statuses: mine}\n", "must be shared or exclusive"),
        ("project: a\nguards: {mass-chnge: {}}\n", "`mass-chnge` is not a field"),
        ("project: a\nguards: {mass-change: {percent: 200}}\n", "at most 100"),
        (
            "project: a\nguards: {delete-in-use: {recent_days: 31}}\n",
            "the platform counts use over 30 days, not 31",
        ),
        ("", "the file is empty"),
        ("project: a\n---\nproject: b\n", "must have one document"),
        ("- a\n", "must be a mapping"),
    ],
)
def test_a_wrong_project_file_is_a_problem(
    project: ManifestProject, text: str, message: str
) -> None:
    project.write("reconciler.yaml", text)
    found = project.problem("{kind: Status, name: A}")
    assert message in found.message.unmasked() + found.hint.unmasked()
    assert found.file == "reconciler.yaml"


def test_one_environment_need_not_be_named(project: ManifestProject) -> None:
    assert project.load(MEMBERS).settings.environment.platform_id == "acme-prod"


def test_of_several_environments_one_must_be_named(project: ManifestProject) -> None:
    project.write("environments/dev.yaml", ENVIRONMENT)
    with pytest.raises(UsageError, match="dev, prod"):
        load_manifests(project.root, None)
    assert load_manifests(project.root, "dev").settings.environment.name == "dev"
    assert environment_names(project.root) == ("dev", "prod")


def test_an_unknown_environment_is_a_usage_error_with_the_nearest(project: ManifestProject) -> None:
    with pytest.raises(UsageError, match="did you mean `prod`"):
        load_manifests(project.root, "prdo")


def test_validate_reads_every_environment(project: ManifestProject) -> None:
    project.write("environments/dev.yaml", ENVIRONMENT + "variables: {a: b}\n")
    project.write("a.yaml", "{kind: Status, name: A, icon: '${{ a }}'}")
    with pytest.raises(ManifestError) as caught:
        validate(project.root)
    (only,) = caught.value.problems
    assert "the variable 'a' does not exist" in only.message.unmasked()
    assert validate(project.root, "dev") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("platform: {id: x}\n", "`url` is missing"),
        ("platform: {url: 'ftp://x', id: x}\n", "not the address of a server"),
        ("platform: {url: 'https://a:b@x', id: x}\n", "cannot contain credentials"),
        ("platform: {url: 'https://h/?x=1', id: x}\n", "more than a host and a path"),
        ("platform: {url: 'https://h:99999', id: x}\n", "one from 1 to 65535"),
        ("platform: {url: 'https://h:abc', id: x}\n", "one from 1 to 65535"),
        ("platform: {url: 'https://[::1', id: x}\n", "not the address of a server"),
        ("platform: {url: 'https://a b', id: x}\n", "contains a blank"),
        ("platform: {url: 'https://a..b', id: x}\n", "is not a valid host name"),
        ("platform: {url: 'https://xn--a.example', id: x}\n", "is not a valid host name"),
        (ENVIRONMENT + "ignore: [member]\n", "did you mean `members`?"),
        (ENVIRONMENT + "ignore: [channels.number]\n", "did you mean `numbers`?"),
        (ENVIRONMENT + "map: {user: {}}\n", "did you mean `users`?"),
        (ENVIRONMENT + "map: {numbers: {'+598': '+59829001234'}}\n", "not a phone number"),
        (ENVIRONMENT + "token: x\n", "`token` is not a field"),
    ],
)
def test_a_wrong_environment_is_a_problem(
    project: ManifestProject, text: str, message: str
) -> None:
    project.write("environments/prod.yaml", text)
    found = project.problem(MEMBERS)
    assert message in found.message.unmasked() + found.hint.unmasked()


def test_maps_rename_connectors_users_and_numbers(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml",
        ENVIRONMENT
        + "map: {connectors: {wa: wa-prod}, users: {ana: ana.b}, "
        + "numbers: {'+598 2900 1234': '+59829005678'}}\n",
    )
    found = project.resources(
        """\
        kind: Campaign
        name: S
        members: {add: [ana, luis], remove: [eva]}
        channels: {whatsapp: {connector: wa, numbers: ["+59829001234", "+59829009999"]}}
        """
    )
    assert found["campaigns/S/members"].fields == {"members": [{"user": "ana.b"}, {"user": "luis"}]}
    assert found["campaigns/S/channels/whatsapp"].fields == {
        "connector": "wa-prod",
        "numbers": ["+59829005678", "+59829009999"],
    }


@pytest.mark.parametrize(
    "url", ["https://münchen.example", "https://xn--mnchen-3ya.example:8443/v1", "http://[::1]:80"]
)
def test_a_host_may_be_of_any_language_and_have_a_port(project: ManifestProject, url: str) -> None:
    project.write("environments/prod.yaml", f"platform: {{url: '{url}', id: x}}\n")
    assert load_project_settings(project.root, "prod").environment.url == url


@pytest.mark.parametrize("members", ["[b1, ana, b2]", "{add: [b1, ana, b2]}"])
def test_two_users_mapped_to_one_are_a_problem(project: ManifestProject, members: str) -> None:
    project.write("environments/prod.yaml", ENVIRONMENT + "map: {users: {b1: eva, b2: Eva}}\n")
    found = project.problem(f"kind: Campaign\nname: S\nmembers: {members}\n")
    assert found.message.unmasked() == "'b1' and 'b2' are both 'Eva' in this environment"
    assert (
        found.hint.unmasked() == "keep one of them, or change `map: {users: …}` of the environment"
    )
    assert (found.line, found.column) == (3, 10 + members.index("b2"))


def test_a_user_mapped_to_the_name_of_another_is_a_problem(
    project: ManifestProject,
) -> None:
    project.write("environments/prod.yaml", ENVIRONMENT + "map: {users: {b1: ana}}\n")
    found = project.problem("kind: Campaign\nname: S\nmembers: [b1, ana]\n")
    assert "'b1' and 'ana' are both 'ana'" in found.message.unmasked()


def test_two_numbers_mapped_to_one_are_a_problem(
    project: ManifestProject,
) -> None:
    to = "'+59829005678'"
    project.write(
        "environments/prod.yaml",
        ENVIRONMENT + f"map: {{numbers: {{'+59829001234': {to}, '+59829001235': {to}}}}}\n",
    )
    found = project.problem(
        """\
        kind: Channel
        campaign: S
        type: telephony
        numbers: ["+59829001234", "+59829001235"]
        """
    )
    assert "'+59829001234' and '+59829001235' are both '+59829005678'" in found.message.unmasked()
    assert found.line == 4


def test_what_an_environment_ignores_is_added_to_lifecycles(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml",
        ENVIRONMENT + "ignore: [members, statuses.icon, channels.numbers]\n",
    )
    found = project.resources(
        """\
        kind: Campaign
        name: S
        members: [ana]
        statuses: [{name: A, lifecycle: {ignore: [color]}}]
        channels: {email: {}, sms: {}}
        """
    )
    ignored = {address: set(one.lifecycle.ignore) for address, one in found.items()}
    assert ignored == {
        "campaigns/S": set(),
        "campaigns/S/members": {"members"},
        "campaigns/S/statuses/A": {"icon", "color"},
        "campaigns/S/channels/email": set(),
        "campaigns/S/channels/sms": {"numbers"},
    }


def test_approvals_of_this_environment_and_of_all_are_returned(project: ManifestProject) -> None:
    project.write("environments/dev.yaml", ENVIRONMENT)
    project.write(
        "approvals/2026/11.yaml",
        """\
        - {guard: delete-in-use, address: statuses/Lunch, reason: "merged", by: maria,
           environment: prod, expires: 2099-12-31, up_to: 3}
        - {guard: unblock, address: blacklist/x, reason: r, environment: dev}
        - {guard: replace, address: statuses/B, reason: r}
        """,
    )
    given = Approval("unblock", "a", "b")
    found = load_manifests(project.root, "prod", approvals=[given]).approvals
    assert found == (
        Approval(
            "delete-in-use",
            "statuses/Lunch",
            "merged",
            "maria",
            "prod",
            date(2099, 12, 31),
            3,
            Source("approvals/2026/11.yaml", 1, 3),
        ),
        Approval("replace", "statuses/B", "r", source=Source("approvals/2026/11.yaml", 4, 3)),
        given,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("guard: x\n", "approvals must be a list"),
        ("- {guard: x, address: y}\n", "`reason` is missing"),
        ("- {guard: x, address: y, reason: z, environment: prd}\n", "did you mean `prod`?"),
        ("- {guard: x, address: y, reason: z, expires: soon}\n", "a date, YYYY-MM-DD"),
    ],
)
def test_a_wrong_approval_is_a_problem(project: ManifestProject, text: str, message: str) -> None:
    project.write("approvals/a.yaml", text)
    found = project.problem(MEMBERS)
    assert message in found.message.unmasked() + found.hint.unmasked()
