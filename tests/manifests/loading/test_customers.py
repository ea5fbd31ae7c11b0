"""Customers in manifests: one normal form, social ids with a network, errors with a place."""

from __future__ import annotations

import pytest

from reconciler.kinds.registry import KINDS
from tests.manifests.manifest_project import ManifestProject


def test_what_is_pasted_is_the_customer_that_is_read(project: ManifestProject) -> None:
    found = project.resources(
        """\
        kind: BlacklistEntry
        items:
          - "\u202a+59829001234\u202c"
          - "whatsapp:+598 2900\u20111235"
          - {customer: "mailto:ana\uff20example.com", campaign: Sales}
        """
    )
    assert list(found) == [
        "blacklist/+59829001234",
        "blacklist/+59829001235",
        "campaigns/Sales/blacklist/ana@example.com",
    ]


def test_a_social_id_is_declared_with_its_network(project: ManifestProject) -> None:
    found = project.resources(
        """\
        kind: BlacklistEntry
        items:
          - {customer: "213432525", channel: instagram}
          - {customer: "@ana.sosa", channel: messenger, campaign: Sales}
          - "instagram:12"
        ---
        {kind: BlacklistEntry, customer: "59829001234", channel: messenger}
        """
    )
    assert list(found) == [
        "blacklist/instagram:213432525",
        "campaigns/Sales/blacklist/messenger:ana.sosa",
        "blacklist/instagram:12",
        "blacklist/messenger:59829001234",
    ]
    assert all(resource.fields == {} for resource in found.values())


def test_two_spellings_of_a_social_id_are_declared_twice(project: ManifestProject) -> None:
    found = project.problem(
        """\
        kind: BlacklistEntry
        items: [{customer: "21", channel: instagram}, "Instagram:@\uff12\uff11"]
        """
    )
    assert "blacklist/••• is declared twice" in found.message.unmasked()


@pytest.mark.parametrize(
    ("item", "message", "hint", "column"),
    [
        ('"213432525"', "has no country code", "channel: instagram", 5),
        ("213432525", "must be a mapping or a name", 'quote it if it is a name: "•••"', 5),
        ("carol", "neither a phone nor an e-mail", "channel: instagram", 5),
        ('"@carol"', "neither a phone nor an e-mail", "channel: instagram", 5),
        ("n/a", "placeholder", "leave it out", 5),
        ('"5.9829E+10"', "shortened by a spreadsheet", "write all its digits", 5),
        ('"+16502530000x123"', "extension", "without it", 5),
        ("59829001238@c.us", "WhatsApp", "write the customer's phone", 5),
        ('{customer: "21", channel: sms}', "must be instagram or messenger", "Leave it out", 31),
        ('{customer: "21", channel: null}', "must be instagram or messenger", "Leave it out", 31),
        ('{customer: "21", channel: [instagram]}', "must be instagram", "Leave it out", 31),
        ('{customer: "+59829001234", channel: instagram}', "social id has only", "alone", 16),
        ("{channel: instagram}", "`customer` is missing", "add `customer:`", 5),
        ('{customer: 21, channel: instagram}', "must be text", 'quote it: "•••"', 16),
    ],
)  # fmt: skip
def test_an_entry_that_blocks_nobody_is_an_error_at_its_place(
    project: ManifestProject, item: str, message: str, hint: str, column: int
) -> None:
    found = project.problem(f"kind: BlacklistEntry\nitems:\n  - {item}\n")
    assert message in found.message.unmasked()
    assert hint in found.hint.unmasked()
    assert (found.line, found.column) == (3, column)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("phone", "+1 650 253 0100 ext. 41", "extension"),
        ("phone", "n/a", "placeholder"),
        ("phone", "5.98E+10", "spreadsheet"),
        ("phone", "29001234", "not an international number"),
        ("email", "59829001238@c.us", "WhatsApp"),
        ("email", "ana@example", "not an e-mail address"),
        ("contact_name", "An\u200ba", "invisible"),
        ("key", "+59829001234 x41", "extension"),
    ],
)
def test_the_same_holds_for_contacts(
    project: ManifestProject, field: str, value: str, message: str
) -> None:
    given = {"contact_name": "Ana", "email": "ana@example.com", field: value}
    text = "".join(f'{key}: "{one}"\n' for key, one in given.items())
    found = project.problem(f"kind: Contact\n{text}")
    assert message in found.message.unmasked()
    assert found.line == 2 + list(given).index(field)


