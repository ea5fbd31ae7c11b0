"""Which files may contain customers, and how their problems are masked."""

from __future__ import annotations

import re

import pytest

from reconciler.manifests.masking.customer_files import may_hold_customers
from reconciler.manifests.masking.source_lines import mask_source_line
from reconciler.manifests.yaml.reader import read_documents
from tests.manifests.manifest_project import ManifestProject
from tests.manifests.yaml.yaml_reading import DEFAULT


def _may(text: str, file: str = "a.yaml") -> bool:
    return may_hold_customers(file, *read_documents(text.encode(), file, DEFAULT))


_CAMPAIGN = "kind: Campaign\nname: Sales\n"


@pytest.mark.parametrize(
    "text",
    [
        "kind: Status\nname: Lunch\ncolour: red\n",
        "kind: Status\nitems: [Lunch, {name: Coffee, icno: cup}]\n---\nkind: Holiday\nitems: []\n",
        f"{_CAMPAIGN}members: [ana@acme.example, {{user: luis, penalti: 3}}]\n",
        f"{_CAMPAIGN}members: {{copy_from: Support, add: [ana@acme.example], remove: [luis]}}\n",
        f"{_CAMPAIGN}channels: {{sms: {{numbers: ['+59829001234', '40404']}}, email: reset}}\n",
        f"{_CAMPAIGN}channels: {{email: {{connector: mail@acme.example, max_queu: 3}}}}\n",
        f"{_CAMPAIGN}channels: {{webchat: {{welcome: {{en: 'Call +598 2900 1234', pt-BR: x}}}}}}\n",
        f"{_CAMPAIGN}schedule: {{mon: ['09:00-13:00'], tue: []}}\ntime_zone: UTC\n",
        f"{_CAMPAIGN}dispositions: [{{name: X, text_code: '12345678', levels: [Y]}}]\n",
        "kind: Template\nname: T\ntype: text\ncontent: Write to ana@acme.example, +598 2900 1234\n",
        "kind: Holiday\nname: Christmas\ndate: 2026-12-25\ncampaigns: all\n",
        "kind: QualityModel\nname: Q\ncategories: [{name: C, questions: [{text: '2900 1234'}]}]\n",
    ],
)
def test_an_ordinary_file_is_shown_as_it_is(text: str) -> None:
    assert not _may(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kind: Contact\n",
        '"kind": Contact\n',
        "kind : Contact\n",
        "kind: &k Contact\n",
        "kind: BlacklistEntry\nitems: []\n",
        "kind: Status\nname: A\n---\nkind: Contact\n",
        "kind: Status\nname: A\n---\nname: Ana\n",
        "kind: Status\nname: A\n---\nAna\n",
        "- kind: Status\n",
        "kind: [Status]\n",
        "kind: status\n",
        "kind: ${{ x }}\n",
        "kind: Status\nname: [\n",
        "kind: Status\nname: A\nname: B\n",
        "kind: Status\nname: A\n59829001234: Ana\n",
        f"{_CAMPAIGN}blacklist: []\n",
        f"{_CAMPAIGN}contacts: []\n",
        f"{_CAMPAIGN}clientes: [Ana]\n",
        f"{_CAMPAIGN}tom: x\n",
        f"{_CAMPAIGN}phone: x\n",
        f"{_CAMPAIGN}fone: x\n",
        f"{_CAMPAIGN}members: ['+59829001234']\n",
        f"{_CAMPAIGN}members: [59829001234]\n",
        f"{_CAMPAIGN}statuses: [ana@example.com]\n",
        f"{_CAMPAIGN}statuses: [{{name: A, customer: x}}]\n",
        f"{_CAMPAIGN}channels: {{'+59829001234': {{}}}}\n",
        f"{_CAMPAIGN}channels: {{webchat: {{welcome: {{Ana: x}}}}}}\n",
        "kind: Status\nitems: [{contact_name: Ana}]\n",
        "kind: Status\nname: 2900 1234\n",
    ],
)
def test_a_file_that_may_hold_customers_is_not(text: str) -> None:
    assert _may(text) == bool(text)


