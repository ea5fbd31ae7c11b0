"""The files of an export, and which lists they declare complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from reconciler.errors import UsageError
from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import parse_address
from reconciler.live.platform import LiveResource
from reconciler.manifests.desired import Manifests
from reconciler.manifests.exporting import export
from reconciler.manifests.exporting.export import PERSONAL, Exportable, export_files, write_files
from reconciler.manifests.loading.loader import load_manifests
from reconciler.manifests.settings import Environment, GuardSettings, ProjectSettings

SETTINGS = ProjectSettings("acme", Environment("dev", "http://127.0.0.1:8350", "acme-dev"))


def live(address: str, **fields: JsonValue) -> LiveResource:
    kind = parse_address(address).kind
    return LiveResource(Address(address), kind, kind.with_defaults(address, fields), etag='"1"')


ESTATE: Sequence[Exportable] = [
    live("quality_models/Courtesy"),
    live("campaigns/Sales", quality_models=["Courtesy"]),
    live("campaigns/Sales/channels/sms"),
    live("campaigns/Sales/channels/email", max_queue=3),
    live("campaigns/Sales/members", members=[{"user": "ana"}, {"user": "luis", "penalty": 3}]),
    live("campaigns/Sales/statuses/Coaching", icon="headset"),
    live("campaigns/Sales/statuses/Training"),
    live("campaigns/Sales/templates/Firma", type="html", content="<b>Sales</b>"),
    live("campaigns/Sales/dispositions/Refund"),
    live("campaigns/Sales/dispositions/Refund/Full"),
    live("campaigns/Sales/blacklist/ana@example.com"),
    live("campaigns/Support"),
    live("campaigns/Support/channels/sms"),
    live("campaigns/Support/members"),
    live("statuses/Break", color="#e0a800"),
    live("statuses/Lunch"),
    live("templates/Firma", type="html", content="<b>All</b>"),
    live("templates/Hola", type="text", content="Hola"),
    live("dispositions/Sale", text_code="S"),
    live("dispositions/Sale/Done"),
    live("dispositions/Sale/Done/Paid", enabled=False),
    live("dispositions/Sale/Open"),
    live("holidays/Christmas", date="2026-12-25", recurring=True, campaigns="all"),
    live("blacklist/+59829001234"),
    live("contacts/ana", contact_name="Ana", phone="+59829001234"),
    live("contacts/b@example.com", contact_name="B", email="b@example.com"),
]


def exported(*only: str, include: frozenset[str] = PERSONAL) -> dict[str, str]:
    files = export_files(ESTATE, SETTINGS, only=only, include=include)
    return {path: data.decode() for path, data in files.items()}


def loaded(files: Mapping[str, bytes], folder: Path) -> Manifests:
    write_files(files, folder / "exported")
    return load_manifests(folder / "exported", "dev")


# The files

_PROJECT_FILES = [".gitattributes", ".gitignore", "reconciler.yaml", "environments/dev.yaml"]


def test_a_new_project_has_git_settings_for_ignored_files_and_line_ends() -> None:
    files = exported()
    assert "* text=auto eol=lf" in files[".gitattributes"].splitlines()
    assert ".reconciler/" in files[".gitignore"].splitlines()


def test_a_campaign_is_a_file_and_so_is_each_global_collection() -> None:
    files = exported()
    assert list(files) == [
        *_PROJECT_FILES,
        "blacklist.yaml",
        "campaigns/sales.yaml",
        "campaigns/support.yaml",
        "contacts.yaml",
        "dispositions.yaml",
        "holidays.yaml",
        "quality_models.yaml",
        "statuses.yaml",
        "templates.yaml",
        "templates/firma.html",
        "templates/sales/firma.html",
    ]
    assert files["campaigns/support.yaml"] == "kind: Campaign\nname: Support\n"
    assert files["templates/sales/firma.html"] == "<b>Sales</b>"
    assert (
        files["campaigns/sales.yaml"]
        == """\
kind: Campaign
name: Sales
quality_models: [Courtesy]
channels:
  email: {max_queue: 3}
members:
  - ana
  - {user: luis, penalty: 3}
