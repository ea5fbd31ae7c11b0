"""Wrong addresses, tokens and platforms: a clear message, and no changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.end_to_end.harness import Workspace, approvals, blocking
from tests.end_to_end.mangling import mangling

_PAGE = b"<!doctype html><title>It works!</title>"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        pass


@pytest.fixture
def web_page() -> Iterator[str]:
    """A server that is not a platform."""
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("command", ["plan", "drift", "permissions"])
def test_a_platform_that_answers_with_html(watched: Workspace, web_page: str, command: str) -> None:
    watched.run(command, RECONCILER_URL=web_page).expect(6).mentions(web_page)


def test_an_apply_to_a_server_that_is_not_a_platform(watched: Workspace, web_page: str) -> None:
    watched.edit("lunch.yaml", "utensils", "fork")
    watched.saved_plan()
    watched.run("apply", watched.plan_file, RECONCILER_URL=web_page).expect(6).mentions(web_page)


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("platform", 64, "platform"),
        ("ftp://127.0.0.1", 64, "ftp://127.0.0.1"),
        ("http://", 64, "http://"),
        ("http://127.0.0.1:99999", 64, "99999"),
        ("http://maria:secret@127.0.0.1", 64, "RECONCILER_TOKEN"),
        ("http://no-such-host.invalid", 6, "no-such-host.invalid"),
    ],
)
def test_an_invalid_url(watched: Workspace, url: str, code: int, told: str) -> None:
    result = watched.run("plan", RECONCILER_URL=url).expect(code).mentions(told)
    assert "secret" not in result.output


@pytest.mark.parametrize("token", ["wrong", "sandbox-ci2", '"sandbox-ci"'])
def test_an_unknown_token(watched: Workspace, token: str) -> None:
    result = watched.run("plan", RECONCILER_TOKEN=token).expect(1)
    assert token not in result.output


@pytest.mark.parametrize("token", [None, "", "  "])
def test_no_token(watched: Workspace, token: str | None) -> None:
    watched.run("plan", RECONCILER_TOKEN=token).expect(1).mentions("RECONCILER_TOKEN")
    assert sum(watched.sandbox.requests().values()) == 0


def test_a_read_only_token_changes_nothing(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "utensils", "fork")
    watched.token = "sandbox-viewer"
    watched.run("plan").expect(0).mentions("statuses/Lunch")


def test_a_platform_of_another_id(watched: Workspace) -> None:
    watched.edit("environments/test.yaml", "id: test", "id: acme-prod")
    for command in ("plan", "drift", "permissions"):
        watched.run(command).expect(1).mentions("acme-prod", "'test'")


def test_the_platform_id_is_case_sensitive(watched: Workspace) -> None:
    """The ledger is stored under the id: another case would mean another platform."""
    watched.edit("environments/test.yaml", "id: test", "id: TEST")
    watched.run("plan").expect(1).mentions("id is 'test'", "has 'TEST'")


def test_a_hidden_section_with_owned_resources_stops_the_plan(settled: Workspace) -> None:
    settled.token = "no-contacts"
    settled.remove("contacts.yaml")
    settled.write("more.yaml", "kind: Contact\ncontact_name: New\nemail: new@example.com\n")
    settled.run("plan").expect(3).mentions("contacts", "unknown-live")
    plan = settled.plan()
    assert ("unknown-live", "contacts") in blocking(plan)
    assert not [change for change in plan["changes"] if change["kind"] == "Contact"]


def test_a_hidden_section_without_owned_resources_is_skipped(workspace: Workspace) -> None:
    workspace.token = "no-contacts"
    plan = workspace.saved_plan()
    assert "contacts" in [unknown["collection"] for unknown in plan["unknowns"]]
    workspace.apply().expect(0)
    maria = workspace.sandbox.maria
    assert maria.addresses("contacts") == []
    assert maria.exists("campaigns/Sales")
    workspace.token = "sandbox-ci"
    workspace.plan_and_apply()
    assert maria.addresses("contacts") == ["contacts/+59829008000"]
    workspace.expect_nothing_to_do()


def _only(workspace: Workspace, file: str, text: str) -> None:
    """A project with only one file."""
    for path in sorted(workspace.folder.rglob("*.yaml")):
        name = path.relative_to(workspace.folder).as_posix()
        if name != "reconciler.yaml" and not name.startswith("environments/"):
            path.unlink()
    workspace.write(file, text)


def test_a_desired_resource_in_a_hidden_section_is_not_reported_as_done(
    workspace: Workspace,
) -> None:
    _only(workspace, "lunch.yaml", "kind: Status\nname: Lunch\n")
    workspace.token = "no-statuses"
    told = workspace.run("plan", "--detailed-exitcode").expect(2)
    told.mentions("Nothing to do in what could be read.", "1 collection could not be read")
    workspace.run("plan").expect(0)
    found = workspace.run("plan", "--format", "json").expect(0).json
    assert ("statuses", 1) in [
        (unknown["collection"], unknown["wanted"]) for unknown in found["unknowns"]
    ]
    seen = workspace.run("explain", "statuses/Lunch").expect(0)
    seen.mentions("unknown whether it is on the platform", "lacks view on statuses")
    assert "not on the platform" not in seen.out


def test_a_change_that_depends_on_a_hidden_resource_stops_the_plan(workspace: Workspace) -> None:
    _only(workspace, "q.yaml", "kind: QualityModel\nname: Q\n")
    workspace.write("new.yaml", "kind: Campaign\nname: New\nquality_models: [Q]\n")
    workspace.token = "no-models"
    told = workspace.run("plan").expect(3)
    told.mentions("campaigns/New  unknown-live", "It would refer to the quality model 'Q'")
    workspace.sandbox.maria.create("quality_models/Q")
    words = ("--approve", "unknown-live:campaigns/New", "--reason", "it is there")
    workspace.plan_and_apply(*words)
    assert workspace.sandbox.maria.get("campaigns/New")["quality_models"] == ["Q"]


def test_nothing_is_created_in_a_hidden_campaign(workspace: Workspace) -> None:
    text = "kind: Campaign\nname: Sales\n---\nkind: Status\ncampaign: Sales\nname: X\n"
    _only(workspace, "sales.yaml", text)
    workspace.token = "no-campaigns"
    told = workspace.run("plan", "--detailed-exitcode").expect(2)
    told.mentions("Nothing to do in what could be read.")


def test_a_campaign_is_not_deleted_with_a_list_that_cannot_be_read(settled: Workspace) -> None:
    settled.remove("campaigns/support.yaml")
    settled.remove("contacts.yaml")
    settled.token = "no-contacts"
    plan = settled.plan()
    assert ("unknown-live", "campaigns/-/contacts") in blocking(plan)
    settled.run("plan").expect(3).mentions("would be deleted unseen", "campaigns/Support")


def test_a_list_that_became_unreadable_stops_the_delete_of_its_campaign(
    settled: Workspace,
) -> None:
    settled.remove("campaigns/support.yaml")
    settled.saved_plan(*approvals(settled.plan()), "--reason", "closed")
    maria = settled.sandbox.maria
    maria.create("campaigns/Support/contacts/eva", contact_name="Eva", email="eva@example.com")
    settled.token = "no-contacts"
    settled.sandbox.forget_requests()
    settled.apply().expect(4).mentions("campaigns/Support/contacts cannot be checked")
    assert settled.sandbox.writes() == 0


def test_in_ci_the_state_must_be_named(watched: Workspace) -> None:
    for value in ("true", "True"):
        result = watched.run("plan", CI=value, RECONCILER_STATE=None).expect(1)
        result.mentions("CI=true", "RECONCILER_STATE")
    watched.run("plan", CI="true").expect(0)
    assert not (watched.folder / ".reconciler" / "state.db").exists()


def test_an_invalid_state(watched: Workspace) -> None:
    watched.run("plan", RECONCILER_STATE="mysql://x/y").expect(1).mentions("mysql")
    nowhere = str(watched.folder / "lunch.yaml" / "state.db")
    watched.run("plan", RECONCILER_STATE=nowhere).expect(1).mentions("lunch.yaml")
    watched.run("plan", RECONCILER_STATE=str(watched.folder / "lunch.yaml")).expect(1)


def test_a_lost_state_stops_a_plan_that_would_overwrite(settled: Workspace) -> None:
    settled.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    fresh = str(settled.base / "fresh.db")
    settled.run("plan", RECONCILER_STATE=fresh).expect(3).mentions("no-ledger")


@pytest.fixture
def in_clear(watched: Workspace) -> dict[str, str | None]:
    """The platform at an address of this machine that is not loopback."""
    return {"RECONCILER_URL": watched.sandbox.url.replace("127.0.0.1", "0.0.0.0")}  # noqa: S104


def test_a_token_sent_without_tls_is_warned_about_once(
    watched: Workspace, in_clear: dict[str, str | None]
) -> None:
    told = "Warning: the token is sent unencrypted to 0.0.0.0"
    planned = watched.run("plan", "--out", watched.plan_file, "--format", "json", **in_clear)
    assert planned.expect(0).err.count(told) == 1
    planned.mentions("https://", "RECONCILER_URL")
    assert planned.json["may_be_applied"]
    digest = planned.json["content_digest"]
    for words in ((watched.plan_file,), (watched.folder, "--expect", digest)):
        assert watched.run("apply", *words, **in_clear).expect(0).err.count(told) == 1


def test_no_token_or_a_local_platform_gives_no_warning(
    watched: Workspace, in_clear: dict[str, str | None]
) -> None:
    assert "Warning" not in watched.run("plan").expect(0).output
    without = {**in_clear, "RECONCILER_TOKEN": None}
    assert "Warning" not in watched.run("plan", **without).expect(1).output


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("drift",),
        ("permissions",),
        ("explain", "statuses/Lunch"),
        ("usage", "statuses/Lunch"),
        ("usage", "blacklist/~aaaaaaaa"),
        ("export", "../exported"),
        ("apply", "../plan.json"),
        ("apply", "--resume"),
        ("apply", ".", "--expect", "0" * 64),
        ("undo", "RUN"),
    ],
)
def test_only_the_id_is_read_from_a_platform_with_another_id(
    watched: Workspace, words: tuple[str, ...]
) -> None:
    (run,) = watched.run("history", "--format", "json").expect(0).json["runs"]
    watched.edit("lunch.yaml", "utensils", "fork")
    watched.saved_plan()
    with mangling(watched.sandbox.url) as mangler:
        mangler.info = {"id": "somewhere-else"}
        filled = [run["id"] if word == "RUN" else word for word in words]
        told = watched.run(*filled, RECONCILER_URL=mangler.url).expect(1)
        told.mentions("'somewhere-else'", "'test'", "Only its id was read; nothing was written")
        assert mangler.asked == [("GET", "/v1/platform")]


def test_a_lost_state_is_distinguished_from_a_new_one(settled: Workspace) -> None:
    fresh = {"RECONCILER_STATE": str(settled.base / "fresh.db")}
    settled.run("plan", **fresh).expect(0).mentions("no-ledger", "the user of this token")
    settled.write("more.yaml", "kind: Status\nname: Tea\n")
    settled.run("plan", **fresh).expect(3).mentions("no-ledger", "from a backup")
    settled.run("plan").expect(0)


def test_an_empty_state_file_is_refused_by_every_command(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    settled.state.write_bytes(b"")
    commands = [("plan",), ("drift",), ("history",), ("unlock",), ("apply", settled.plan_file)]
    for words in commands:
        settled.run(*words).expect(1).mentions("is an empty file", "Restore it from a backup")
    assert settled.state.read_bytes() == b""
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"
