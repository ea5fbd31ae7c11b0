"""Output is UTF-8 in every locale. Output that is lost is reported in one line."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.cli.streams import OutputLost
from reconciler.views.run import report
from tests.end_to_end.harness import ROOT, Workspace

_ENCODINGS = ["utf-8", "ascii", "latin-1", "cp1252", "utf-16"]
_TIMEOUT_SECONDS = 60


def _started(
    workspace: Workspace, *words: str | Path, **streams: int | None
) -> subprocess.Popen[bytes]:
    """A command by a fresh interpreter, since what is open when it starts is what matters."""
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *map(str, words)],
        cwd=workspace.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **workspace.variables},
        stdin=subprocess.DEVNULL,
        **streams,  # type: ignore[call-overload]
    )


def _shell(workspace: Workspace, redirected: str, *words: str | Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "reconciler", *map(str, words)]
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *command],
        cwd=workspace.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **workspace.variables},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    said = ended.stderr.decode()
    assert "Traceback" not in said
    assert "defect" not in said
    return ended.returncode, said


@pytest.fixture
def accents(workspace: Workspace) -> Workspace:
    """Names that not every encoding has."""
    workspace.write("accents.yaml", 'kind: Status\nitems: [Almuerzo ñandú, "Té ☕"]\n')
    return workspace


def _printed(workspace: Workspace, *words: str | Path, encoding: str) -> str:
    """What a command prints under a locale's encoding, which has to be UTF-8 all the same."""
    variables = {"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    ended = subprocess.run(
        [sys.executable, "-m", "reconciler", *map(str, words)],
        cwd=workspace.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **workspace.variables, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "defect" not in ended.stderr.decode("utf-8")
    return ended.stdout.decode("utf-8")


@pytest.mark.parametrize("encoding", _ENCODINGS)
def test_output_is_utf_8_in_every_locale(accents: Workspace, encoding: str) -> None:
    assert "Té ☕" in _printed(accents, "plan", encoding=encoding)
    found = json.loads(_printed(accents, "plan", "--format", "json", encoding=encoding))
    assert "statuses/Té ☕" in [change["address"] for change in found["changes"]]


def test_the_report_of_an_apply_is_utf_8(accents: Workspace) -> None:
    accents.saved_plan()
    words = ("apply", accents.plan_file, "--format", "json")
    found = json.loads(_printed(accents, *words, encoding="cp1252"))
    assert found["exit_code"] == 0


def test_unencodable_text_is_escaped(watched: Workspace) -> None:
    """A name on disk that is no UTF-8 comes as half a surrogate pair."""
    name = os.fsdecode(b"caf\xe9.yaml")
    watched.write(name, "kind: Nothing\n")
    result = watched.run("validate").expect(1)
    assert "caf" in result.output


_FAILING = [(">/dev/full", "No space left on device"), (">&-", "it is closed")]


@pytest.mark.parametrize(("redirected", "why"), _FAILING)
@pytest.mark.parametrize(
    "words", [("plan",), ("plan", "--format", "json"), ("history",), ("--help",), ("--version",)]
)
def test_lost_output_is_one_line_and_exit_code_1(
    watched: Workspace, words: tuple[str, ...], redirected: str, why: str
) -> None:
    code, said = _shell(watched, redirected, *words)
    assert code == 1
    assert said == f"Error: standard output does not accept output ({why})\n"


@pytest.mark.parametrize(("redirected", "why"), _FAILING)
@pytest.mark.parametrize("style", ["text", "json"])
def test_an_apply_with_lost_output_ends_with_the_exit_code_of_its_run(
    settled: Workspace, redirected: str, why: str, style: str
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    code, said = _shell(settled, redirected, "apply", settled.plan_file, "--format", style)
    assert code == 0
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "fork"
    told, command = said.strip().splitlines()[-1].split(" The journal has it: reconciler ")
    assert told == (
        f"The result could not be printed: standard output does not accept output ({why})."
    )
    settled.run(*command.split()).expect(0).mentions("statuses/Lunch")


def test_a_partial_apply_with_lost_output_exits_5(
    settled: Workspace,
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.write("more.yaml", "kind: Template\nname: T\ntype: text\ncontent: hi\n")
    settled.saved_plan()
    settled.token = "no-new-templates"
    code, said = _shell(settled, ">/dev/full", "apply", settled.plan_file)
    assert code == 5
    assert "reconciler history" in said


@pytest.mark.parametrize(
    "redirected", ["2>/dev/full", "2>&-", ">/dev/full 2>/dev/full", ">&- 2>&-"]
)
def test_a_run_continues_though_its_progress_cannot_be_printed(
    settled: Workspace, redirected: str
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.write("more.yaml", "kind: Status\nitems: [A, B, C]\n")
    settled.saved_plan()
    code, _ = _shell(settled, redirected, "apply", settled.plan_file)
    assert code == 0
    settled.expect_nothing_to_do()


def test_a_closed_pipe_does_not_stop_a_run(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.write("more.yaml", "kind: Status\nitems: [A, B, C]\n")
    settled.saved_plan()
    reading, writing = os.pipe()
    process = _started(settled, "apply", settled.plan_file, stdout=writing, stderr=writing)
    os.close(reading)
    os.close(writing)
    assert process.wait(_TIMEOUT_SECONDS) == 0
    settled.expect_nothing_to_do()


def test_a_usage_error_that_cannot_be_printed_exits_64(watched: Workspace) -> None:
    for redirected in ("2>/dev/full", "2>&-"):
        assert _shell(watched, redirected, "nonsense")[0] == 64


def test_a_state_is_never_opened_as_a_closed_stream(settled: Workspace) -> None:
    """The next file opened would have the number of standard output, and be printed into."""
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    code, _ = _shell(settled, "<&- >&- 2>&-", "apply", settled.plan_file)
    assert code == 0
    settled.expect_nothing_to_do()


def test_a_defect_in_the_report_does_not_change_the_exit_code(
    settled: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defective(*_: object, **__: object) -> str:
        raise KeyError("a defect")

    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    for name, value in settled.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(settled.folder)
    monkeypatch.setattr(report, "report_text", defective)
    monkeypatch.setattr(report, "event_line", defective)
    assert run(["apply", str(settled.plan_file)]) == 0
    said = capsys.readouterr().err
    assert "reconciler history" in said
    assert said.count("a defect in reconciler") == 2, "once for all events, once for the report"
    settled.expect_nothing_to_do()


def test_lost_output_has_the_reason_of_the_system() -> None:
    assert str(OutputLost(OSError(errno.EIO, "Input/output error"))).endswith(
        "(Input/output error)"
    )
    assert OutputLost(BrokenPipeError(errno.EPIPE, "Broken pipe")).is_reader_gone


def test_version_and_help_load_no_module_that_only_commands_use() -> None:
    slow = {
        "orjson",
        "pydantic",
        "reconciler.errors",
        "reconciler.message",
        "tempfile",
        "traceback",
    }
    for argument in ("--version", "--help"):
        code = f"import sys; from reconciler.cli.main import run; run([{argument!r}]); "
        code += f"sys.exit(', '.join({slow!r} & sys.modules.keys()) or None)"
        done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
        assert done.returncode == 0, done.stderr
