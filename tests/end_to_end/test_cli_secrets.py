"""Passwords in addresses and customers in answers of a platform are never printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from reconciler.kinds.values.credentials import without_credentials
from tests.end_to_end.harness import Result, Workspace
from tests.end_to_end.leaks import EMAILS, NAMES, PHONES, found_in

_PASSWORD = "hunter2pw"

_ADDRESSES = (
    f"http://user:{_PASSWORD}@127.0.0.1:1",
    f"http://{_PASSWORD}@127.0.0.1:1",
    f"http://user:{_PASSWORD}@127.0.0.1:99999",
    f"http://user:{_PASSWORD}@127.0.0.1:x",
    f"http://user:{_PASSWORD}@[::1",
    f"http://user:a@{_PASSWORD}@127.0.0.1",
    f"http://user:{_PASSWORD}/@127.0.0.1",
    f"http://user:a b{_PASSWORD}@127.0.0.1",
    f"http://user:{_PASSWORD}@127.0.0.1/?a=b",
    f"user:{_PASSWORD}@127.0.0.1",
    f"http:user:{_PASSWORD}@127.0.0.1",
    f"ftp://user:{_PASSWORD}@127.0.0.1",
    f"//user:{_PASSWORD}@127.0.0.1",
)


def _keeps_it(result: Result) -> Result:
    assert _PASSWORD not in result.output, result.output
    return result


@pytest.mark.parametrize("address", _ADDRESSES)
def test_a_password_in_an_environments_url_is_never_printed(
    watched: Workspace, address: str
) -> None:
    for line in (
        f'platform: {{url: "{address}", id: test}}\n',
        f"platform:\n  id: test\n  url: '{address}'\n",
        f'platform:\n  "url" : "{address}"\n  id: [test]\n',
        f"platform: {{id: test, url: {address}, nope: 1}}\n",
    ):
        watched.write("environments/test.yaml", line)
        for command in ("validate", "plan", "fmt", "history"):
            _keeps_it(watched.run(command, RECONCILER_URL=None))
    told = watched.run("validate").expect(1)
    told.mentions("environments/test.yaml:1:")


def test_the_excerpt_keeps_the_rest_of_the_address(watched: Workspace) -> None:
    line = f'platform: {{url: "http://user:{_PASSWORD}@127.0.0.1:8520", id: test}}\n'
    watched.write("environments/test.yaml", line)
    told = _keeps_it(watched.run("validate").expect(1))
    told.mentions("environments/test.yaml:1:17", "http://•••@127.0.0.1:8520", "RECONCILER_TOKEN")


def test_a_token_written_into_an_environment_is_never_printed(watched: Workspace) -> None:
    text = (watched.folder / "environments/test.yaml").read_text()
    watched.write("environments/test.yaml", f"{text}token: {_PASSWORD}\n")
    _keeps_it(watched.run("validate").expect(1)).mentions("`token` is not a field", "token: •••")


@pytest.mark.parametrize("address", _ADDRESSES)
def test_a_password_in_a_variable_is_never_printed(watched: Workspace, address: str) -> None:
    for command in (("plan",), ("permissions",), ("history",), ("export", watched.base / "x")):
        _keeps_it(watched.run(*command, RECONCILER_URL=address))
    states = [f"/nowhere/{address}", f"~nobody/{address}"]
    if "user:" in address:  # text before an @ without a colon is a user name, not a secret
        states += [address, address.replace("http", "postgresql+psycopg")]
    for state in states:
        _keeps_it(watched.run("history", RECONCILER_STATE=state))
        _keeps_it(watched.run("plan", RECONCILER_STATE=state))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://h/a and ask ana at x", "see https://h/a and ask ana at x"),
        ("ana@example.com", "ana@example.com"),
        ("http://u:p@h/x", "http://•••@h/x"),
        ("url: u:p@h", "url: •••@h"),
        ("password: x", "password: •••"),
        ("{api_key: 'x', url: y}", "{api_key: •••, url: y}"),
        ("the token is read", "the token is read"),
    ],
)
def test_other_text_is_not_masked(text: str, shown: str) -> None:
    assert without_credentials(text) == shown


# Answers of a platform


class _Meddling(BaseHTTPRequestHandler):
    """Stands between a command and its platform: cuts lists of customers short, and refuses to
    write customers in words that name another."""

    platform = ""

    def do_GET(self) -> None:
        answer = httpx.get(f"{self.platform}{self.path}", headers=self._headers(), trust_env=False)
        body = answer.content
        if "/contacts" in self.path or "/blacklist" in self.path:
            body = body[: len(body) // 2] if self.cuts else body
        self._answer(answer, body)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        answer = httpx.post(
            f"{self.platform}{self.path}", content=sent, headers=self._headers(), trust_env=False
        )
        outcomes = answer.json()["outcomes"]
        for operation, outcome in zip(json.loads(sent)["operations"], outcomes, strict=True):
            if "contacts/" in operation["address"] and operation["op"] != "get":
                detail = f"{NAMES[1]} ({PHONES[1]}) is the same person"
                outcome.clear()
                outcome |= {"status": 422, "problem": {"code": "twin", "detail": detail}}
        self._answer(answer, json.dumps({"outcomes": outcomes}).encode())

    cuts = False

    def _headers(self) -> dict[str, str]:
        kept = ("authorization", "content-type", "accept")
        return {name: value for name, value in self.headers.items() if name.lower() in kept}

    def _answer(self, answer: httpx.Response, body: bytes) -> None:
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        if "ETag" in answer.headers:
            self.send_header("ETag", answer.headers["ETag"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Log nothing."""


@contextmanager
def _meddled(workspace: Workspace, *, cuts: bool) -> Iterator[str]:
    """The URL of a server that changes the answers of the workspace's platform."""
    handler = type("_", (_Meddling,), {"platform": workspace.sandbox.url, "cuts": cuts})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _names_nobody(result: Result, *texts: str) -> Result:
    assert not found_in(result.output), result.output
    return result.mentions(*texts)


def test_a_truncated_answer_with_customers_is_not_quoted(
    workspace: Workspace,
) -> None:
    maria = workspace.sandbox.maria
    maria.create(f"contacts/{PHONES[0]}", contact_name=NAMES[0], email=EMAILS[0])
    maria.create(f"blacklist/{PHONES[1]}")
    with _meddled(workspace, cuts=True) as url:
        for command in (("plan",), ("plan", "--format", "json"), ("drift",), ("export", "../out")):
            told = workspace.run(*command, RECONCILER_URL=url)
            _names_nobody(told, "contacts", "blacklist", "not JSON, or is incomplete: “•••”")


def test_a_refusal_that_names_customers_is_not_repeated(
    workspace: Workspace,
) -> None:
    workspace.write("more.yaml", f"kind: Contact\ncontact_name: X Y\nphone: '{PHONES[0]}'\n")
    with _meddled(workspace, cuts=False) as url:
        workspace.run("plan", "--out", workspace.plan_file, RECONCILER_URL=url).expect(0)
        told = workspace.run("apply", workspace.plan_file, RECONCILER_URL=url).expect(5)
        _names_nobody(told, "could not create contacts/~", "(422 twin): “•••”")
        run = workspace.run("history", "--format", "json").expect(0).json["runs"][0]["id"]
        for style in ("text", "json"):
            shown = workspace.run("history", run, "--format", style).expect(0)
            _names_nobody(shown, "(422 twin): “•••”")
        shown = workspace.run("history", run, "--show-personal-data").expect(0)
        shown.mentions(f"“{NAMES[1]} ({PHONES[1]}) is the same person”")
