"""`platform`: what manifests may refer to, and which numbers are free."""

from __future__ import annotations

from tests.end_to_end.harness import Workspace


def test_numbers_are_free_or_used_by_a_channel(settled: Workspace) -> None:
    settled.sandbox.maria.patch(
        "campaigns/Sales/channels/whatsapp",
        enabled=True,
        connector="wa",
        numbers=["+59899002001"],
    )
    shown = settled.run("platform", "numbers").expect(0)
    shown.mentions("4 numbers, 3 free.", "campaigns/Sales/channels/whatsapp")
    numbers = settled.run("platform", "numbers", "--format", "json").expect(0).json["numbers"]
    assert {each["number"]: each["state"] for each in numbers} == {
        "+59829001000": "free",
        "+59829001001": "free",
        "+59899001001": "free",
        "+59899002001": "used",
    }


def test_users_connectors_and_forms_have_their_uses(watched: Workspace) -> None:
    watched.run("platform", "users").expect(0).mentions("64 users.", "campaigns/Sales/members")
    watched.run("platform", "connectors").expect(0).mentions("5 connectors.", "webchat")
    watched.run("platform", "forms").expect(0).mentions("1 form.", "Order")


def test_a_token_without_rights_learns_that_it_may_not_read(watched: Workspace) -> None:
    shown = watched.run("platform", "users", RECONCILER_TOKEN="no-campaigns").expect(0)
    shown.mentions("may not read the users")
