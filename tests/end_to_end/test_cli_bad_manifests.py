"""Invalid files: exit code 1, all problems at once with their positions, and no writes.

A plan may already read the platform; problems of files do not depend on it.
"""

from __future__ import annotations

import os

import pytest

from tests.end_to_end.harness import Result, Workspace


def _refused(workspace: Workspace, *texts: str, words: tuple[str, ...] = ("plan",)) -> Result:
    result = workspace.run(*words).expect(1).mentions(*texts)
    assert result.out == ""
    assert set(workspace.sandbox.requests()) <= {"GET"}
    return result


def test_invalid_files_are_reported_while_the_platform_is_down(watched: Workspace) -> None:
    watched.write("bad.yaml", "kind: Statuss\nname: X\n")
    told = watched.run("plan", RECONCILER_URL="http://127.0.0.1:1").expect(1)
    assert "1 problem in 1 file" in told.err and "`Status`" in told.err
    assert "127.0.0.1" not in told.err


def test_validating_needs_no_platform(watched: Workspace) -> None:
    watched.write("bad.yaml", "kind: Statuss\nname: X\n")
    _refused(watched, "`Status`", words=("validate",))
    assert not watched.sandbox.requests()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: Status\nname: [\n", ["bad.yaml:2:7", "close the open `[`"]),
        ("kind: Status\n\tname: X\n", ["bad.yaml:2:1", "tab"]),
        ("kind: Status\nname: X\nname: Y\n", ["bad.yaml:3:1", "name"]),
        ("kind: Status\nname: X\ncolor: red\n", ["bad.yaml:3:8", "color"]),
        ("kind: Status\nname: X\nicon: 7\n", ["bad.yaml:3:7", "icon"]),
        ("kind: Status\nname: X\nicno: fork\n", ["bad.yaml:3:1", "icno", "icon"]),
        (
            "kind: Statuss\nname: X\n",
            ["bad.yaml:1:7", "is not a kind", "did you mean `Status`?"],
        ),
        ("name: X\n", ["bad.yaml:1:1", "kind"]),
        ("- kind: Status\n", ["bad.yaml:1:1"]),
        ("just text\n", ["bad.yaml:1:1"]),
        ("kind: Status\n", ["bad.yaml:1:1", "name"]),
        ("kind: Status\nname: Lunch\n", ["bad.yaml:1", "lunch.yaml:1:1", "twice"]),
        ("kind: Holiday\nname: X\ndate: 2026-02-30\ncampaigns: all\n", ["bad.yaml:3:7", "date"]),
        ("kind: Campaign\nname: X\ntime_zone: Mars/Base\n", ["bad.yaml:3:12", "Mars/Base"]),
        (
            'kind: Campaign\nname: X\nschedule: {mon: ["09:00-25:00"]}\n',
            ["bad.yaml:3:18", "09:00-25:00"],
        ),
        ("kind: Campaign\nname: X\nmembers: [ana, ana]\n", ["bad.yaml:3", "ana"]),
        ("kind: Campaign\nname: X\ndispositions:\n  # - Sold\n", ["bad.yaml:3", "[]"]),
        ("kind: Campaign\nname: X\nschedule: null\n", ["bad.yaml:3", "schedule"]),
        ("kind: BlacklistEntry\ncustomer: 59829001234\n", ["bad.yaml:2:11", "quote"]),
        ("kind: Contact\ncontact_name: Nobody\n", ["bad.yaml:1:1", "phone", "email"]),
        (
            "kind: Template\nname: X\ntype: text\ncontent: ${{ nothing }}\n",
            ["bad.yaml:4", "nothing"],
        ),
        (
            "kind: Template\nname: X\ntype: html\ncontent_file: ../../secret.html\n",
            ["bad.yaml:4:15", "../../secret.html"],
        ),
    ],
)
def test_an_invalid_document(watched: Workspace, text: str, told: list[str]) -> None:
    watched.write("bad.yaml", text)
    _refused(watched, *told)


def test_bytes_that_are_not_utf_8(watched: Workspace) -> None:
    (watched.folder / "bad.yaml").write_bytes(b"kind: Status\nname: caf\xe9\n")
    _refused(watched, "bad.yaml:2", "UTF-8")


def test_a_bomb_of_aliases(watched: Workspace) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    watched.write("bad.yaml", "\n".join(rows))
    _refused(watched, "bad.yaml", "alias")


