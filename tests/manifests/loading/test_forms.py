"""What documents, items and nested keys compile to."""

from __future__ import annotations

import pytest

from reconciler.manifests.desired import Lifecycle
from tests.manifests.manifest_project import ManifestProject


def test_fields_hold_only_what_is_declared(project: ManifestProject) -> None:
    one = project.resource("{kind: Campaign, name: Sales, enabled: false}", "campaigns/Sales")
    assert one.fields == {"enabled": False}


def test_a_bare_name_declares_nothing_but_itself(project: ManifestProject) -> None:
    one = project.resource("{kind: Status, items: [Lunch]}", "statuses/Lunch")
    assert one.fields == {}


def test_the_word_no_is_text_and_never_false(project: ManifestProject) -> None:
    found = project.problem("{kind: Campaign, name: Sales, enabled: NO}")
    assert found.message.unmasked() == "`enabled` must be true or false, not the text 'NO'"
    assert found.hint.unmasked() == "write false"


def test_an_empty_list_empties(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: Sales, forms: [], members: [], statuses: []}"
    desired = project.load(text).desired
    assert desired.resources["campaigns/sales"].fields == {"forms": []}
    assert desired.resources["campaigns/sales/members"].fields == {"members": []}
    assert desired.lists["campaigns/sales/statuses"].complete


@pytest.mark.parametrize("key", ["members", "statuses", "templates", "dispositions", "forms"])
def test_a_list_whose_entries_are_all_commented_out_is_an_error(
    project: ManifestProject, key: str
) -> None:
    found = project.problem(f"kind: Campaign\nname: Sales\n{key}:\n  # - one\n")
    assert found.message.unmasked() == f"`{key}` cannot be null"
    assert found.hint.unmasked() == "write [] to empty it, or leave the key out"
    assert (found.line, found.excerpt) == (3, f"{key}:")


def test_a_schedule_and_a_scope_cannot_be_null(project: ManifestProject) -> None:
    schedule, scope = project.problems(
        """\
        {kind: Campaign, name: Sales, schedule: null}
        ---
        {kind: Holiday, name: X, date: 2026-12-25, campaigns: null}
        """
    )
    assert schedule.hint.unmasked() == "write always or never, or leave the key out"
    assert scope.hint.unmasked() == "write [] to empty it, or leave the key out"


def test_levels_commented_out_are_an_error(project: ManifestProject) -> None:
    found = project.problem("kind: Disposition\nname: Sale\nlevels:\n  # - Done\n")
    assert found.message.unmasked() == "`levels` cannot be null"


def test_null_clears_a_field_that_may_be_null(project: ManifestProject) -> None:
    one = project.resource("{kind: Disposition, name: A, text_code: null}", "dispositions/A")
    assert one.fields == {"text_code": None}


def test_a_channel_type_left_out_is_unmanaged(project: ManifestProject) -> None:
    found = project.resources("{kind: Campaign, name: S, channels: {sms: {max_queue: 3}}}")
    assert list(found) == ["campaigns/S", "campaigns/S/channels/sms"]


def test_a_channel_that_is_reset_has_every_field_at_its_default(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: S, channels: {sms: reset}}"
    one = project.resource(text, "campaigns/S/channels/sms")
    assert one.fields == one.kind.with_defaults(one.address, {})
    assert one.fields["enabled"] is False


def test_a_reset_leaves_no_room_for_fields(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: S, channels: {sms: {reset: true, max_queue: 3}}}"
    assert "is not allowed next to `reset`" in project.problem(text).message.unmasked()


def test_nested_entries_are_nested_and_documents_standalone(project: ManifestProject) -> None:
    found = project.resources(
        """\
        {kind: Campaign, name: S, statuses: [A], channels: {sms: {}}, members: []}
        ---
        {kind: Status, campaign: S, name: B}
        ---
        {kind: Disposition, name: D, levels: [L]}
        """
    )
    assert {address: one.form for address, one in found.items()} == {
        "campaigns/S": "standalone",
        "campaigns/S/statuses/A": "nested",
        "campaigns/S/channels/sms": "nested",
        "campaigns/S/members": "nested",
        "campaigns/S/statuses/B": "standalone",
        "dispositions/D": "standalone",
        "dispositions/D/L": "nested",
    }


