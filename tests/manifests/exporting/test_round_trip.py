"""An export declares exactly what exists: it loads, and its plan writes nothing."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, child, identity, join
from reconciler.kinds.base import Life
from reconciler.kinds.registry import parse_address
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.kinds.values.customers import clean_contact_key, clean_customer
from reconciler.live.platform import Directory, LiveResource, PlatformInfo, Snapshot
from reconciler.manifests.desired import Desired
from reconciler.manifests.exporting.export import PERSONAL, export_files, write_files
from reconciler.manifests.loading.loader import load_manifests
from reconciler.manifests.settings import Environment, ProjectSettings
from reconciler.planning.change import Action
from reconciler.planning.planner import make_plan
from reconciler.state.ledger import Ledger

SETTINGS = ProjectSettings("acme", Environment("dev", "http://127.0.0.1:8350", "acme-dev"))
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

NAMES = [
    *("NO", "null", "10:30", "1_000", "~", "0123", "+1", "-1", "2026-12-25", "true", "1e3", "<<"),
    *("a: b", "#a", "a #b", "50%", "a/b", "a%2Fb", "../up", "/", "%", "'", '"', "\\", "a\u3000b"),
    *(
        "🎉",
        "👩‍👩‍👧 family",
        "مرحبا بكم",
        "שלום",
        "日本語",
        "Ünïcödé",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "u\u0308",
        "Straße",
        "STRASSE",
    ),
    *(
        "CON",
        "nul",
        "com1",
        "LPT9",
        "${{ x }}",
        "${{",
        "{{ x }}",
        "[a, b]",
        "{a}",
        "*a",
        "&a",
        "!a",
    ),
    *("Sales!", "Sales?", "sales.", "name", "kind", "reset", "a\u00a0b", "x" * 128),
]
TEXTS = [
    *NAMES,
    *(
        "",
        "a\nb\n",
        "a\r\nb",
        "a \nb",
        " a\nb",
        "a\n\n",
        "\n",
        "a\x85b",
        "no final\nnewline",
        "\ufeffa",
    ),
    *("${{ a }}\r\n${{ b }}", "line\n" * 50, "long words " * 300, "\x00${{ \x00\x01% if %\x00\x01"),
]


def _is_fine(clean: Callable[[str], str], name: str) -> bool:
    """Whether the platform accepts it unchanged."""
    try:
        return clean(name) == name
    except ValueError:
        return False


def live(address: str, **fields: JsonValue) -> LiveResource:
    kind = parse_address(address).kind
    return LiveResource(Address(address), kind, kind.with_defaults(address, fields), etag='"1"')


def campaign(
    name: str, *, members: Sequence[JsonValue] = (), **fields: JsonValue
) -> list[LiveResource]:
    top = join("campaigns", name)
    return [
        live(top, **fields),
        *[live(child(top, "channels", name)) for name in CHANNEL_TYPES],
        live(child(top, "members"), members=list(members)),
    ]


def loaded(files: Mapping[str, bytes]) -> Desired:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "exported"
        write_files(files, target)
        return load_manifests(target, "dev").desired


def exported(resources: Iterable[LiveResource]) -> Desired:
    return loaded(export_files(resources, SETTINGS, include=PERSONAL))


def assert_asks_for_what_there_is(resources: Sequence[LiveResource]) -> None:
    there = {identity(resource.address): resource for resource in resources}
    desired = exported(there.values())
    for key, wanted in desired.resources.items():
        assert wanted.address == there[key].address
        assert wanted.kind.with_defaults(wanted.address, wanted.fields) == there[key].fields
    for key, one in there.items():
        usual = one.kind.life is not Life.ENTRY and one.fields == one.kind.with_defaults(key, {})
        assert usual or key in desired.resources, one.address
    snapshot = Snapshot(
        PlatformInfo("acme-dev", "Acme", "1", "ci", "all", {}), there, Directory(None, None, None)
    )
    ledger = Ledger("acme", "dev", "acme-dev")
    made = make_plan(desired, snapshot, ledger, settings=SETTINGS, now=NOW)
    assert {change.action for change in made.changes} <= {Action.ADOPT, Action.NONE}
    assert [change.address for change in made.changes if change.differences] == []


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_any_kind_comes_back(name: str) -> None:
    top = join("campaigns", name)
    resources = [
        live(join("quality_models", name), description=name),
        *campaign(
            name, quality_models=[name], forms=[name], members=[{"user": name}, {"user": "ana"}]
        ),
        live(join("statuses", name), icon=name[:64]),
        live(join("templates", name), type="html", content=f"<b>{name}</b>"),
        live(join("dispositions", name), text_code=name),
        live(join("dispositions", name, name)),
        live(join("dispositions", name, name, name), enabled=False),
        live(join("holidays", name), date="2026-12-25", campaigns=[name]),
        live(child(top, "statuses", name), color="#123456"),
        live(child(top, "templates", name), type="text", content=name),
        live(child(top, "dispositions", name)),
        live(child(top, "channels", "email"), enabled=True, connector=name, signature=name),
    ]
    if _is_fine(clean_contact_key, name):
        resources.append(live(join("contacts", name), contact_name=name, email="ana@example.com"))
        resources.append(live(child(top, "contacts", name), contact_name=name, email="a@a.example"))
    if _is_fine(clean_customer, name):
        resources.append(live(join("blacklist", name)))
        resources.append(live(child(top, "blacklist", name)))
    assert_asks_for_what_there_is(resources)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("type_", ["text", "rich_text", "html"])
def test_any_text_comes_back(text: str, type_: str) -> None:
    sales = join("campaigns", "Sales")
    channels: dict[str, dict[str, JsonValue]] = {
        "telephony": {"out_of_hours_message": text},
        "webchat": {"welcome": {"en": text, "no": text}, "out_of_hours_message": text},
    }
    assert_asks_for_what_there_is(
        [
            *campaign("Sales"),
            *[live(child(sales, "channels", k), **fields) for k, fields in channels.items()],
            live("templates/One", type=type_, content=text),
            live("templates/one!", type=type_, content=text + "."),
            live("campaigns/Sales/templates/One", type=type_, content="." + text),
        ]
    )


def test_every_field_of_every_kind_comes_back() -> None:
    assert_asks_for_what_there_is(
        [
            live(
                "quality_models/Courtesy",
                description="Tone.",
                categories=[
                    {"name": "Empty"},
                    {
                        "name": "Opening",
                        "questions": [
                            {"text": "Bare?"},
                            {
                                "text": "Polite?",
                                "description": "Judge mildly.",
                                "options": [{"label": "Yes", "score": -3}, {"label": "No"}],
                            },
                        ],
                    },
                ],
            ),
            *campaign(
                "Sales",
                enabled=False,
                time_zone="America/Montevideo",
                schedule={"mon": ["09:00-13:00", "15:00-24:00"]},
                quality_models=["Courtesy"],
                forms=["Order"],
                members=[
                    {"user": "luis", "penalty": 10, "channels": {"sms": {"create": False}}},
                    {"user": "ana", "channels": {"sms": {"create": True, "receive": True}}},
                    {"user": "10:30"},
                ],
            ),
            *campaign("Closed", schedule="never"),
            *campaign("Never", schedule={}),
            live(
                "campaigns/Sales/channels/telephony",
                enabled=True,
                connector="tel",
                numbers=["+59829001234"],
                automations={"on_end": "log"},
                record=True,
                block_inbound=False,
            ),
            live("campaigns/Sales/channels/webchat", welcome={"en": None, "es": "Hola"}),
            live("statuses/Available"),
            live("statuses/Break", color="#ABCDEF"),
            live("dispositions/Sale", actions={"respool": True}),
            live("dispositions/Sale/Done", enabled=False),
            live("holidays/Christmas", date="2026-12-25", recurring=True, campaigns="all"),
            live("holidays/Nobody's", date="2026-12-26", campaigns=[]),
            live("contacts/+59829001234", contact_name="Ana", phone="+59829001234"),
            live("contacts/ana", contact_name="Ana", phone="+59829001234", email="a@example.com"),
            live("contacts/b@example.com", contact_name="B", email="b@example.com"),
            live("contacts/b2@example.com", contact_name="B", email="b@example.com"),
            live("blacklist/+59829001234"),
            live("blacklist/instagram:213432525"),
            live("campaigns/Sales/blacklist/messenger:ana.sosa"),
        ]
    )


_NAME = st.one_of(
    st.sampled_from(NAMES),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
)
_TEXT = st.one_of(
    st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)


@st.composite
def _estates(draw: st.DrawFn) -> list[LiveResource]:
    names = draw(
        st.lists(
            _NAME.filter(lambda name: _is_fine(clean_contact_key, name)),
            min_size=1,
            max_size=5,
            unique_by=identity,
        )
    )
    found: dict[str, LiveResource] = {}

    def add(address: str, **fields: JsonValue) -> None:
        try:
            one = live(address, **fields)
        except ValidationError:
            return
        found[identity(one.address)] = one

    for name in names:
        some = st.sampled_from(names)
        top = join("campaigns", name)
        if draw(st.booleans()):
            users = draw(st.lists(some, unique_by=identity))
            listed: list[JsonValue] = [
                {"user": user, "penalty": draw(st.integers(0, 3))} for user in users
            ]
            found.update((identity(o.address), o) for o in campaign(name, members=listed))
            for kind in draw(st.sets(st.sampled_from(CHANNEL_TYPES))):
                add(child(top, "channels", kind), out_of_hours_message=draw(_TEXT))
            add(child(top, "statuses", draw(some)), icon=draw(_TEXT))
            add(child(top, "templates", draw(some)), type="text", content=draw(_TEXT))
            add(child(top, "dispositions", name), enabled=draw(st.booleans()))
            add(child(top, "dispositions", name, draw(some)), text_code=draw(_TEXT))
        add(join("templates", name), type="html", content=draw(_TEXT))
        add(join("templates", name[:100] + "."), type="rich_text", content=draw(_TEXT))
        add(join("quality_models", name), categories=[{"name": draw(some)}])
        add(join("dispositions", name))
        add(join("dispositions", name, draw(some)), text_code=draw(_TEXT))
        add(join("statuses", name))
        add(join("contacts", name), contact_name=draw(some), email="ana@example.com")
    return list(found.values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_estates(), st.randoms(use_true_random=False))
def test_any_export_loads_back_the_same_in_any_order(
    estate: list[LiveResource], chance: random.Random
) -> None:
    assert_asks_for_what_there_is(estate)
    files = export_files(estate, SETTINGS, include=PERSONAL)
    chance.shuffle(estate)
    again = export_files(estate, SETTINGS, include=PERSONAL)
    assert list(again.items()) == list(files.items())
