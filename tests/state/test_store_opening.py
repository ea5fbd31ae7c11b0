"""Opening a state: made private and durable, or refused in words that name the next step."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from reconciler.errors import StateError
from reconciler.state.locations import default_state, parse
from reconciler.state.sql import schema
from reconciler.state.sql.errors import StateNotWritable
from reconciler.state.sql.store import Store
from tests.state.contenders import open_for_the_first_time
from tests.state.state_values import KEY, NOW, begun, lineage, new_run, owned, upsert


def test_a_new_sqlite_state_is_private_and_durable(tmp_path: Path) -> None:
    path = tmp_path / ".reconciler" / "state.db"
    with Store.open(str(path)) as store, store._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_what_is_written_is_there_when_opened_again(url: str) -> None:
    with Store.open(url) as store:
        first = lineage(store)
        store.change_ledger(KEY, [upsert("statuses/Lunch")])
    with Store.open(url) as store:
        assert lineage(store) == first
        assert owned(store) == ["statuses/Lunch"]


def test_processes_that_open_it_for_the_first_time_together_agree(url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(2), spawn.Queue()
    processes = [
        spawn.Process(target=open_for_the_first_time, args=(url, start, answers)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    first, second = answers.get(timeout=60), answers.get(timeout=60)
    for process in processes:
        process.join()
    assert first == second


def test_without_leave_to_create_a_missing_state_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"the state .* does not exist"):
        Store.open(str(tmp_path / "state.db"), create=False)
    assert not list(tmp_path.iterdir())


def test_reading_where_there_is_no_file_finds_an_empty_ledger_and_makes_none(
    tmp_path: Path,
) -> None:
    with Store.open_read_only(str(tmp_path / "none" / "state.db")) as store:
        ledger = store.ledger(*KEY)
        assert (ledger.lineage, dict(ledger.entries)) == ("", {})
        assert store.latest_unfinished(KEY) is None
        assert store.lease(KEY) is None
        assert store.run_of_plan("any") is None
        with pytest.raises(StateNotWritable, match="for reading only"):
            lineage(store)
    assert not list(tmp_path.iterdir())


def test_reading_an_empty_database_finds_an_empty_ledger_and_makes_no_table(
    postgresql_url: str,
) -> None:
    with Store.open_read_only(postgresql_url) as store:
        assert store.ledger(*KEY).lineage == ""
    with create_engine(postgresql_url).connect() as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.exec_driver_sql(tables).scalar_one() == 0


def test_a_state_opened_for_reading_reads_what_is_there(url: str) -> None:
    with Store.open(url) as store:
        store.change_ledger(KEY, [upsert("statuses/Lunch")])
        with Store.open_read_only(url) as reader:
            assert owned(reader) == ["statuses/Lunch"]


def test_a_file_and_folder_that_may_only_be_read_are_enough_to_plan(unprivileged: Path) -> None:
    path = unprivileged / "kept" / "state.db"
    path.parent.mkdir()
    with Store.open(str(path)) as store:
        store.change_ledger(KEY, [upsert("statuses/Lunch")])
    path.chmod(0o400)
    path.parent.chmod(0o500)
    with Store.open_as_allowed(str(path)) as store:
        assert store.read_only
        assert owned(store) == ["statuses/Lunch"]
        assert store.mask_key() == store.mask_key()
    with pytest.raises(StateNotWritable, match=r"grant write permission on the file"):
        Store.open(str(path))


def test_a_folder_that_cannot_be_written_is_said(unprivileged: Path) -> None:
    unprivileged.chmod(0o500)
    with pytest.raises(StateError, match=r"cannot be created .*: make its folder writable"):
        Store.open(str(unprivileged / "state.db"))


def test_a_user_who_may_only_select_can_plan_and_is_told_when_more_is_asked(
    postgresql_url: str,
) -> None:
    role = f"reader_{uuid.uuid4().hex[:8]}"
    with Store.open(postgresql_url) as store:
        store.change_ledger(KEY, [upsert("statuses/Lunch")])
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    admin.dispose()
    as_reader = postgresql_url.replace("//postgres:", f"//{role}:")
    assert as_reader != postgresql_url
    with Store.open_read_only(as_reader) as store:
        assert owned(store) == ["statuses/Lunch"]
    with Store.open(as_reader) as store:
        assert owned(store) == ["statuses/Lunch"]
        assert len(store.mask_key()) == 32
        with pytest.raises(StateNotWritable, match="refused this user"):
            lineage(store)


def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("kind: Campaign\n" * 500)
    for opening in (Store.open, Store.open_read_only):
        with pytest.raises(StateError, match="is not a state database"):
            opening(str(path))
    assert path.read_text().startswith("kind: Campaign\n")


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(str(path)) as store:
        store.change_ledger(KEY, [upsert(f"contacts/{n}") for n in range(500)])
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StateError, match="is damaged: restore it from a backup"):  # noqa: SIM117
        with Store.open(str(path)) as store:
            store.ledger(*KEY)


@pytest.mark.parametrize("below", ["state.db", "a/b/state.db"])
def test_a_file_in_place_of_the_folder_is_said_and_no_empty_state_is_read(
    tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").touch()
    for opening in (Store.open, Store.open_as_allowed):
        with pytest.raises(StateError, match="its folder is a file"):
            opening(str(tmp_path / "file" / below))


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    for opening in (Store.open, Store.open_read_only):
        with pytest.raises(StateError, match="is a folder: name a file in it"):
            opening(str(tmp_path))


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(StateError, match="is a database of another program"):
        Store.open(str(path))
    with sqlite3.connect(path) as other:
        tables = other.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("songs",)]


def test_a_schema_from_the_future_is_refused(url: str) -> None:
    with Store.open(url) as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE reconciler_version SET version_num = '9999'")
    for opening in (Store.open, Store.open_read_only):
        with pytest.raises(StateError, match=r"newer reconciler \(schema 9999.*: upgrade"):
            opening(url)


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "state.db")) as store:
        run_id, token = begun(store, "statuses/Lunch")
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        many = [upsert(f"contacts/{n}", {"name": "x" * 100}) for n in range(500)]
        with pytest.raises(StateError, match="the disk is full: free some space") as caught:
            store.record_outcomes(run_id, [], many, token=token, now=NOW)
        assert "xxx" not in str(caught.value)
        assert owned(store) == []
        store.record_intents(run_id, [0], token=token, now=NOW)


def test_a_state_that_another_process_keeps_busy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.state.sql.engines.BUSY_SECONDS", 0)
    path = tmp_path / "state.db"
    with Store.open(str(path)) as store:
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError, match="in use by another process"):
            lineage(store)
        blocker.rollback()
        blocker.close()
        assert lineage(store)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("mysql://u:secret@host/db", "unknown scheme mysql"),
        ("postgresql://u:secret@host:port/db", "is not a valid URL"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/db", "is not reachable"),
        ("sqlite://", "does not name a file"),
        (":memory:", "does not name a file"),
    ],
)
def test_a_location_that_cannot_be_used_is_said_without_its_password(
    location: str, said: str
) -> None:
    with pytest.raises(StateError, match=said) as caught:
        Store.open(location)
    assert "secret" not in str(caught.value)


def test_a_database_that_does_not_exist_is_said(postgresql_server: str) -> None:
    with pytest.raises(StateError, match="does not exist"):
        Store.open(postgresql_server.format(database="nowhere"))


def test_the_ways_to_write_a_location() -> None:
    assert str(parse("/var/lib/state.db")) == "/var/lib/state.db"
    assert str(parse("sqlite:////var/lib/state.db")) == "/var/lib/state.db"
    assert str(parse("sqlite:///state.db")) == str(Path("state.db").absolute())
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        shown = str(parse(f"{scheme}://maria:secret@db.example/state"))
        assert shown == "postgresql+psycopg://maria:***@db.example/state"


def test_the_default_state_is_beside_the_manifests(tmp_path: Path) -> None:
    assert default_state(tmp_path, {}) == str(tmp_path / ".reconciler" / "state.db")
    assert default_state(tmp_path, {"CI": "false", "RECONCILER_STATE": " "}).startswith(
        str(tmp_path)
    )
    assert default_state(tmp_path, {"RECONCILER_STATE": "x.db", "CI": "true"}) == "x.db"


def test_in_ci_a_state_that_nobody_named_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="RECONCILER_STATE=postgresql"):
        default_state(tmp_path, {"CI": "true"})


def test_opening_a_current_state_does_not_load_the_migrations(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    Store.open(str(path)).close()
    code = (
        "import sys; from reconciler.state.sql.store import Store; "
        f"Store.open({str(path)!r}).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_migrating_says_nothing(url: str, caplog: pytest.LogCaptureFixture) -> None:
    before = logging.getLogger().handlers[:]
    Store.open(url).close()
    assert logging.getLogger().handlers == before
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_personal_data_stays_out_of_messages(sql_store: Store) -> None:
    _, token = begun(sql_store)
    secret = "ana@example.com"
    with pytest.raises(StateError) as caught:
        sql_store.begin_run(KEY, new_run(actor=secret, plan_id=None), token=token, now=NOW)
    assert secret not in str(caught.value)


def test_no_folder_is_made_for_a_state_that_was_named(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"the folder .*/mistyped .*check RECONC"):
        Store.open(str(tmp_path / "mistyped" / "state.db"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE steps SET before = '{' WHERE seq = 0",
        "UPDATE steps SET before = CAST(x'7b22ff22' AS TEXT) WHERE seq = 0",
        "UPDATE runs SET plan = substr(plan, 1, 12)",
        "UPDATE runs SET plan = x'00ff'",
        "UPDATE ledger_entries SET fields = 'customer +59829001234'",
    ],
)
def test_what_was_written_over_is_called_damaged_and_is_not_repeated(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "state.db"
    with Store.open(str(path)) as store:
        run, _ = begun(store, "statuses/Lunch")
        store.change_ledger(KEY, [upsert("statuses/Lunch")])
    with sqlite3.connect(path) as connection:
        assert connection.execute(damage).rowcount == 1
    connection.close()
    with Store.open(str(path)) as store, pytest.raises(StateError) as told:
        store.steps(run)
        store.plan_of(run)
        store.ledger(*KEY)
    assert "restore it from a backup" in str(told.value) or "Could not decode" in str(told.value)
    assert "+598" not in str(told.value)
    assert "with text" not in str(told.value)


@pytest.mark.parametrize("opening", [Store.open, Store.open_read_only, Store.open_as_allowed])
def test_an_empty_file_is_a_state_that_was_lost_and_not_a_new_one(
    tmp_path: Path, opening: Callable[[str], Store]
) -> None:
    path = tmp_path / "state.db"
    path.touch()
    with pytest.raises(StateError, match=r"is an empty file: .* from a backup; .* delete the file"):
        opening(str(path))
    assert path.read_bytes() == b""
    path.unlink()
    Store.open(str(path)).close()
    with path.open("r+b") as file:
        file.truncate(0)
    with pytest.raises(StateError, match="is an empty file"):
        opening(str(path))


def test_a_new_state_has_its_name_only_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"

    def cut_off(*_: object) -> None:
        assert not path.exists()
        raise StateError("cut off")

    monkeypatch.setattr(schema, "migrate", cut_off)
    with pytest.raises(StateError, match="cut off"):
        Store.open(str(path))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    Store.open(str(path)).close()
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_new_state_is_made_where_the_file_system_has_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, "no links here")

    monkeypatch.setattr(os, "link", refused)
    with Store.open(str(tmp_path / "state.db")) as store:
        assert lineage(store)
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_a_link_without_a_target_is_where_its_target_is_made(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "state.db").symlink_to(tmp_path / "kept" / "real.db")
    with Store.open(str(tmp_path / "state.db")) as store:
        assert lineage(store)
    assert (tmp_path / "kept" / "real.db").stat().st_size > 0