def test_contacts_are_known_by_what_is_read(project: ManifestProject) -> None:
    found = project.resources(
        'kind: Contact\ncontact_name: Ana\nphone: "\u2068+598 2900 1234\u2069"\n'
        'email: "MAILTO:Ana@Example.com"\n'
    )
    assert found["contacts/+59829001234"].fields == {
        "contact_name": "Ana",
        "phone": "+59829001234",
        "email": "ana@example.com",
    }


def test_two_contacts_with_one_phone_get_a_hint_about_keys(project: ManifestProject) -> None:
    found = project.problem(
        """\
        kind: Contact
        items:
          - {contact_name: Desk, phone: "+1 650 253 0100"}
          - {contact_name: Shop, phone: "+16502530100"}
        """
    )
    assert "declared twice" in found.message.unmasked()
    assert found.hint.unmasked() == "keep one of them, or give one a `key`"


def test_a_contact_with_a_key_may_leave_its_phone_to_the_platform(project: ManifestProject) -> None:
    found = project.resources("{kind: Contact, key: desk, contact_name: Desk}")
    assert found["contacts/desk"].fields == {"contact_name": "Desk"}


def test_a_channel_may_leave_its_connector_to_the_platform(project: ManifestProject) -> None:
    found = project.resources(
        """\
        kind: Campaign
        name: Sales
        channels:
          telephony: {enabled: true, wrap_up_seconds: 20}
          sms: {enabled: true, connector: sms}
        """
    )
    telephony = found["campaigns/Sales/channels/telephony"]
    assert telephony.fields == {"enabled": True, "wrap_up_seconds": 20}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.identity == "name"])
def test_a_name_with_an_invisible_character_is_refused(
    project: ManifestProject, kind: object
) -> None:
    found = project.problems(f'kind: {getattr(kind, "name")}\nname: "Sa\u200bles"\n')  # noqa: B009
    (problem,) = (problem for problem in found if "invisible" in problem.message.unmasked())
    assert "character 3 of this one is U+200B ZERO WIDTH SPACE" in problem.message.unmasked()
    assert (problem.line, problem.hint.unmasked()) == (2, "write the name again by hand")


@pytest.mark.parametrize(
    "text",
    [
        '{kind: Campaign, name: S, forms: ["Or\u200bder"]}',
        '{kind: Campaign, name: S, members: ["a\u202ena"]}',
        '{kind: Campaign, name: S, members: {add: [ana], remove: ["a\u202ena"]}}',
        '{kind: Campaign, name: S, members: {copy_from: "T\u2060"}}',
        '{kind: Campaign, name: S, channels: {email: {connector: "ma\u00adil"}}}',
        '{kind: Campaign, name: S, channels: {email: {signature: "ma\u00adil"}}}',
        '{kind: Status, campaign: "S\ufeff", name: A}',
        '{kind: Disposition, name: A, levels: ["B\u200b"]}',
        '{kind: Disposition, name: A, renamed_from: "B\u200b"}',
        '{kind: QualityModel, name: A, categories: [{name: "B\u200b"}]}',
        '{kind: Holiday, name: A, date: 2026-12-25, campaigns: ["B\u200b"]}',
    ],
)
def test_so_is_a_name_that_is_referred_to(project: ManifestProject, text: str) -> None:
    assert "invisible" in project.problem(text).message.unmasked()


def test_a_number_of_the_map_is_in_normal_form(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml",
        "platform: {url: 'https://x.example', id: p}\nmap: {numbers: {'0800 1234': '*611'}}\n",
    )
    found = project.resource(
        "{kind: Channel, campaign: S, type: telephony, numbers: ['0800-1234']}",
        "campaigns/S/channels/telephony",
    )
    assert found.fields == {"numbers": ["*611"]}