@pytest.mark.parametrize(
    ("file", "text", "may"),
    [
        ("reconciler.yaml", "project: acme\nprojekt: x\n", False),
        ("reconciler.yaml", "project: [\n", True),
        ("environments/prod.yaml", "platform: {url: 'https://u:p@h', id: '12345678'}\n", False),
        ("environments/prod.yaml", "variables: {phone: '+59829001234', mail: a@b.c}\n", False),
        (
            "environments/prod.yaml",
            "map: {users: {a@b.c: d@e.f}, numbers: {'+59829001234': x}}\n",
            False,
        ),
        ("environments/prod.yaml", "contacts: [a]\n", True),
        ("environments/prod.yaml", "ignore: ['+59829001234']\n", True),
        ("approvals/a.yaml", "- {guard: unblock, adress: statuses/x, by: a@b.c}\n", False),
        ("approvals/a.yaml", "- {guard: unblock, address: blacklist/x}\n", True),
        ("approvals/a.yaml", "- {guard: unblock, address: campaigns/S/contacts/x}\n", True),
        ("approvals/a.yaml", "- {guard: mass-change, address: blacklist, reason: Ana}\n", True),
    ],
)
def test_settings_and_approvals_are_recognised_by_their_path(
    file: str, text: str, may: bool
) -> None:
    assert _may(text, file) == may


def test_of_a_line_the_keys_and_the_columns_are_left() -> None:
    for line, shown in (
        ('  - {contact_name: Ana, phone: "+598"}', '  - {contact_name: •••, phone: "••••"}'),
        ("kind: Contact # Ana", "kind: Contact # •••"),
        ("kind: Contacts", "kind: ••••••••"),
        ('"kind" : "Contact"', '"kind" : "Contact"'),
        ("Ana: phone", "•••: •••••"),
        ("ana@example.com: x", "•••••••••••••••: •"),
        ("contact_name: ${{ ana | upper }}", "contact_name: ${{ ••• | ••••• }}"),
        ("Ña 張: 9", "•• •: •"),
    ):
        assert mask_source_line(line) == shown
        assert len(mask_source_line(line)) == len(line)


_CONTACT = "kind: Contact\ncontact_name: Ana\n"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("kind: Ana\n", "'•••' is not a kind", "there are QualityModel, Campaign, Status"),
        ("kind: Kontact\nname: Ana\n", "'•••' is not a kind", "did you mean `Contact`?"),
        (f"{_CONTACT}fone: x\n", "`•••` is not a field of a contact", "did you mean `phone`?"),
        (f"{_CONTACT}phone: 59829001234\n", "must be text, not the number •••", "quote it"),
        (f"{_CONTACT}phone: '2900'\n", "'•••' is not an international number", "write it as +<c"),
        (f"{_CONTACT}phone: [x]\nkey: a\n", "`phone` must be text, not a list", ""),
        (f"{_CONTACT}phone: 'x\ny: \n", "this quote is never closed", "close it"),
        (f"{_CONTACT}phone: *ana\n", "no value above is named `&•••`", 'quote the text: "*•••"'),
        (f"{_CONTACT}email: !ana x\n", "the tag `•••` is not allowed", "leave the tag out"),
        (
            "kind: Contact\nAna: 1\nAna: 2\n",
            "`•••` occurs twice: the first is on line 2",
            "keep one",
        ),
        (f"{_CONTACT}key: '${{{{ ana }}}}'\n", "the variable '•••' does not exist", ""),
        (
            f"{_CONTACT}phone: '+59829001234'\n---\n{_CONTACT}phone: '+59829001234'\n",
            "contacts/••• is declared twice: first at all.yaml:1",
            "keep one of them, or give one a `key`",
        ),
    ],
)
def test_a_problem_of_a_file_with_customers_keeps_only_our_words(
    project: ManifestProject, text: str, message: str, hint: str
) -> None:
    problems = project.problems(text)
    shown = [(found.message.unmasked(), found.hint.unmasked()) for found in problems]
    assert [pair for pair in shown if message in pair[0] and hint in pair[1]], shown
    assert not re.search("(?i)ana|2900", f"{shown}")


def test_what_a_variable_brings_into_a_message_is_masked_too(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml",
        "platform: {url: 'https://acme.example', id: a}\nvariables: {vip: [Zacarias]}\n",
    )
    found = project.problem("kind: Contact\ncontact_name: ${{ vip }}\nphone: '+59829001234'\n")
    assert "Zacarias" not in f"{found}"
    assert found.message.unmasked() == "`contact_name` must be text, not a list"


def test_a_file_without_customers_is_shown_unmasked(project: ManifestProject) -> None:
    project.write("contacts.yaml", "kind: Contact\ncontact_name: Ana\nfone: x\n")
    problems = project.problems("kind: Status\nname: A\ncolor: red\n")
    shown = {problem.file: problem.excerpt for problem in problems}
    assert shown == {"all.yaml": "color: red", "contacts.yaml": "••••: •"}
