"""A plan of an export writes nothing, with any names."""

from __future__ import annotations

import pytest

from tests.end_to_end.harness import Sandbox, Workspace

NAMES = (
    "Two words",
    "24/7: día % noche",
    "50 % off",
    'Say "hello"',
    "It's: 'quoted'",
    "🙂 smile 👩‍👩‍👧",
    "שלום عليكم",
    "NO",
    "null",
    "10:30",
    "0x1F",
    "- dash",
    "# hash",
    "*star & [brackets] {braces}",
    "${{ variable }}",
    "~tilde",
    "?",
    "Ünïcödé Ångström",
    "a\\backslash",
    "=1+1",
)
_TEXT = "line one\n  two: {{ x }}\n\n# not a comment\n\ttab\n---\n${{ y }}\ntrailing  \n"


def _fill(sandbox: Sandbox, encoded: dict[str, str]) -> None:
    maria = sandbox.maria
    for name in NAMES:
        at = encoded[name]
        maria.create(f"quality_models/{at}", description=name)
        maria.create(f"campaigns/{at}", quality_models=[name])
        own = f"campaigns/{at}"
        maria.create(f"{own}/templates/{at}", type="text", content=_TEXT)
        maria.create(f"{own}/statuses/{at}")
        maria.create(f"{own}/dispositions/{at}", text_code=name)
        maria.create(f"{own}/dispositions/{at}/{at}")
        maria.patch(
            f"{own}/channels/email",
            enabled=True,
            connector="mail",
            signature=name,
            out_of_hours_message=_TEXT,
        )
        maria.create(f"templates/{at}", type="html", content=f"<p>{name}</p>\r\n<p>&nbsp;</p>")
        maria.create(f"statuses/{at}", icon="circle")
        maria.create(f"dispositions/{at}")
        maria.create(f"dispositions/{at}/{at}", enabled=False)
        maria.create(f"holidays/{at}", date="2098-12-25", campaigns=[name])
        maria.create(f"contacts/{at}", contact_name=name, email="x@example.com")
        maria.create(f"{own}/contacts/{at}", contact_name=name, phone="+59829008123")
        maria.create(f"{own}/blacklist/+59829001234")
        maria.put_members(at, "ana", "luis")
    maria.create("blacklist/+59829001234")
    maria.create("blacklist/instagram:213432525")


@pytest.mark.parametrize("include", ["", "contacts,blacklist"])
def test_a_plan_of_an_export_writes_nothing(
    sandbox: Sandbox, workspace: Workspace, include: str
) -> None:
    from reconciler.kinds.address import encode

    _fill(sandbox, {name: encode(name) for name in NAMES})
    for file in list(workspace.folder.rglob("*.yaml")):
        if file.name not in ("reconciler.yaml", "test.yaml"):
            file.unlink()
    target = workspace.base / "exported"
    workspace.run("export", target, "--include", include).expect(0)
    fresh = {"RECONCILER_STATE": str(workspace.base / "fresh.db")}
    workspace.run("validate", target).expect(0)
    workspace.run("plan", target, "--out", workspace.plan_file, **fresh).expect(0)
    plan = workspace.run("show", workspace.plan_file, "--format", "json", "--dir", target).json
    assert {change["action"] for change in plan["changes"]} == {"adopt"}
    assert not [change for change in plan["changes"] if change["differences"]]
    left = [item for item in plan["unmanaged"] if "~" not in item]
    assert left == [] or include == ""
    sandbox.forget_requests()
    workspace.run("apply", workspace.plan_file, "--dir", target, **fresh).expect(0)
    assert sandbox.writes() == 0
    again = workspace.run("plan", target, "--detailed-exitcode", **fresh).expect(0)
    again.mentions("nothing to do")


def test_a_partial_export_does_not_claim_the_rest(watched: Workspace) -> None:
    target = watched.base / "exported"
    watched.run("export", target, "--only", "campaigns/Sales/statuses/*").expect(0)
    fresh = {"RECONCILER_STATE": str(watched.base / "fresh.db")}
    plan = watched.run("plan", target, "--format", "json", **fresh).expect(0).json
    assert [(change["action"], change["address"]) for change in plan["changes"]] == [
        ("adopt", "campaigns/Sales/statuses/Coaching")
    ]


def test_an_export_overwrites_no_files(watched: Workspace) -> None:
    result = watched.run("export", watched.folder)
    assert result.code == 64
    assert (watched.folder / "lunch.yaml").exists()


def test_an_export_without_matches_is_reported(watched: Workspace) -> None:
    target = watched.base / "exported"
    watched.run("export", target, "--only", "lunches/*").expect(64).mentions("lunches/*")
    assert not target.exists()
