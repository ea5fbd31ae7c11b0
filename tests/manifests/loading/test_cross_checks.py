"""Problems between resources."""

from __future__ import annotations

import pytest

from reconciler.kinds.registry import KINDS
from tests.manifests.manifest_project import ManifestProject


def test_two_documents_for_one_address(project: ManifestProject) -> None:
    project.write("a.yaml", "{kind: Status, name: Lunch}")
    project.write("b.yaml", "\n{kind: Status, name: Lunch}")
    found = project.problem()
    assert found.message.unmasked() == "statuses/Lunch is declared twice: first at a.yaml:1"
    assert found.place == "b.yaml:2:1"


def test_a_nested_entry_and_a_document_are_two(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: S, statuses: [A]}
        ---
        {kind: Status, campaign: S, name: A}
        """
    )
    assert "declared twice" in found.message.unmasked()


@pytest.mark.parametrize(("one", "other"), [("Lunch", "lunch"), ("Café", "Cafe\u0301")])
def test_duplicates_that_differ_in_case_or_encoding_are_a_problem(
    project: ManifestProject, one: str, other: str
) -> None:
    found = project.problem(f'{{kind: Status, items: ["{one}", "{other}"]}}')
    assert "only in" in found.message.unmasked()


def test_a_number_serves_one_campaign_a_channel_type(project: ManifestProject) -> None:
    found = project.problem(
        """\
        kind: Campaign
        name: A
        channels: {sms: {numbers: ["+59829001234"]}, whatsapp: {numbers: ["+59829001234"]}}
        ---
        {kind: Campaign, name: B, channels: {sms: {numbers: ["+598 2900 1234"]}}}
        """
    )
    assert "+59829001234 already belongs to A on sms" in found.message.unmasked()
    assert found.line == 5


def test_a_name_still_declared_cannot_be_an_old_one(project: ManifestProject) -> None:
    found = project.problem("{kind: Status, items: [Lunch, {name: Meal, renamed_from: Lunch}]}")
    assert "'Lunch' is still declared" in found.message.unmasked()
    assert found.column == 58


def test_swapped_names_are_an_error(project: ManifestProject) -> None:
    found = project.problems(
        "{kind: Status, items: [{name: A, renamed_from: B}, {name: B, renamed_from: A}]}"
    )
    assert len(found) == 2
    assert "two applies" in found[0].hint.unmasked()


def test_two_cannot_come_from_one(project: ManifestProject) -> None:
    found = project.problem(
        "{kind: Status, items: [{name: A, renamed_from: C}, {name: B, renamed_from: C}]}"
    )
    assert "'C' is already renamed to A" in found.message.unmasked()


def test_what_is_removed_cannot_be_declared(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: S, statuses: {remove: [A]}}
        ---
        {kind: Status, campaign: S, name: A}
        """
    )
    assert "'A' is removed here and declared at all.yaml:3" in found.message.unmasked()


def test_a_campaign_is_spelled_as_it_is_declared(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Status, campaign: sales, items: [A, B]}
        ---
        {kind: Campaign, name: Sales}
        """
    )
    assert found.hint.unmasked() == "write Sales"


def test_a_reference_is_spelled_as_what_it_means(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: Sales}
        ---
        {kind: Holiday, name: X, date: 2026-12-25, campaigns: [sales]}
        """
    )
    assert (found.hint.unmasked(), found.column) == ("write Sales", 56)


def test_a_reference_to_what_no_manifest_declares_is_fine(project: ManifestProject) -> None:
    text = "{kind: Campaign, name: Sales, quality_models: [Courtesy], forms: [F], members: [ana]}"
    assert project.warnings(text) == ()


def test_a_near_miss_of_a_declared_name_is_a_warning(project: ManifestProject) -> None:
    (warning,) = project.warnings(
        """\
        {kind: QualityModel, name: Courtesy}
        ---
        {kind: Campaign, name: Sales, quality_models: [Cortesy]}
        """
    )
    assert warning.hint.unmasked() == "did you mean `Courtesy`?"
    assert warning.column == 48


def test_a_signature_may_be_the_campaigns_own_or_a_global_template(
    project: ManifestProject,
) -> None:
    text = """\
        {kind: Campaign, name: S, channels: {email: {signature: Own}},
         templates: [{name: Own, type: text, content: x}]}
        ---
        {kind: Campaign, name: T, channels: {email: {signature: Shared}}}
        ---
        {kind: Template, name: Shared, type: text, content: x}
        """
    assert project.warnings(text) == ()


def test_a_zone_without_daylight_saving_is_a_warning(project: ManifestProject) -> None:
    (warning,) = project.warnings("{kind: Campaign, name: Sales, time_zone: EST}")
    assert "EST has no daylight saving time" in warning.message.unmasked()
    assert (warning.line, warning.column) == (1, 42)


def test_a_child_of_a_campaign_no_manifest_declares_is_fine(project: ManifestProject) -> None:
    assert list(project.resources("{kind: Status, campaign: S, name: A}"))


