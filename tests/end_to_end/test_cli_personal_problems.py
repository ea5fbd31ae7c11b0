"""Problems in files with customers: position and cause, without the content."""

from __future__ import annotations

import pytest

from tests.end_to_end.harness import Result, Workspace

_SECRETS = ("29001235", "carol", "Secretson", "Hidden", "insta_u")


def _nobody_shows(result: Result) -> Result:
    shown = [secret for secret in _SECRETS if secret.casefold() in result.output.casefold()]
    assert not shown, f"shown: {shown}\n{result.output}"
    return result


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('kind: Contact\ncontact_name: A\nphone: "29001235"\n', ["bad.yaml:3:8", "international"]),
        ("kind: BlacklistEntry\nitems: [carol@example.com\n", ["bad.yaml:2:8", "`[`"]),
        ('kind: BlacklistEntry\nitems:\n\t- "+59829001235"\n', ["bad.yaml:3:1", "tab"]),
        ("kind: Contact\ncontact_name: A\nname: Hidden\n", ["bad.yaml:3:1", "name"]),
        (
            "kind: Contact\ncontact_name: A\nemail: a@carol.example\nemail: b@carol.example\n",
            ["bad.yaml:4:1", "email", "twice"],
        ),
        ("contact_name: Bob Secretson\nphone: '1'\n", ["bad.yaml:1:1", "has no `kind`"]),
        (
            'kind: Contact\ncontact_name: "${{ nope }} Secretson"\nphone: "+59829001234"\n',
            ["bad.yaml:2:15", "the variable"],
        ),
        (
            "kind: BlacklistEntry\nitems:\n- {customer: a@carol.example, lifecycle: {foo: 1}}\n",
            ["bad.yaml:3:43", "it has protect, on_remove, ignore"],
        ),
        ("kind: BlacklistEntry\nitems: [carol x]\n", ["bad.yaml:2:9", "channel: instagram"]),
        ("kind: BlacklistEntry\nitems: [59829001235]\n", ["bad.yaml:2:9", "quote"]),
    ],
)
def test_a_problem_of_a_customer_is_reported_without_the_customer(
    watched: Workspace, text: str, told: list[str]
) -> None:
    watched.write("bad.yaml", text)
    _nobody_shows(watched.run("validate").expect(1)).mentions(*told)
    _nobody_shows(watched.run("plan").expect(1)).mentions(*told)
    _nobody_shows(watched.run("fmt", "--check"))


def test_a_customer_of_an_unknown_campaign_is_not_named(watched: Workspace) -> None:
    watched.write(
        "bad.yaml",
        "kind: BlacklistEntry\nitems: [{customer: insta_u, channel: instagram, campaign: Nope}]\n",
    )
    told = _nobody_shows(watched.run("plan").expect(1))
    told.mentions("bad.yaml:2:9", "is in campaigns/•••, which does not exist")


def test_an_approval_of_a_customers_address_is_reported_without_the_customer(
    watched: Workspace,
) -> None:
    line = '- {guard: unblock, address: blacklist/carol.x@example.com, reason: "x", bye: ana}\n'
    watched.write("approvals/a.yaml", line)
    _nobody_shows(watched.run("validate").expect(1)).mentions("approvals/a.yaml:1:73", "`by`")


def test_files_without_customers_are_shown_unchanged(watched: Workspace) -> None:
    watched.write("bad.yaml", "kind: Status\nname: Contacts\ncolor: red\n")
    watched.run("validate").expect(1).mentions("3 │ color: red")
