"""Malformed files of contacts and blacklists: problems are reported without customers."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.end_to_end.harness import Result, Workspace
from tests.end_to_end.leaks import EMAILS, NAMES, PHONES, found_in
from tests.end_to_end.malformed import (
    APPROVALS,
    FIELDS,
    FILES,
    WHOLE_FILES,
    WRONG_FOR_A_PLAN_AT_MOST,
)

_COMMANDS = (
    ("validate",),
    ("plan",),
    ("plan", "--details", "--format", "json"),
    ("fmt", "--check"),
)


def _names_nobody(result: Result) -> Result:
    assert not found_in(result.output), f"{found_in(result.output)} in\n{result.output}"
    return result


def test_every_malformed_file_is_reported_without_customers(watched: Workspace) -> None:
    names = [f"{n:03}.yaml" for n in range(len(FILES))]
    for name, text in zip(names, FILES, strict=True):
        watched.write(name, text)
    for n, text in enumerate(APPROVALS):
        watched.write(f"approvals/{n}.yaml", text)
    (watched.folder / "latin.yaml").write_bytes(f"kind: Contact\n{FIELDS}".encode() + b"x: \xe9")
    (watched.folder / "wide.yaml").write_bytes(f"kind: Contact\n{FIELDS}".encode("utf-16"))
    for command in _COMMANDS:
        told = _names_nobody(watched.run(*command).expect(1))
        if command[0] != "fmt":
            told.mentions(
                "latin.yaml:6:4", "wide.yaml: ", "approvals/0.yaml:1", "approvals/4.yaml:1"
            )
            missing = [name for name in names if f"\n{name}:" not in f"\n{told.err}"]
            assert not missing, "\n".join(FILES[int(name[:3])] for name in missing)


@pytest.mark.parametrize("text", [*WRONG_FOR_A_PLAN_AT_MOST, *WHOLE_FILES[::6]])
def test_a_single_malformed_file_is_reported_without_customers(
    watched: Workspace, text: str
) -> None:
    watched.write("bad.yaml", text)
    for command in _COMMANDS:
        _names_nobody(watched.run(*command))


_VALID = f"""\
kind: Contact
items:
  - {{contact_name: {NAMES[0]}, phone: "{PHONES[0]}", email: {EMAILS[0]}}}
  - contact_name: "{NAMES[1]}"
    email: {EMAILS[1]}
    campaign: Sales
---
# people who asked not to be called
kind: BlacklistEntry
items: ["{PHONES[1]}", {{customer: {EMAILS[1]}, campaign: Sales}}]
---
kind: Contact
contact_name: {NAMES[2]}
phone: '{PHONES[2]}'
lifecycle: {{on_remove: keep}}
"""

_places = st.integers(0, len(_VALID))
_inserted = st.sampled_from(
    [
        *"\"':,{}[]&*!|>#%@`?-+/ \t\n\r~<=\ufeff\u200bé",
        *(
            "${{ ",
            " }}",
            "---\n",
            "- ",
            "x: ",
            "kind: ",
            "items:\n",
            "<<: ",
            "\n  ",
            "!!str ",
            "&a ",
        ),
        *("*a ", "<<<<<<< HEAD\n", "name: ", "null"),
    ]
)
_edits = st.one_of(
    st.tuples(st.just("insert"), _places, _inserted),
    st.tuples(st.just("delete"), _places, st.integers(1, 12)),
    st.tuples(st.just("move"), _places, _places),
    st.tuples(st.just("fold"), _places, st.just("")),
)


def _edited(text: str, edits: Iterable[tuple[str, int, object]]) -> str:
    for how, at, what in edits:
        head, tail = text[:at], text[at:]
        if how == "insert":
            text = f"{head}{what}{tail}"
        elif how == "delete":
            text = head + tail[int(str(what)) :]
        elif how == "move":
            line, _, rest = tail.partition("\n")
            other = head + rest
            text = f"{other[: int(str(what))]}\n{line}\n{other[int(str(what)) :]}"
        else:
            text = head + tail.replace("\n", " ", 1)
    return text


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_edits, min_size=1, max_size=4), min_size=10, max_size=30))
def test_a_damaged_file_is_reported_without_customers(
    watched: Workspace, damages: list[list[tuple[str, int, object]]]
) -> None:
    for old in watched.folder.glob("damaged-*.yaml"):
        old.unlink()
    for n, edits in enumerate(damages):
        watched.write(f"damaged-{n}.yaml", _edited(_VALID, edits))
    for command in _COMMANDS:
        _names_nobody(watched.run(*command))