def test_all_problems_of_a_file_are_reported_at_once(watched: Workspace) -> None:
    watched.write("bad.yaml", "kind: Status\nname: X\nicon: 7\ncolor: red\n")
    _refused(watched, "bad.yaml:3:7", "bad.yaml:4:8", "2 problems in 1 file")


def test_all_problems_of_all_files_are_reported_at_once(watched: Workspace) -> None:
    for number in range(10):
        watched.write(f"bad-{number}.yaml", f"kind: Status\nname: X{number}\ncolor: red\n")
    places = [f"bad-{number}.yaml:3:8" for number in range(10)]
    _refused(watched, *places, "10 problems in 10 files")
    _refused(watched, *places, words=("validate",))


def test_a_problem_shows_its_line_and_the_correction(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "icon: utensils", "icn: utensils")
    _refused(watched, "lunch.yaml:3:1", "icn: utensils", "^", "icon")


@pytest.mark.parametrize("command", ["plan", "validate", "drift"])
def test_a_missing_folder(watched: Workspace, command: str) -> None:
    _refused(watched, "no-such-folder", words=(command, "no-such-folder"))


def test_an_empty_folder(watched: Workspace) -> None:
    (watched.base / "empty").mkdir()
    _refused(watched, "no YAML files", words=("plan", str(watched.base / "empty")))


def test_a_file_where_a_folder_is_expected(watched: Workspace) -> None:
    _refused(watched, "lunch.yaml", "not a folder", words=("plan", "lunch.yaml"))


def test_a_folder_without_its_project_file(watched: Workspace) -> None:
    watched.remove("reconciler.yaml")
    _refused(watched, "reconciler.yaml")


def test_a_project_without_an_environment(watched: Workspace) -> None:
    watched.remove("environments/test.yaml")
    _refused(watched, "environments")


def test_an_empty_project_file(watched: Workspace) -> None:
    watched.write("reconciler.yaml", "")
    _refused(watched, "reconciler.yaml", "empty")


def test_a_folder_with_the_name_of_a_manifest_is_searched(watched: Workspace) -> None:
    watched.write("x.yaml/bad.yaml", "kind: Status\nname: X\ncolor: red\n")
    _refused(watched, "x.yaml/bad.yaml:3:8")


def test_links_that_are_broken_leave_the_project_or_loop(watched: Workspace) -> None:
    (watched.folder / "nowhere.yaml").symlink_to("gone.yaml")
    (watched.folder / "outside.yaml").symlink_to("/etc/hostname")
    (watched.folder / "circle").symlink_to(".")
    _refused(watched, "nowhere.yaml", "outside.yaml", "circle", "3 problems in 3 files")


def test_a_path_that_is_not_a_file(watched: Workspace) -> None:
    os.mkfifo(watched.folder / "pipe.yaml")
    _refused(watched, "pipe.yaml", "not a regular file")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_file(watched: Workspace) -> None:
    (watched.folder / "lunch.yaml").chmod(0)
    _refused(watched, "lunch.yaml", "cannot be read")


@pytest.mark.parametrize(
    "url", ["http://xn--a.example", "http://h:99999", "http://h:abc", "http://h/?x=1"]
)
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_an_invalid_address(watched: Workspace, url: str, command: str) -> None:
    watched.write("environments/test.yaml", f"platform:\n  id: test\n  url: '{url}'\n")
    result = watched.run(command, RECONCILER_URL=None).expect(1)
    result.mentions("environments/test.yaml:3:8", "1 problem in 1 file")


def test_two_members_mapped_to_the_same_user(watched: Workspace) -> None:
    environment = (watched.folder / "environments/test.yaml").read_text()
    watched.write("environments/test.yaml", environment + "map: {users: {b1: ana, b2: ana}}\n")
    watched.edit("campaigns/support.yaml", "[luis]", "[b1, b2]")
    _refused(watched, "campaigns/support.yaml:3:15", "'b1' and 'b2' are both 'ana'")
    _refused(watched, "campaigns/support.yaml:3:15", words=("validate",))


def test_an_invalid_approval(watched: Workspace) -> None:
    watched.write("approvals/a.yaml", "- {guard: unblock, adress: blacklist/x, reason: x}\n")
    _refused(watched, "approvals/a.yaml:1:20", "did you mean `address`?")


