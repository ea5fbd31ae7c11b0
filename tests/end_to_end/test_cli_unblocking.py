"""A block that somebody made by hand is lifted by a reviewed plan."""

from __future__ import annotations

from tests.end_to_end.harness import Workspace, approvals, blocking, by_action

BLOCKED = "blacklist/+59829007777"
PART = """\
kind: BlacklistEntry
items:
  add: ["+59829001234", {customer: pest@example.com, campaign: Sales}]
  remove: ["+598 2900 7777"]
"""
REASON = "the customer asked to be called again"


def _lifted(settled: Workspace) -> None:
    settled.sandbox.maria.create(BLOCKED)
    settled.write("blacklist.yaml", PART)


def test_a_hand_made_block_is_lifted_only_with_an_approval(settled: Workspace) -> None:
    _lifted(settled)
    plan = settled.plan()
    assert by_action(plan) == {"delete": [BLOCKED]}
    assert blocking(plan) == {("unblock", BLOCKED)}
    shown = settled.run("plan").expect(3)
    shown.mentions("unblock", "Listed under `remove:`", "blacklist.yaml:4", "1 customer unblocked")
    assert "7777" not in shown.output

    settled.saved_plan(*approvals(plan), "--reason", REASON)
    settled.apply().expect(0)
    assert not settled.sandbox.maria.exists(BLOCKED)
    settled.expect_nothing_to_do()


def test_other_blocks_stay(settled: Workspace) -> None:
    settled.sandbox.maria.create("blacklist/+59829008888")
    _lifted(settled)
    assert by_action(settled.plan()) == {"delete": [BLOCKED]}


def test_lifting_a_block_can_be_undone(settled: Workspace) -> None:
    _lifted(settled)
    plan = settled.plan()
    settled.saved_plan(*approvals(plan), "--reason", REASON)
    settled.apply().expect(0)
    (run, *_) = settled.run("history", "--format", "json").json["runs"]
    settled.run("undo", run["id"], "--out", settled.plan_file).expect(0)
    settled.apply().expect(0)
    assert settled.sandbox.maria.exists(BLOCKED)


def test_the_form_is_known_to_validate_fmt_and_drift(settled: Workspace) -> None:
    settled.write("blacklist.yaml", PART)
    settled.run("validate").expect(0)
    settled.run("fmt").expect(0)
    settled.run("validate").expect(0)
    assert "remove:" in (settled.folder / "blacklist.yaml").read_text()
    settled.sandbox.maria.create(BLOCKED)
    settled.run("drift").expect(0)


def test_a_contact_made_by_hand_is_removed(settled: Workspace) -> None:
    contact = "contacts/+59829006666"
    settled.sandbox.maria.create(contact, contact_name="Eva", phone="+59829006666")
    text = (settled.folder / "contacts.yaml").read_text()
    entries = text.split("items:\n")[1].replace("  -", "    -")
    settled.write(
        "contacts.yaml", f'kind: Contact\nitems:\n  add:\n{entries}  remove: ["+59829006666"]\n'
    )
    plan = settled.plan()
    assert by_action(plan) == {"delete": [contact]}
