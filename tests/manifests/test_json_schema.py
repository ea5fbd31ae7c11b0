"""The JSON Schemas accept what loading accepts, as far as a schema can."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from reconciler.kinds.registry import KINDS
from reconciler.manifests.json_schema.manifest_schema import manifest_schema
from reconciler.manifests.json_schema.settings_schemas import (
    Schema,
    approvals_schema,
    environment_schema,
    project_schema,
)
from reconciler.manifests.yaml.reader import read_documents

ALL = [manifest_schema, project_schema, environment_schema, approvals_schema]


@pytest.mark.parametrize("schema", ALL)
def test_they_are_schemas(schema: type[Schema]) -> None:
    Draft202012Validator.check_schema(schema())


def refused(text: str) -> list[str]:
    (document,), problems = read_documents(text.encode(), "a.yaml")
    assert not problems
    return [
        error.message
        for error in Draft202012Validator(manifest_schema()).iter_errors(document.root)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{kind: Campaign, name: S, schedule: never, channels: {sms: reset, email: {}}}",
        "{kind: Campaign, name: S, schedule: {mon: ['09:00-10:00']}, members: [ana, {user: b}]}",
        "{kind: Campaign, name: S, members: {copy_from: T, add: [a], remove: [b]}}",
        "{kind: Campaign, name: S, enabled: '${{ on }}', statuses: {add: [A]}}",
        "{kind: Disposition, name: D, levels: [A, {name: B, renamed_from: C, levels: [E]}]}",
        "{kind: Status, campaign: S, items: [A, {name: B, color: '#3366ff'}]}",
        "{kind: Template, name: T, type: html, content_file: a.html}",
        "{kind: Holiday, items: [{name: A, date: 2026-12-25, campaigns: all}]}",
        "{kind: BlacklistEntry, items: ['+59829001234', {customer: a@b.co, campaign: S}]}",
        "{kind: BlacklistEntry, items: {add: ['+59829001234'], remove: [{customer: a@b.co}]}}",
        "{kind: Contact, contact_name: A, phone: '+59829001234', lifecycle: {on_remove: keep}}",
        "{kind: Channel, campaign: S, type: telephony, strategy: linear}",
        "{kind: Members, campaign: S, members: [ana]}",
        "{kind: QualityModel, name: Q, categories: [{name: A, questions: [{text: B}]}]}",
    ],
)
def test_what_is_right_is_taken(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{name: S}",
        "{kind: Campain, name: S}",
        "{kind: Campaign}",
        "{kind: Campaign, name: S, quality_modles: []}",
        "{kind: Campaign, name: S, enabled: 'NO'}",
        "{kind: Campaign, name: S, members: null}",
        "{kind: Campaign, name: S, statuses: null}",
        "{kind: Campaign, name: S, renamed_from: T}",
        "{kind: Campaign, name: S, channels: {fax: {}}}",
        "{kind: Channel, campaign: S, type: sms, strategy: linear}",
        "{kind: Status, name: A, color: red}",
        "{kind: Holiday, name: A, campaign: S, date: 2026-12-25, campaigns: all}",
        "{kind: Template, name: T, type: html}",
        "{kind: Template, name: T, type: html, content: a, content_file: b}",
    ],
)
def test_what_is_wrong_is_refused(text: str) -> None:
    assert refused(text)


def test_every_kind_and_field_is_described() -> None:
    definitions = manifest_schema()["$defs"]
    assert isinstance(definitions, dict)
    for kind in KINDS:
        for name, body in kind.bodies.items():
            one = definitions[f"{kind.name}{name.capitalize()}Document"]
            assert isinstance(one, dict)
            assert one["description"]
            properties = one["properties"]
            assert isinstance(properties, dict)
            for field in body.model_fields:
                assert field in properties
