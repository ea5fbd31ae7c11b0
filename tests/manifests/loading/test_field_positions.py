"""The place of each field of a resource."""

from __future__ import annotations

from reconciler.manifests.loading.loader import field_positions
from tests.manifests.manifest_project import ManifestProject

TEXT = """\
kind: Status
name: First
---
kind: Campaign
name: S
time_zone: UTC
schedule:
  mon: ["09:00-10:00"]
members:
  - ana
  - user: luis
    penalty: 3
channels:
  email:
    automations:
      on_start: Flow
statuses:
  - A
"""


def places(project: ManifestProject, address: str, text: str = TEXT) -> dict[str, int]:
    found = field_positions(project.root, project.resource(text, address))
    return {name: source.line for name, source in found.items()}


def test_fields_of_a_document_and_what_is_in_them(project: ManifestProject) -> None:
    found = places(project, "campaigns/S")
    assert (found["time_zone"], found["schedule"], found["schedule.mon"]) == (6, 8, 8)


def test_members_are_found_by_their_user(project: ManifestProject) -> None:
    found = places(project, "campaigns/S/members")
    assert found["members[ana]"] == 10
    assert found["members[luis].penalty"] == 12


def test_nested_fields_of_a_channel(project: ManifestProject) -> None:
    assert places(project, "campaigns/S/channels/email")["automations.on_start"] == 16


def test_a_bare_name_has_none(project: ManifestProject) -> None:
    assert places(project, "campaigns/S/statuses/A") == {}


def test_the_second_document_of_a_file_has_its_own_positions(project: ManifestProject) -> None:
    assert places(project, "statuses/First")["name"] == 2


def test_keyed_lists_are_followed_by_their_keys(project: ManifestProject) -> None:
    text = """\
        kind: QualityModel
        name: Q
        categories:
          - name: Greeting
            questions:
              - text: Polite?
                options:
                  - {label: Yes, score: 3}
        """
    found = places(project, "quality_models/Q", text)
    assert found["categories[Greeting].questions[Polite?].options[Yes].score"] == 8


def test_content_from_a_file_is_positioned_at_its_key(project: ManifestProject) -> None:
    project.write("a.txt", "x")
    text = "kind: Template\nname: T\ntype: text\ncontent_file: a.txt\n"
    assert places(project, "templates/T", text)["content"] == 4


def test_a_deleted_file_has_no_field_positions(project: ManifestProject) -> None:
    one = project.resource(TEXT, "campaigns/S")
    (project.root / "all.yaml").unlink()
    assert field_positions(project.root, one) == {}