@pytest.mark.parametrize(
    "old", ["Sale/Done", "dispositions/Sale/Done", "campaigns/S/dispositions/Sale/Done"]
)
def test_an_old_name_that_is_a_path_is_an_error(project: ManifestProject, old: str) -> None:
    found = project.problem(
        f"""\
        kind: Disposition
        items:
          - Sale
          - name: Won
            levels: [{{name: Closed, renamed_from: {old}}}]
        """
    )
    assert "cannot move to another parent" in found.message.unmasked()
    assert "deleted, with its history" in found.message.unmasked()
    assert "write `renamed_from: Done`" in found.hint.unmasked()
    assert found.line == 5


def test_an_old_name_with_a_slash_is_not_a_path(project: ManifestProject) -> None:
    found = project.resource(
        '{kind: Disposition, items: [Sale, {name: All day, renamed_from: "24/7"}]}',
        "dispositions/All day",
    )
    assert found.renamed_from == "dispositions/24%2F7"


def test_a_path_of_another_kind_says_what_is_lost(project: ManifestProject) -> None:
    found = project.problem(
        "{kind: Status, campaign: S, name: Lunch, renamed_from: statuses/Lunch}"
    )
    assert "what uses it would lose it" in found.message.unmasked()


EXCLUSIVE = "project: acme\nownership: {templates: exclusive, campaigns: exclusive}\n"


def test_a_reference_that_no_plan_can_resolve_is_an_error(project: ManifestProject) -> None:
    project.write("reconciler.yaml", EXCLUSIVE)
    found = project.problem(
        """\
        kind: Campaign
        name: Sales
        templates: [{name: Welcome, type: text, content: Hi}]
        channels: {email: {signature: Signature}}
        """
    )
    assert "the template 'Signature' will not exist" in found.message.unmasked()
    assert found.line == 4


def test_a_reference_that_may_be_live_is_not_an_error(project: ManifestProject) -> None:
    """The global list of templates is not complete."""
    project.load(
        """\
        kind: Campaign
        name: Sales
        templates: [{name: Welcome, type: text, content: Hi}]
        channels: {email: {signature: Signature}}
        """
    )


def test_a_holiday_of_a_campaign_that_cannot_exist_is_an_error(project: ManifestProject) -> None:
    project.write("reconciler.yaml", EXCLUSIVE)
    found = project.problem(
        "{kind: Holiday, items: [{name: Strike, date: 2026-12-24, campaigns: [Sales]}]}"
    )
    assert "the campaign 'Sales' will not exist" in found.message.unmasked()


def test_a_resource_of_a_campaign_that_cannot_exist_is_an_error(project: ManifestProject) -> None:
    project.write("reconciler.yaml", EXCLUSIVE)
    found = project.problem("{kind: Status, campaign: Sales, items: [A, B]}")
    assert "the campaign 'Sales' will not exist" in found.message.unmasked()


def test_a_reference_to_what_is_removed_is_an_error(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: Sales, templates: [], channels: {email: {signature: Signature}}}
        ---
        {kind: Template, items: {remove: [Signature]}}
        """
    )
    assert "will not exist" in found.message.unmasked()


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ("telephony: {enabled: true, connector: null}", "needs a connector"),
        ("sms: {enabled: true, numbers: []}", "exactly one number"),
        ('telephony: {connector: null, numbers: ["+59829001234"]}', "numbers need a connector"),
    ],
)
def test_fields_that_contradict_each_other_are_an_error(
    project: ManifestProject, channels: str, message: str
) -> None:
    found = project.problem(f"{{kind: Campaign, name: Sales, channels: {{{channels}}}}}")
    assert message in found.message.unmasked()


def test_a_field_that_is_left_out_may_be_live(project: ManifestProject) -> None:
    project.load("{kind: Campaign, name: Sales, channels: {telephony: {enabled: true}}}")


def test_a_campaign_in_another_encoding_says_so(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: Campaign, name: "Caf\\u00e9"}
        ---
        {kind: Status, campaign: "Cafe\\u0301", name: Lunch}
        """
    )
    assert "with another encoding of its accents" in found.message.unmasked()
    assert "composed (NFC): Caf\u00e9" in found.hint.unmasked()


def test_a_reference_in_another_encoding_says_so(project: ManifestProject) -> None:
    found = project.problem(
        """\
        {kind: QualityModel, name: "Atencio\\u0301n", categories: []}
        ---
        {kind: Campaign, name: Sales, quality_models: ["Atenci\\u00f3n"]}
        """
    )
    assert "is declared with another encoding of its accents" in found.message.unmasked()
    assert "decomposed (NFD)" in found.hint.unmasked()


def test_live_fields_that_contradict_each_other_can_be_read() -> None:
    """Git can correct them."""
    fields = {"enabled": True, "connector": None, "numbers": []}
    for address in ("campaigns/Sales/channels/telephony", "campaigns/Sales/channels/sms"):
        assert KINDS["Channel"].normalized(address, fields) == fields