def test_every_list_that_is_present_is_complete(project: ManifestProject) -> None:
    lists = project.lists(
        """\
        kind: Campaign
        name: S
        statuses: []
        templates: []
        dispositions:
          - {name: A, levels: [B]}
          - C
        """
    )
    assert sorted(lists) == [
        "campaigns/S/dispositions",
        "campaigns/S/dispositions/A",
        "campaigns/S/statuses",
        "campaigns/S/templates",
    ]
    assert all(listed.complete for listed in lists.values())


def test_a_part_of_a_list_can_be_managed(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: S, statuses: {add: [A], remove: [B]}}"
    desired = project.load(text).desired
    assert "campaigns/s/statuses/a" in desired.resources
    (listed,) = desired.lists.values()
    assert not listed.complete
    ((address, source),) = listed.removes
    assert (address, source.column) == ("campaigns/S/statuses/B", 60 - len("B]}}") + 1)


def test_levels_can_be_managed_in_part(project: ManifestProject) -> None:
    text = "{kind: Disposition, name: S, levels: {add: [A], remove: [B/C]}}"
    (listed,) = project.load(text).desired.lists.values()
    assert [address for address, _ in listed.removes] == ["dispositions/S/B%2FC"]


def test_a_misspelled_part_of_a_list_is_an_error(project: ManifestProject) -> None:
    found = project.problem("{kind: Campaign, name: S, statuses: {ad: [A]}}")
    assert found.hint.unmasked() == "did you mean `add`?"


def test_the_platforms_own_statuses_cannot_be_misspelled(
    project: ManifestProject,
) -> None:
    assert project.problem("{kind: Status, name: break}").hint.unmasked() == "write Break"


def test_trees_nest_as_deep_as_people_want(project: ManifestProject) -> None:
    found = project.resources(
        """\
        kind: Disposition
        name: A
        levels: [{name: B, levels: [{name: C, text_code: X, levels: [D]}]}]
        """
    )
    assert list(found) == [
        "dispositions/A",
        "dispositions/A/B",
        "dispositions/A/B/C",
        "dispositions/A/B/C/D",
    ]
    assert found["dispositions/A/B/C"].path == ("levels", 0, "levels", 0)


def test_items_may_each_say_their_campaign_or_the_document_for_all(
    project: ManifestProject,
) -> None:
    found = project.resources(
        """\
        {kind: BlacklistEntry, items: ["+59829001234", {customer: Ana@Example.com, campaign: S}]}
        ---
        {kind: Status, campaign: T, items: [A, {name: B}]}
        """
    )
    assert list(found) == [
        "blacklist/+59829001234",
        "campaigns/S/blacklist/ana@example.com",
        "campaigns/T/statuses/A",
        "campaigns/T/statuses/B",
    ]


def test_an_item_cannot_say_its_campaign_again(project: ManifestProject) -> None:
    text = "{kind: Status, campaign: T, items: [{name: A, campaign: S}]}"
    assert (
        project.problem(text).message.unmasked()
        == "the document already has a `campaign` for all items"
    )


def test_blacklists_and_contacts_are_never_complete(project: ManifestProject) -> None:
    text = """\
        {kind: BlacklistEntry, items: ["+59829001234"]}
        ---
        {kind: Contact, items: [{contact_name: A, email: a@b.co}]}
        """
    assert project.lists(text) == {}


def test_a_contact_is_known_by_phone_then_email_unless_it_says_a_key(
    project: ManifestProject,
) -> None:
    found = project.resources(
        """\
        kind: Contact
        items:
          - {contact_name: A, phone: "+598 2900 1234", email: a@b.co}
          - {contact_name: B, email: B@b.co}
          - {contact_name: C, email: c@b.co, key: C-7}
        """
    )
    assert list(found) == ["contacts/+59829001234", "contacts/b@b.co", "contacts/C-7"]


