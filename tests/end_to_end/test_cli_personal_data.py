"""Masked customers and contacts in every output."""

from __future__ import annotations

import re

from tests.end_to_end.harness import Result, Workspace, approvals

SECRETS = (
    "+59829001234",
    "59829001234",
    "pest@example.com",
    "Techera",
    "+59829008000",
    "carla@example.com",
)
_HANDLE = re.compile(r"(?:campaigns/\w+/)?(?:blacklist|contacts)/~[a-z2-7]+")


def _nobody_shows(result: Result) -> Result:
    shown = [secret for secret in SECRETS if secret in result.output]
    assert not shown, f"shown: {shown}\n{result.output}"
    return result


def _handle(workspace: Workspace, collection: str) -> str:
    plan = workspace.run("plan", "--format", "json").json
    found = [
        change["address"] for change in plan["changes"] if change["address"].startswith(collection)
    ]
    assert _HANDLE.fullmatch(found[0]), found
    return str(found[0])


def test_no_output_shows_customers(workspace: Workspace) -> None:
    _nobody_shows(workspace.run("plan", "--details").expect(0)).mentions("blacklist", "~")
    _nobody_shows(workspace.run("plan", "--format", "json").expect(0))
    workspace.saved_plan()
    _nobody_shows(workspace.run("show", workspace.plan_file, "--details").expect(0))
    _nobody_shows(workspace.apply().expect(0))
    run = workspace.run("history", "--format", "json").expect(0).json["runs"][0]["id"]
    _nobody_shows(workspace.run("history", run).expect(0)).mentions("~")
    _nobody_shows(workspace.run("history", run, "--format", "json").expect(0))
    workspace.edit("contacts.yaml", "Carla Techera", "Carla Soler")
    workspace.remove("blacklist.yaml")
    _nobody_shows(workspace.run("plan", "--details").expect(3)).mentions("unblock", "~")
    _nobody_shows(workspace.run("plan", "--format", "json").expect(3))
    workspace.sandbox.maria.patch("contacts/+59829008000", email="c.techera@example.com")
    _nobody_shows(workspace.run("drift").expect(0)).mentions("~")
    _nobody_shows(workspace.run("drift", "--format", "json").expect(0))


def test_show_personal_data_shows_customers(workspace: Workspace) -> None:
    shown = workspace.run("plan", "--details", "--show-personal-data").expect(0)
    shown.mentions("blacklist/+59829001234", "contacts/+59829008000")
    as_json = workspace.run("plan", "--format", "json", "--show-personal-data").expect(0)
    as_json.mentions("carla@example.com", "campaigns/Sales/blacklist/pest@example.com")


def test_a_handle_is_stable_and_accepted_as_an_address(settled: Workspace) -> None:
    settled.edit("contacts.yaml", "Carla Techera", "Carla Soler")
    contact = _handle(settled, "contacts")
    assert _handle(settled, "contacts") == contact
    _nobody_shows(settled.run("explain", contact).expect(0)).mentions(contact)
    _nobody_shows(settled.run("explain", contact, "--format", "json").expect(0))
    shown = settled.run("explain", contact, "--show-personal-data").expect(0)
    shown.mentions("+59829008000", "Techera")
    _nobody_shows(settled.run("usage", contact).expect(0)).mentions(contact)
    _nobody_shows(settled.run("history", contact).expect(0)).mentions("applied")


def test_a_handle_is_accepted_in_an_approval(settled: Workspace) -> None:
    settled.remove("blacklist.yaml")
    handle = _handle(settled, "blacklist")
    plan = settled.plan()
    masked = settled.run("plan", "--format", "json").expect(3).json
    words: list[str] = []
    for finding in masked["findings"]:
        if finding["blocks"]:
            assert finding["approval_address"]
            words += ["--approve", f"{finding['code']}:{finding['approval_address']}"]
    assert f"unblock:{handle}" in words
    assert len(words) == len(approvals(plan))
    settled.saved_plan(*words, "--reason", "they asked for it")
    run = settled.run("apply", settled.plan_file, "--format", "json").expect(0).json["run"]["id"]
    _nobody_shows(settled.run("history", run).expect(0)).mentions("they asked for it", handle)
    assert settled.sandbox.maria.addresses("blacklist") == []


def test_an_unknown_handle_is_an_error(watched: Workspace) -> None:
    watched.run("explain", "contacts/~aaaaaaaa").expect(64).mentions("contacts/~aaaaaaaa")


def test_errors_do_not_show_customers(settled: Workspace) -> None:
    settled.edit("contacts.yaml", "Carla Techera", "Carla Soler")
    settled.saved_plan()
    settled.sandbox.maria.patch("contacts/+59829008000", email="c.techera@example.com")
    handle = _handle(settled, "contacts")
    result = settled.apply().expect(4).mentions(f"{handle}: email changed by maria")
    assert "+59829008000" not in result.output
    assert "techera" not in result.output.lower()


def test_a_blocked_apply_uses_the_handles_of_its_plan(settled: Workspace) -> None:
    settled.remove("blacklist.yaml")
    handle = _handle(settled, "blacklist")
    settled.saved_plan(codes=(3,))
    said = settled.apply().expect(3).mentions(handle)
    assert "•" not in _nobody_shows(said).output


def test_show_personal_data_shows_customers_in_errors(settled: Workspace) -> None:
    settled.edit("contacts.yaml", "Carla Techera", "Carla Soler")
    settled.saved_plan()
    settled.sandbox.maria.patch("contacts/+59829008000", email="c.techera@example.com")
    settled.apply("--show-personal-data").expect(4).mentions("contacts/+59829008000: email changed")


def test_an_export_has_customers_only_if_included(watched: Workspace) -> None:
    target = watched.base / "exported"
    watched.run("export", target).expect(0)
    text = "".join(path.read_text() for path in target.rglob("*.yaml"))
    assert not [secret for secret in SECRETS if secret in text]
    everything = watched.base / "everything"
    watched.run("export", everything, "--include", "contacts,blacklist").expect(0)
    text = "".join(path.read_text() for path in everything.rglob("*.yaml"))
    assert not [secret for secret in SECRETS if secret not in text]