dispositions:
  - name: Refund
    levels: [Full]
statuses:
  - {name: Coaching, icon: headset}
  - Training
templates:
  - {name: Firma, type: html, content_file: ../templates/sales/firma.html}
"""
    )


def test_global_things_are_written_as_people_write_them() -> None:
    files = exported()
    assert (
        files["dispositions.yaml"]
        == """\
kind: Disposition
name: Sale
text_code: S
levels:
  - name: Done
    levels:
      - {name: Paid, enabled: false}
  - Open
"""
    )
    assert (
        files["holidays.yaml"]
        == """\
kind: Holiday
items:
  - {name: Christmas, date: 2026-12-25, recurring: true, campaigns: all}
"""
    )
    assert (
        files["blacklist.yaml"]
        == """\
kind: BlacklistEntry
items:
  - "+59829001234"
---
kind: BlacklistEntry
campaign: Sales
items:
  - ana@example.com
"""
    )
    assert (
        files["contacts.yaml"]
        == """\
kind: Contact
items:
  - {key: ana, contact_name: Ana, phone: "+59829001234"}
  - {contact_name: B, email: b@example.com}
"""
    )
    assert (
        files["templates.yaml"]
        == """\
kind: Template
items:
  - {name: Firma, type: html, content_file: templates/firma.html}
  - {name: Hola, type: text, content: Hola}
"""
    )


def test_personal_data_is_left_out_unless_it_is_included() -> None:
    assert sorted(PERSONAL) == ["blacklist", "contacts"]
    assert not {"contacts.yaml", "blacklist.yaml"} & exported(include=frozenset()).keys()
    assert "example.com" not in "".join(exported(include=frozenset()).values())
    included = exported(include=frozenset({"contacts"}))
    assert "contacts.yaml" in included
    assert "blacklist.yaml" not in included


def test_an_export_names_its_project_and_environment(tmp_path: Path) -> None:
    guards = GuardSettings(mass_change_count=5, mass_change_percent=7, recent_days=9)
    exclusive = frozenset({"statuses", "holidays", "templates"})
    settings = ProjectSettings("acme", SETTINGS.environment, exclusive, guards)
    only_some = [resource for resource in ESTATE if resource.kind.collection != "holidays"]
    found = loaded(export_files(only_some, settings), tmp_path).settings
    # Holidays were perhaps not read: to own them whole could delete them all.
    assert found.exclusive == {"statuses", "templates"}
    assert (found.project, found.guards) == ("acme", guards)
    environment = found.environment
    assert (environment.url, environment.platform_id) == ("http://127.0.0.1:8350", "acme-dev")


def test_a_part_of_a_collection_is_not_owned_whole() -> None:
    settings = ProjectSettings("acme", SETTINGS.environment, frozenset({"statuses"}))
    files = export_files(ESTATE, settings, only=["statuses/Lunch"])
    assert files["reconciler.yaml"] == b"project: acme\n"


def test_awkward_texts_have_files_of_their_own_byte_for_byte() -> None:
    texts = {
        "blanks": "a \nb",
        "unfinished": "a\n" * 40 + "b",
        "variable": "${{ a }}",
    }
    estate = [live(f"templates/{name}", type="text", content=t) for name, t in texts.items()]
    files = export_files(estate, SETTINGS)
    for name, text in texts.items():
        assert files[f"templates/{name}.txt"] == text.encode()
    rich = live("templates/rich", type="rich_text", content="<p> \r\n</p>")
    assert export_files([rich], SETTINGS)["templates/rich.html"] == b"<p> \n</p>"


def test_a_file_that_would_be_too_large_becomes_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_LARGEST_FILE_BYTES", 400)
    estate = [live(f"statuses/Number {n}") for n in range(100)]
    estate += [live(f"dispositions/Number {n}") for n in range(100)]
    files = export_files(estate, SETTINGS)
    assert {"statuses.yaml", "statuses-2.yaml", "dispositions-2.yaml"} <= files.keys()
    assert max(map(len, files.values())) <= 400
    assert len(loaded(files, tmp_path).desired.resources) == 200


def test_references_are_spelled_as_what_they_mean(tmp_path: Path) -> None:
    estate = [
        live("quality_models/Courtesy"),
        live("campaigns/Sales", quality_models=["COURTESY", "Other"]),
        live("campaigns/Sales/channels/email", signature="firma"),
        live("templates/FIRMA", type="text", content="x"),
        live("holidays/Day", date="2026-12-25", campaigns=["sales"]),
    ]
    found = loaded(export_files(estate, SETTINGS), tmp_path).desired.resources
    assert found["campaigns/sales"].fields["quality_models"] == ["Courtesy", "Other"]
    assert found["campaigns/sales/channels/email"].fields["signature"] == "FIRMA"
    assert found["holidays/day"].fields["campaigns"] == ["Sales"]


# A part of the platform


def test_a_campaign_takes_its_own_things_along(tmp_path: Path) -> None:
    for glob in ("campaigns/Sales", "CAMPAIGNS/SALES/", "campaigns/Sa*", "campaigns/[Ss]ales"):
        files = exported(glob)
        assert files["campaigns/sales.yaml"] == exported()["campaigns/sales.yaml"]
        assert list(files)[len(_PROJECT_FILES) :] == [
            "blacklist.yaml",
            "campaigns/sales.yaml",
            "templates/sales/firma.html",
        ]


def test_a_collection_may_be_named_by_itself() -> None:
    both = [*exported("statuses", "contacts/*")]
    assert both == [*_PROJECT_FILES, "contacts.yaml", "statuses.yaml"]
    assert [*exported("campaigns/Sales/dispositions")] == [*_PROJECT_FILES, "dispositions.yaml"]


def test_what_is_taken_without_its_campaign_claims_nothing_else(tmp_path: Path) -> None:
    only = ["campaigns/Sales/[scmt]*/[!B]*", "campaigns/Sales/members"]
    files = export_files(ESTATE, SETTINGS, only=only)
    assert (
        files["statuses.yaml"].decode()
        == """\