def test_a_global_kind_has_no_campaign(project: ManifestProject) -> None:
    text = "{kind: Holiday, campaign: S, name: X, date: 2026-12-25, campaigns: all}"
    found = project.problem(text)
    assert "for all campaigns" in found.message.unmasked()
    assert found.hint.unmasked() == "leave it out"


def test_a_channel_must_say_its_campaign(project: ManifestProject) -> None:
    found = project.problem("{kind: Channel, type: sms}")
    assert found.message.unmasked() == "`campaign` is missing: every channel belongs to a campaign"


def test_a_campaign_is_a_document_of_its_own(project: ManifestProject) -> None:
    assert (
        "cannot be declared in `items`"
        in project.problem("{kind: Campaign, name: S, items: []}").message.unmasked()
    )


def test_lifecycle_is_read_and_its_fields_are_checked(project: ManifestProject) -> None:
    text = "{kind: Status, name: A, lifecycle: {protect: true, on_remove: keep, ignore: [icon]}}"
    one = project.resource(text, "statuses/A")
    assert one.lifecycle == Lifecycle(True, "keep", frozenset({"icon"}))
    found = project.problem("{kind: Status, name: A, lifecycle: {ignore: [ikon]}}")
    assert found.hint.unmasked() == "did you mean `icon`?"


def test_protection_git_does_not_speak_of_is_not_lifted(project: ManifestProject) -> None:
    for text in ("{kind: Status, name: A}", "{kind: Status, name: A, lifecycle: {ignore: []}}"):
        assert project.resource(text, "statuses/A").lifecycle.protect is None


def test_a_lifecycle_next_to_items_applies_to_each_item(project: ManifestProject) -> None:
    text = """\
        kind: Status
        items: [A, {name: B, lifecycle: {protect: false}}]
        lifecycle: {protect: true}
        """
    found = project.resources(text)
    assert [resource.lifecycle.protect for resource in found.values()] == [True, False]


def test_content_and_content_file_exclude_each_other(project: ManifestProject) -> None:
    project.write("a.txt", "x")
    text = "{kind: Template, name: T, type: text, content: x, content_file: a.txt}"
    assert "not both" in project.problem(text).message.unmasked()


def test_names_with_slashes_are_one_segment(project: ManifestProject) -> None:
    assert list(project.resources("{kind: Status, name: 50% a/b}")) == ["statuses/50%25 a%2Fb"]


def test_a_renamed_entry_knows_the_sibling_it_was(project: ManifestProject) -> None:
    text = "{kind: Disposition, name: A, levels: [{name: B, renamed_from: C/D}]}"
    assert project.resource(text, "dispositions/A/B").renamed_from == "dispositions/A/C%2FD"


@pytest.mark.parametrize(
    "text",
    [
        "{kind: Campaign, name: A, renamed_from: B}",
        "{kind: BlacklistEntry, customer: a@b.co, renamed_from: c@b.co}",
        "{kind: Contact, contact_name: A, phone: '+59829001234', renamed_from: x}",
        "{kind: Channel, campaign: A, type: sms, renamed_from: email}",
        "{kind: Members, campaign: A, members: [], renamed_from: x}",
    ],
)
def test_what_cannot_be_renamed_says_so(project: ManifestProject, text: str) -> None:
    found = project.problem(text)
    assert "cannot be renamed" in found.message.unmasked()
    assert found.column == text.index("renamed_from") + 1


def test_a_change_of_case_alone_is_a_rename_only_where_names_can_change(
    project: ManifestProject,
) -> None:
    assert project.load("{kind: Disposition, name: Sale, renamed_from: sale}")
    found = project.problem("{kind: Status, name: Lunch, renamed_from: lunch}")
    assert "not even in case" in found.message.unmasked()
    found = project.problem("{kind: Status, name: Caf\u00e9, renamed_from: Cafe\u0301}")
    assert "is its present name" in found.message.unmasked()