# ---- problems that need the platform -----------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  - ana\n", "  - anna\n", ["anna", "ana"]),
        ("connector: web,", "connector: wbe,", ["wbe", "web"]),
        ("quality_models: [Courtesy]", "quality_models: [Curtsy]", ["Curtsy", "Courtesy"]),
        ("signature: Signature", "signature: Sig", ["Sig"]),
    ],
)
def test_a_name_unknown_to_the_platform(
    watched: Workspace, old: str, new: str, told: list[str]
) -> None:
    watched.edit("campaigns/sales.yaml", old, new)
    line = next(
        number
        for number, text in enumerate(
            (watched.folder / "campaigns/sales.yaml").read_text().splitlines(), 1
        )
        if new.strip() in text
    )
    watched.run("plan").expect(1).mentions(f"campaigns/sales.yaml:{line}:", *told)


def test_an_unknown_campaign(watched: Workspace) -> None:
    watched.write("bad.yaml", "kind: Status\ncampaign: Nowhere\nname: X\n")
    watched.run("plan").expect(1).mentions("bad.yaml:1:1", "campaigns/Nowhere")


def test_several_unknown_names_are_reported_at_once(watched: Workspace) -> None:
    watched.edit("campaigns/sales.yaml", "  - ana\n", "  - anna\n  - lius\n")
    watched.edit("campaigns/support.yaml", "[luis]", "[luisa]")
    watched.run("plan").expect(1).mentions("anna", "lius", "luisa", "3 problems in 2 files")


def test_a_change_of_case_of_an_immutable_name(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "name: Lunch", "name: LUNCH")
    watched.run("plan").expect(1).mentions("lunch.yaml:1:1", "Lunch")


def test_a_change_of_an_immutable_field(watched: Workspace) -> None:
    watched.edit("signature.yaml", "type: html", "type: text")
    watched.run("plan").expect(1).mentions("templates/Signature", "type", "html")


def test_the_caret_is_below_the_problem_on_a_long_line(watched: Workspace) -> None:
    entry = '- {guard: delete-in-use, address: statuses/Lunch, reason: "merged into another one"'
    watched.write("approvals/a.yaml", f"{entry}, by: maria, environment: nowhere, up_to: 5}}\n")
    told = watched.run("validate").expect(1).err.splitlines()
    shown = next(number for number, line in enumerate(told) if "environment: nowhere" in line)
    assert told[shown + 1].index("^") == told[shown].index("nowhere")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            "guard: delete-in-us, address: a/b, reason: x",
            ["a.yaml:1:11", "did you mean"],
        ),
        ('guard: unblock, address: a/b, reason: "…"', ["a.yaml:1:42", "`reason`", "not filled in"]),
        ('guard: unblock, address: a/b, reason: x, by: "…"', ["a.yaml:1:49", "`by`"]),
    ],
)
def test_an_approval_that_can_cover_nothing_is_an_error(
    watched: Workspace, entry: str, told: list[str]
) -> None:
    watched.write("approvals/a.yaml", f"- {{{entry}}}\n")
    _refused(watched, *told)
    watched.run("validate").expect(1).mentions(*told)


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        (
            'telephony: {connector: tel, numbers: ["+59829001009"]}',
            [
                "sales.yaml:6:41",
                "'tel' does not have the number +59829001009",
                "did you mean '+5982900100",
            ],
        ),
        ("telephony: {connector: mail}", ["sales.yaml:6:26", "'mail' is for email", "tel"]),
        (
            'whatsapp: {numbers: ["+59899002001"]}',
            ["sales.yaml:6:23", "need a connector, and none is set", "wa"],
        ),
    ],
)
def test_a_connector_number_the_platform_would_refuse(
    watched: Workspace, channel: str, told: list[str]
) -> None:
    watched.edit("campaigns/sales.yaml", "channels:\n", f"channels:\n  {channel}\n")
    watched.run("plan").expect(1).mentions(*told, "1 problem in 1 file")


def test_connectors_are_checked_under_their_mapped_names(watched: Workspace) -> None:
    watched.edit(
        "campaigns/sales.yaml",
        "channels:\n",
        'channels:\n  telephony: {connector: main, numbers: ["+59829005555"]}\n',
    )
    watched.run("plan").expect(1).mentions("the connector 'main'")
    environment = (watched.folder / "environments/test.yaml").read_text()
    mapped = 'map: {connectors: {main: tel}, numbers: {"+59829005555": "+59829001000"}}\n'
    watched.write("environments/test.yaml", environment + mapped)
    watched.run("plan").expect(0).mentions("1 campaign changes")
