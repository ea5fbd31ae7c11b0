"""Properties of any manifests: forms are equal, and layout has no meaning."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.manifests.loading.loader import load_manifests
from tests.manifests.manifest_project import new_project

NAMES = (
    st.text("abcXYZ é/%'#:-{}", min_size=1, max_size=6)
    .map(str.strip)
    .filter(lambda name: name and name not in ("-", ".", ".."))
)
STATUS = st.fixed_dictionaries({}, optional={"icon": st.text("ab ", min_size=1, max_size=3)})
TEMPLATE = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "html"]), "content": st.text("x{} \n", max_size=6)}
)
CHANNEL = st.fixed_dictionaries(
    {}, optional={"max_queue": st.integers(0, 9), "block_inbound": st.booleans()}
)
MEMBER = st.one_of(
    st.sampled_from(["ana", "luis"]),
    st.fixed_dictionaries({"user": st.just("eva")}, optional={"penalty": st.integers(0, 9)}),
)


def user_of(member: object) -> str:
    return str(member["user"]) if isinstance(member, dict) else str(member)


def entries(
    fields: st.SearchStrategy[dict[str, str]],
) -> st.SearchStrategy[list[dict[str, object]]]:
    entry = st.builds(lambda name, rest: {"name": name, **rest}, NAMES, fields)
    return st.lists(entry, max_size=4, unique_by=lambda one: str(one["name"]).casefold())


CAMPAIGN = st.fixed_dictionaries(
    {
        "statuses": entries(STATUS),
        "templates": entries(TEMPLATE),
        "channels": st.dictionaries(st.sampled_from(["sms", "email", "webchat"]), CHANNEL),
        "members": st.lists(MEMBER, max_size=3, unique_by=user_of),
    }
)


def compiled(*files: str) -> Desired:
    with tempfile.TemporaryDirectory() as folder:
        project = new_project(Path(folder))
        for number, text in enumerate(files):
            project.write(f"{number}.yaml", text.encode())
        return load_manifests(project.root, None).desired


def essence(one: DesiredResource) -> tuple[object, ...]:
    return (one.address, one.kind.name, one.fields, one.lifecycle, one.renamed_from, one.removes)


def standalone(campaign: dict[str, object]) -> list[dict[str, object]]:
    documents: list[dict[str, object]] = [{"kind": "Campaign", "name": "S"}]
    kinds = {"statuses": "Status", "templates": "Template"}
    for key, value in campaign.items():
        if isinstance(value, dict):
            documents += [
                {"kind": "Channel", "campaign": "S", "type": name, **fields}
                for name, fields in value.items()
            ]
        elif key == "members":
            documents.append({"kind": "Members", "campaign": "S", "members": value})
        elif isinstance(value, list):
            documents += [{"kind": kinds[key], "campaign": "S", **entry} for entry in value]
    return documents


@settings(max_examples=60, deadline=None)
@given(CAMPAIGN)
def test_nested_and_standalone_forms_compile_to_equal_resources(
    campaign: dict[str, object],
) -> None:
    nested = compiled(json.dumps({"kind": "Campaign", "name": "S", **campaign}))
    apart = compiled("\n---\n".join(json.dumps(document) for document in standalone(campaign)))
    assert nested.resources.keys() == apart.resources.keys()
    for key, one in nested.resources.items():
        assert essence(one) == essence(apart.resources[key])


@settings(max_examples=60, deadline=None)
@given(CAMPAIGN, st.randoms(use_true_random=False))
def test_layout_comments_and_order_of_files_do_not_change_the_digest(
    campaign: dict[str, object], rng: random.Random
) -> None:
    documents = [json.dumps(document) for document in standalone(campaign)]
    shuffled = [json.dumps(json.loads(document), indent=2) for document in documents]
    rng.shuffle(shuffled)
    one_file = compiled("\n---\n".join(documents))
    many = compiled(*(f"# a comment\n\n{text} # another\n" for text in shuffled))
    assert one_file.digest == many.digest


@settings(max_examples=30, deadline=None)
@given(CAMPAIGN)
def test_a_change_of_any_field_changes_the_digest(campaign: dict[str, object]) -> None:
    before = compiled(json.dumps({"kind": "Campaign", "name": "S", **campaign}))
    campaign = {**campaign, "enabled": False}
    after = compiled(json.dumps({"kind": "Campaign", "name": "S", **campaign}))
    assert before.digest != after.digest
    changed = replace(after.resources["campaigns/s"], fields={})
    assert essence(changed) == essence(before.resources["campaigns/s"])
