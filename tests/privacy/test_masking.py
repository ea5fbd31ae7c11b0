"""No output identifies a customer or contact unless personal data is shown."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.applying.answers import refusal_message
from reconciler.applying.events import CollateralFound, StepFinished
from reconciler.applying.report import RunReport
from reconciler.errors import PlanStale, Problem
from reconciler.kinds.address import Address, encode
from reconciler.kinds.field_path import FieldPath
from reconciler.kinds.registry import about, is_personal, parse_address, place
from reconciler.live.http.failures import of_garbled, of_status
from reconciler.live.platform import (
    Answer,
    AuditChange,
    AuditEntry,
    LiveResource,
    Outcome,
    Referrer,
    Usage,
)
from reconciler.message import FreeText, Message, Personal, searched
from reconciler.planning.change import Action, Change, ChangeKey, Reason
from reconciler.planning.findings import (
    ApprovedBy,
    Evidence,
    Finding,
    UnusedApproval,
    WhyUnused,
)
from reconciler.planning.plan import Plan
from reconciler.planning.reports.drift import drift_report
from reconciler.planning.reports.explanation import ResourceStatus, explain
from reconciler.privacy.handles import is_handle
from reconciler.privacy.masking import Masker
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import UsedApproval
from reconciler.views.plan.json import plan_json
from reconciler.views.plan.text import plan_text
from reconciler.views.reports.drift import drift_json, drift_text
from reconciler.views.reports.errors import error_text
from reconciler.views.reports.explanation import explanation_json, explanation_text
from reconciler.views.reports.problems import problems_text
from reconciler.views.reports.usage import usage_json, usage_text
from reconciler.views.run.history import run_text
from reconciler.views.run.json import report_json
from reconciler.views.run.report import event_line, report_text
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, blocking, change, create, update
from tests.views.view_runs import NOW, a_run, a_step

MASKER = Masker(b"0123456789abcdef0123456789abcdef")
VIEW = View(MASKER, NOW)
UNKEYED_VIEW = View(Masker(b""), NOW)

_words = st.text("bcdfghjklmnpqrstvwxzñé'", min_size=6, max_size=10).map(lambda s: f"Zq{s}")
_names = st.lists(_words, min_size=1, max_size=3).map(" ".join)
_phones = st.integers(10_000_000, 99_999_999).map(lambda n: f"+5989{n}")
_emails = st.text("bcdfghjklmnp.", min_size=5, max_size=12).map(
    lambda s: f"zq{s.replace('.', 'x')}@example.com"
)
_social_ids = st.integers(100_000, 999_999_999).map(lambda n: f"instagram:{n}")
_customers = st.one_of(_phones, _emails, _names, _social_ids, _words.map(lambda s: f"{s}/x%y"))
_scopes = st.sampled_from(["", "campaigns/Sales/", "campaigns/Winter Sale/"])


@st.composite
def _secrets(draw: st.DrawFn) -> tuple[str, ...]:
    return draw(st.tuples(_names, _phones, _emails, _customers, _customers, _scopes))


def _plan_about(secrets: tuple[str, ...]) -> Plan:
    name, phone, email, one, other, scope = secrets
    blocked = f"{scope}blacklist/{encode(one)}"
    contact = f"{scope}contacts/{encode(other)}"
    fields = {"contact_name": name, "phone": phone, "email": email}
    edited = replace(
        update(
            contact,
            {"contact_name": name, "phone": phone},
            fields,
            {"contact_name": "Aa Bb", "phone": phone},
        ),
    )
    finding = blocking(
        "unblock",
        blocked,
        Message.of(
            "{entry} was {name}'s, reach them at {email}; see {contact}: {note}",
            entry=place(blocked),
            name=Personal(name),
            email=Personal(email),
            contact=place(contact),
            note=FreeText(
                f"{blocked} was {name}'s, reach them at {email} or {phone}; see {contact}.", True
            ),
        ),
        evidence=Evidence(referrers=(contact,), counts={"x": 1}),
        safer=Message.of("ask {name}, {note}", name=Personal(name), note=FreeText(f"ask {name}")),
    )
    approved = ApprovedBy(
        f"{name} ({phone}) asked", "maria", "approvals/a.yaml:1", None, Evidence()
    )
    return a_plan(
        change(
            blocked,
            Action.DELETE,
            reason=Reason.REMOVED_FROM_GIT,
            before={},
            usage=Usage(Address(blocked), referrers=(Referrer(Address(contact), "x"),)),
        ),
        edited,
        create(f"contacts/{encode(phone)}", None, **fields),
        create(f"blacklist/{encode(email)}"),
        change(f"contacts/{encode(email)}", Action.FORGET, reason=Reason.GONE),
        change(
            f"blacklist/{encode(phone)}",
            Action.ADOPT,
            unowned=True,
            depends_on=(ChangeKey(f"delete {blocked}"),),
        ),
        findings=(
            finding,
            replace(finding, approved=approved),
            Finding(
                "unused-approval",
                "warn",
                contact,
                Message.of("nothing at {address}", address=place(contact)),
            ),
        ),
        unused_approvals=(
            UnusedApproval(
                "unblock",
                blocked,
                None,
                WhyUnused.NOTHING_FOUND,
                Message.of("did you mean {address}?", address=place(contact)),
                meant=contact,
            ),
        ),
        unmanaged=(contact, blocked),
        unchanged=(contact,),
    )


def _leaks(output: str | bytes, secrets: tuple[str, ...]) -> list[str]:
    text = output.decode() if isinstance(output, bytes) else output
    return [one for one in secrets[:5] if one in text or encode(one) in text]


@given(_secrets())
def test_no_customer_is_in_a_plan(secrets: tuple[str, ...]) -> None:
    plan = _plan_about(secrets)
    for paint in (PLAIN, Paint(colour=True)):
        for parts in (frozenset[str](), frozenset({"details", "unchanged", "unmanaged"})):
            text = plan_text(plan, View(MASKER, NOW, paint, parts))
            assert not _leaks(text, secrets)
    assert not _leaks(plan_json(plan, VIEW), secrets)
    report = drift_report(plan)
    assert not _leaks(drift_text(report, VIEW), secrets)
    assert not _leaks(drift_json(report, VIEW), secrets)


@given(_secrets())
def test_no_customer_is_in_a_run(secrets: tuple[str, ...]) -> None:
    plan = _plan_about(secrets)
    steps = [_failed(one, secrets) for one in plan.changes]
    run = a_run(
        *steps,
        approvals=(UsedApproval("unblock", plan.changes[0].address, f"{secrets[0]} asked"),),
    )
    stopped = PlanStale(f"it changed: {plan.changes[0].address}; {plan.changes[1].address}")
    report = RunReport(run, tuple(steps), plan, stopped)
    assert not _leaks(report_text(report, VIEW), secrets)
    assert not _leaks(report_json(report, VIEW), secrets)
    assert not _leaks(run_text((run, steps), VIEW), secrets)
    for error in (error_text(stopped, UNKEYED_VIEW), error_text(stopped, VIEW)):
        assert not _leaks(error, secrets)


def _failed(one: Change, secrets: tuple[str, ...]) -> Step:
    said = f"{secrets[0]} is {one.address} already, not tried: it depends on {one.address}, no"
    return a_step(
        one.address, one.action.value, StepState.FAILED, said, before=one.before, after=one.after
    )


@given(_secrets())
def test_no_customer_is_in_an_explanation(secrets: tuple[str, ...]) -> None:
    name, phone, email, key, _, scope = secrets
    address = Address(f"{scope}contacts/{encode(key)}")
    fields = {"contact_name": name, "phone": phone, "email": email}
    live = LiveResource(address, parse_address(address).kind, dict(fields), "e", "", "luis")
    audit = [
        AuditEntry(
            "2026-11-20T14:03:00Z",
            "luis",
            address,
            "update",
            (AuditChange(FieldPath("phone"), phone, email),),
        )
    ]
    found = explain(
        address,
        desired=None,
        entry=None,
        live=live,
        audit=audit,
        positions={},
        circumstances=ResourceStatus(),
    )
    assert not _leaks(explanation_text(found, VIEW), secrets)
    assert not _leaks(explanation_json(found, VIEW), secrets)
    usage = Usage(address, open_interactions=2)
    assert not _leaks(usage_text(usage, VIEW), secrets)
    assert not _leaks(usage_json(usage, VIEW), secrets)


def test_show_personal_shows_everything() -> None:
    secrets = ("Zqana", "+59829001234", "zq@example.com", "+59829005678", "Zqluis", "")
    plan = _plan_about(secrets)
    shown = Masker(MASKER.key, show_personal=True)
    text = plan_text(plan, View(shown, NOW, PLAIN, parts=frozenset({"details"})))
    assert _leaks(text, secrets) == list(secrets[:5])


def test_an_address_becomes_a_handle_that_can_be_pasted_back() -> None:
    masked = MASKER.address("campaigns/Sales/blacklist/+59829001234")
    assert is_handle(masked)
    assert masked.startswith("campaigns/Sales/blacklist/~")
    assert MASKER.address(masked) == masked


def test_a_personal_collection_itself_is_not_masked() -> None:
    for collection in ("blacklist", "contacts", "campaigns/Sales/blacklist", "campaigns/contacts"):
        assert not is_personal(collection)
        assert MASKER.address(collection) == collection


def test_without_a_key_there_are_dots_in_place_of_handles() -> None:
    assert Masker(b"").address("blacklist/+59829001234") == "blacklist/•••"


def test_fields_of_other_kinds_are_not_masked() -> None:
    assert MASKER.fields("Status", {"icon": "clock"}) == {"icon": "clock"}
    assert MASKER.fields("Contact", {"contact_name": "Ana", "email": None}) == {
        "contact_name": "•••",
        "email": None,
    }


def test_addresses_in_messages_become_handles_in_every_spelling() -> None:
    handle = MASKER.address("contacts/+59829001234")
    for entry in (place("contacts/+59829001234"), FreeText("/v1/contacts/%2B59829001234")):
        shown = MASKER.message(Message.of("{entry} is gone", entry=entry))
        assert handle in shown
        assert shown.endswith(" is gone")


def test_an_unknown_name_in_text_is_masked_to_the_end_of_its_line() -> None:
    said = "see contacts/Ana O' Hara and Bo, they asked\nthanks"
    assert MASKER.text(said) == "see contacts/•••\nthanks"
    handle = MASKER.address("contacts/+59829001234")
    assert MASKER.text(f"it is {handle}") == f"it is {handle}"


def test_a_name_with_an_apostrophe_is_masked_to_its_end() -> None:
    error = PlanStale(
        Message.of(
            "it changed: {first}; '{second}' is gone: see it",
            first=place("contacts/Ana O' Hara"),
            second=place("contacts/Bo D'Arc"),
        )
    )
    text = error_text(error, UNKEYED_VIEW)
    assert "Hara" not in text
    assert "Arc" not in text
    assert "is gone: see it" in text


def test_numbers_that_belong_to_no_customer_stay() -> None:
    said = "the number +59829000000 serves Sales and Support, in contacts"
    assert MASKER.text(said) == said


def test_a_failure_about_a_customer_has_no_numbers() -> None:
    said = about(searched("+598 2900 1234 is taken by z@y.com"), "contacts/x1")
    event = StepFinished("contacts/x1", Action.CREATE, "failed", said)
    line = event_line(event, VIEW) or ""
    assert line.endswith(": ••• is taken by •••")


def _said_of(address: str, detail: str) -> list[str]:
    """What every view of a step shows of a refusal by the platform."""
    made = change(address, Action.CREATE)
    outcome = Outcome(Answer.REFUSED, 422, None, "invalid", detail)
    step = a_step(address, "create", StepState.FAILED, refusal_message(made, outcome, None))
    run = a_run(step)
    report = RunReport(run, (step,), a_plan(made), None)
    event = StepFinished(step.address, Action.CREATE, StepState.FAILED, step.detail)
    return [
        report_text(report, VIEW),
        run_text((run, [step]), VIEW),
        report_json(report, VIEW).decode(),
        event_line(event, VIEW) or "",
    ]


@pytest.mark.parametrize(
    "detail",
    [
        "Zqana Zqbela has it already",
        "taken by `Zqana`, see +598 2900 1234",
        "say “Zqana” or ”Zqbela“",
        "zqana@example.com",
    ],
)
def test_the_platforms_words_about_a_customer_are_masked(detail: str) -> None:
    for address in ("contacts/+59829005678", "campaigns/Sales/blacklist/x"):
        for shown in _said_of(address, detail):
            assert "Zq" not in shown
            assert "zqana" not in shown
            assert "1234" not in shown
            assert "the platform refused it (422 invalid): “•••”" in shown


def test_other_words_of_the_platform_lose_numbers_and_addresses() -> None:
    said = "icon is unknown; ask zq@example.com or +598 2900 1234"
    for shown in _said_of("statuses/Lunch", said):
        assert "(422 invalid): “icon is unknown; ask ••• or •••”" in shown
    for shown in _said_of("statuses/Lunch", "Zqana is in contacts/Zqana already"):
        assert "(422 invalid): “•••”" in shown


def test_an_unreadable_answer_about_customers_is_not_quoted() -> None:
    body = b'{"items": [{"address": "contacts/x", "contact_name": "Zqana", "phone": "+5982900'
    for url in ("http://h/v1/contacts", "http://h/v1/batch"):
        error = of_garbled(url, 200, body)
        for shown in (error_text(error, UNKEYED_VIEW), error_text(error, VIEW)):
            assert "not JSON, or is incomplete: “•••”" in shown
    told = MASKER.text("an item is no object but {'contact_name': 'Zqana'}", about="contacts")
    assert "Zqana" not in told
    told = MASKER.text("'contacts/Zqana' is no contact: phone: 'Zqana' is none", about="contacts")
    assert "Zqana" not in told
    assert "Zqana" in error_text(
        of_status("http://h/v1/batch", 400, b'{"detail": "Zqana"}'), UNKEYED_VIEW
    )


def test_show_personal_shows_the_platforms_words() -> None:
    shown = Masker(MASKER.key, show_personal=True)
    text = "refused: “Zqana”"
    assert shown.text(text, about="contacts/x") == text


def test_collateral_values_are_masked_for_customers_only() -> None:
    found = CollateralFound("contacts/+59829001234", "email", "'a@b.com'", "'c@d.com'")
    assert "@" not in (event_line(found, VIEW) or "")
    other = CollateralFound("statuses/Lunch", "icon", "'a'", "'b'")
    assert "icon should be 'a', is 'b'" in (event_line(other, VIEW) or "")


def test_a_problem_about_a_customer_names_only_the_place() -> None:
    message = Message.of("{at}: is twice", at=place("contacts/+59829001234"))
    problem = Problem("c.yaml", 3, 1, message, excerpt="- +59829001234")
    text = problems_text([problem], UNKEYED_VIEW)
    assert "9001234" not in text
    assert text.startswith("c.yaml:3:1: contacts/•••: is twice")


def test_json_output_is_escaped() -> None:
    plan = a_plan(create("statuses/A\x9b\u202eb\x1b"))
    data = plan_json(plan, VIEW)
    assert not {c for c in data.decode() if c in "\x1b\x9b\u202e"}
    assert orjson.loads(data)["changes"][0]["address"] == "statuses/A\x9b\u202eb\x1b"


def test_a_social_id_is_masked_with_its_network_and_without() -> None:
    masker = MASKER.with_known([("blacklist/instagram:213432525", None)])
    handle = MASKER.address("blacklist/instagram:213432525")
    assert is_handle(handle)
    assert masker.text("blacklist/instagram:213432525 is gone") == f"{handle} is gone"
    assert masker.text("/v1/blacklist/instagram%3A213432525") == f"/v1/{handle}"
    assert masker.text("213432525 (instagram) is gone") == "••• (instagram) is gone"


def test_a_short_social_id_masks_no_counts() -> None:
    masker = MASKER.with_known([("blacklist/instagram:12", None)])
    assert masker.text("12 changes; instagram:12 is gone") == "12 changes; ••• is gone"