kind: Status
campaign: Sales
items:
  - {name: Coaching, icon: headset}
  - Training
"""
    )
    assert files["channels.yaml"] == (
        b"kind: Channel\ncampaign: Sales\ntype: email\nmax_queue: 3\n"
    )
    assert b"campaign: Sales\nmembers:\n  - ana\n" in files["members.yaml"]
    found = loaded(files, tmp_path).desired
    assert not found.lists
    assert "campaigns/sales" not in found.resources
    assert "campaigns/sales/templates/firma" in found.resources


def test_a_level_taken_by_itself_claims_no_other_level(tmp_path: Path) -> None:
    files = export_files(
        ESTATE, SETTINGS, only=["dispositions/Sale/Done", "campaigns/*/dispositions/*/Full"]
    )
    assert (
        files["dispositions.yaml"].decode()
        == """\
kind: Disposition
name: Sale
levels:
  add:
    - name: Done
      levels:
        - {name: Paid, enabled: false}
---
kind: Disposition
campaign: Sales
name: Refund
levels:
  add: [Full]
"""
    )
    found = loaded(files, tmp_path).desired
    assert [listed.address for listed in found.lists.values() if listed.complete] == [
        "dispositions/Sale/Done"
    ]


def test_a_part_that_is_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing to export matches campaings/"):
        exported("campaings/*")
    with pytest.raises(UsageError, match="add --include to export blacklist and contacts"):
        exported("contacts/*", include=frozenset())


def test_nothing_at_all_is_a_project_without_resources(tmp_path: Path) -> None:
    files = export_files([], SETTINGS)
    assert list(files) == _PROJECT_FILES
    assert not loaded(files, tmp_path).desired.resources


def test_resources_come_back_under_their_identity(tmp_path: Path) -> None:
    found = loaded(export_files(ESTATE, SETTINGS, include=PERSONAL), tmp_path).desired.resources
    usual = {"campaigns/sales/channels/sms", "campaigns/support/channels/sms"}
    assert found.keys() == {identity(resource.address) for resource in ESTATE} - usual - {
        "campaigns/support/members"
    }
