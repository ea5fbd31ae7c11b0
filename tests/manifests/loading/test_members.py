"""Member lists, and copies of other campaigns' lists."""

from __future__ import annotations

from tests.manifests.manifest_project import ManifestProject


def members(project: ManifestProject, text: str, campaign: str) -> list[object]:
    listed = project.resource(text, f"campaigns/{campaign}/members").fields["members"]
    assert isinstance(listed, list)
    return list(listed)


def test_bare_names_set_only_the_user_and_order_is_kept(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: S, members: [luis, {user: ana, penalty: 3}]}"
    assert members(project, text, "S") == [{"user": "luis"}, {"user": "ana", "penalty": 3}]


def test_a_plain_list_is_complete_and_a_part_is_not(project: ManifestProject) -> None:
    found = project.resources(
        """\
        {kind: Campaign, name: S, members: [ana]}
        ---
        {kind: Campaign, name: T, members: {add: [ana], remove: [eva]}}
        ---
        {kind: Campaign, name: U, members: {remove: [eva]}}
        """
    )
    assert found["campaigns/S/members"].removes is None
    assert found["campaigns/T/members"].removes == ("eva",)
    assert found["campaigns/U/members"].fields == {"members": []}


def test_a_document_of_its_own_says_the_same(project: ManifestProject) -> None:
    text = "{kind: Members, campaign: S, members: [ana]}"
    one = project.resource(text, "campaigns/S/members")
    assert (one.form, one.fields) == ("standalone", {"members": [{"user": "ana"}]})


def test_a_copy_adds_overrides_and_removes(project: ManifestProject) -> None:
    text = """\
        kind: Campaign
        name: A
        members: {copy_from: B, add: [eva, {user: luis, penalty: 1}], remove: [ana]}
        ---
        kind: Campaign
        name: B
        members: [ana, {user: luis, penalty: 9, channels: {sms: {create: false}}}, bea]
        """
    assert members(project, text, "A") == [
        {"user": "luis", "penalty": 1, "channels": {"sms": {"create": False}}},
        {"user": "bea"},
        {"user": "eva"},
    ]


def test_copies_of_copies_are_followed_in_any_order(project: ManifestProject) -> None:
    text = """\
        {kind: Campaign, name: A, members: {copy_from: B}}
        ---
        {kind: Campaign, name: B, members: {copy_from: C, add: [x]}}
        ---
        {kind: Campaign, name: C, members: [y]}
        """
    assert members(project, text, "A") == [{"user": "y"}, {"user": "x"}]


def test_a_copy_of_a_part_is_a_part(project: ManifestProject) -> None:
    text = """\
        {kind: Campaign, name: A, members: {copy_from: B, add: [z], remove: [w]}}
        ---
        {kind: Campaign, name: B, members: {add: [x], remove: [y, z]}}
        """
    one = project.resource(text, "campaigns/A/members")
    assert one.fields == {"members": [{"user": "x"}, {"user": "z"}]}
    assert one.removes == ("y", "w")


def test_a_long_chain_of_copies_resolves(project: ManifestProject) -> None:
    chain = [
        f"{{kind: Members, campaign: C{n}, members: {{copy_from: C{n + 1}}}}}" for n in range(2000)
    ]
    chain.append("{kind: Members, campaign: C2000, members: [ana]}")
    assert members(project, "\n---\n".join(chain), "C0") == [{"user": "ana"}]


def test_a_circle_is_an_error_that_names_it(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: A, members: {copy_from: B}}
        ---
        {kind: Campaign, name: B, members: {copy_from: C}}
        ---
        {kind: Campaign, name: C, members: {copy_from: B}}
        """
    )
    assert found.message.unmasked() == "members are copied in a circle: B copies C copies B"
    assert found.line == 3


def test_a_copy_of_itself_is_an_error(project: ManifestProject) -> None:
    found = project.problem("{kind: Campaign, name: A, members: {copy_from: A}}")
    assert found.message.unmasked() == "A copies itself"


def test_a_copy_of_nothing_names_the_nearest(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: A, members: {copy_from: Suport}}
        ---
        {kind: Campaign, name: Support, members: [ana]}
        """
    )
    assert found.hint.unmasked() == "did you mean `Support`?"
    assert found.column == 48


def test_copying_a_list_with_problems_adds_no_problem(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: A, members: {copy_from: B}}
        ---
        {kind: Campaign, name: B, members: [{user: ana, penalty: high}]}
        """
    )
    assert "penalty" in found.message.unmasked()


def test_removing_who_is_not_copied_is_an_error(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: A, members: {copy_from: B, remove: [anna]}}
        ---
        {kind: Campaign, name: B, members: [ana]}
        """
    )
    assert found.hint.unmasked() == "did you mean `ana`?"


def test_a_user_cannot_be_both_added_and_removed(project: ManifestProject) -> None:
    found = project.problem("{kind: Campaign, name: A, members: {add: [ana], remove: [Ana]}}")
    assert found.message.unmasked() == "Ana is both added and removed"


def test_a_user_may_occur_once_in_a_list(project: ManifestProject) -> None:
    found = project.problem("{kind: Campaign, name: A, members: [ana, luis, Ana]}")
    assert "occurs twice" in found.message.unmasked()
