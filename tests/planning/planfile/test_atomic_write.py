"""Where a file is written, and where it is refused: nothing but a regular file is replaced."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from reconciler.errors import UsageError
from reconciler.planning.planfile.atomic_write import check_target, write_private


def test_a_new_file_and_a_regular_one_are_written_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    for data in (b"first", b"second"):
        write_private(data, path)
        assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder: name a file in it"):
        write_private(b"x", tmp_path)


@pytest.mark.parametrize("device", ["/dev/full", "/dev/null"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(UsageError, match="is a device and cannot be replaced"):
        check_target(Path(device))


def test_a_pipe_and_a_socket_are_refused_and_stay_what_they_are(tmp_path: Path) -> None:
    pipe, end = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(end))
        for path, what in ((pipe, "a pipe"), (end, "a socket")):
            with pytest.raises(UsageError, match=f"is {what} and cannot be replaced"):
                write_private(b"x", path)
    assert pipe.is_fifo()
    assert end.is_socket()


@pytest.mark.parametrize("leads_to", ["kept.txt", "nothing", "/dev/null", "."])
def test_a_link_is_refused_wherever_it_leads(tmp_path: Path, leads_to: str) -> None:
    kept, link = tmp_path / "kept.txt", tmp_path / "link"
    kept.write_text("kept")
    link.symlink_to(leads_to)
    with pytest.raises(UsageError, match=f"is a symbolic link to {leads_to}.*name the file itself"):
        write_private(b"x", link)
    assert link.is_symlink()
    assert kept.read_text() == "kept"
    assert not (tmp_path / "nothing").exists()


def test_a_folder_reached_by_a_link_is_a_folder_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to("real")
    write_private(b"x", tmp_path / "linked" / "plan.json")
    assert (tmp_path / "real" / "plan.json").read_bytes() == b"x"
