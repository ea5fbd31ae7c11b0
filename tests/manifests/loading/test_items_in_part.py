"""`items: {add, remove}`: customers to block and to unblock, and parts of other collections."""

from __future__ import annotations

import pytest

from tests.manifests.manifest_project import ManifestProject


def _removes(project: ManifestProject, text: str) -> dict[str, list[str]]:
    return {
        address: [removed for removed, _ in listed.removes]
        for address, listed in project.lists(text).items()
        if not listed.complete
    }


def test_what_is_added_is_declared_and_what_is_removed_is_listed(
    project: ManifestProject,
) -> None:
    text = """\
    kind: BlacklistEntry
    items:
      add: ["+59829001234", {customer: pest@example.com, campaign: Sales}]
      remove:
        - "+598 2900 9999"
        - {customer: old@example.com, campaign: Sales}
        - {customer: "213432525", channel: instagram}
    """
    assert set(project.resources(text)) == {
        "blacklist/+59829001234",
        "campaigns/Sales/blacklist/pest@example.com",
    }
    assert _removes(project, text) == {
        "blacklist": ["blacklist/+59829009999", "blacklist/instagram:213432525"],
        "campaigns/Sales/blacklist": ["campaigns/Sales/blacklist/old@example.com"],
    }


def test_contacts_are_removed_by_their_key(project: ManifestProject) -> None:
    text = '{kind: Contact, campaign: Sales, items: {remove: ["+59829001234", {key: vip-1}]}}'
    assert _removes(project, text) == {
        "campaigns/Sales/contacts": [
            "campaigns/Sales/contacts/+59829001234",
            "campaigns/Sales/contacts/vip-1",
        ]
    }


def test_parts_of_one_list_in_several_documents_add_up(project: ManifestProject) -> None:
    text = """\
    {kind: BlacklistEntry, items: {remove: [a@example.com]}}
    ---
    {kind: BlacklistEntry, items: {remove: [b@example.com]}}
    """
    assert _removes(project, text) == {
        "blacklist": ["blacklist/a@example.com", "blacklist/b@example.com"]
    }


def test_a_complete_list_stays_complete(project: ManifestProject) -> None:
    text = """\
    {kind: Status, campaign: Sales, items: {remove: [Old]}}
    ---
    {kind: Campaign, name: Sales, statuses: [Coaching]}
    """
    listed = project.lists(text)["campaigns/Sales/statuses"]
    assert listed.complete
    assert [address for address, _ in listed.removes] == ["campaigns/Sales/statuses/Old"]


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("{remove: [5]}", "each entry to remove must be the customer of a blacklist entry"),
        ("{remove: [{campaign: S}]}", "`customer` is missing"),
        ("{remove: [{customer: a@b.com, why: x}]}", "is not allowed in `remove`"),
        ("{remove: a@b.com}", "`remove` must be a list"),
        ("{}", "`items` cannot be an empty mapping"),
        ("{added: []}", "`items` must be a list, or a mapping with add and remove"),
    ],
)
def test_a_wrong_form_is_a_problem(project: ManifestProject, items: str, message: str) -> None:
    found = project.problems(f"{{kind: BlacklistEntry, items: {items}}}")
    assert message in " ".join(str(problem.message) for problem in found)


def test_a_customer_cannot_be_added_and_removed(project: ManifestProject) -> None:
    found = project.problem(
        "{kind: BlacklistEntry, items: {add: [a@example.com], remove: [A@example.com]}}"
    )
    assert "is removed here and declared" in str(found.message)
    assert "a@example.com" not in str(found.message)
