"""Identify the process that took a lease, and find out whether it is certainly dead.

A process can be found dead only where this process could see it: after the same boot of the kernel
and in the same pid namespace. The host's name is not enough, because two containers may share it.
The start time distinguishes a process from a later one with the same pid. Where the system does
not report all of this, no process is found dead, and leases expire.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_BOOT = "sys/kernel/random/boot_id"
_STARTED = 19
"""The index of the start time among the fields of `/proc/PID/stat` after the name (proc(5))."""


@dataclass(frozen=True, slots=True)
class _Status:
    state: str
    started: str


def this_process_mark(proc: Path = _PROC) -> str:
    """A text that identifies this process together with its pid.

    It is "" where the system does not report it: not Linux, or `/proc` of another pid namespace.
    """
    try:
        if str((proc / "self").readlink()) != str(os.getpid()):
            return ""
        boot = (proc / _BOOT).read_text().strip()
        namespace = str((proc / "self/ns/pid").readlink())
        status = _status(proc, os.getpid())
    except OSError:
        return ""
    return "" if status is None else f"{boot} {namespace} {status.started}"


def is_certainly_dead(mark: str, pid: int, proc: Path = _PROC) -> bool:
    """Whether the process with this mark and pid would be visible here, and does not run any more.

    A new pid namespace may reuse the number of one that ended; the processes of that one are dead.
    """
    here = this_process_mark(proc)
    if pid <= 0 or not here or mark.rpartition(" ")[0] != here.rpartition(" ")[0]:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # it runs, as another user
    status = _status(proc, pid)
    if status is None:
        return False
    return status.started != mark.rpartition(" ")[2] or _is_over(proc, pid, status)


def _is_over(proc: Path, pid: int, status: _Status) -> bool:
    """Whether it has ended and only waits for its parent to collect it."""
    if status.state not in ("Z", "X"):
        return False
    try:
        return len(list((proc / str(pid) / "task").iterdir())) <= 1
    except OSError:
        return False


def _status(proc: Path, pid: int) -> _Status | None:
    """The state and start time of a process; None where the system does not report them.

    The name of a process is in brackets and may contain anything.
    """
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return _Status(fields[0], fields[_STARTED]) if len(fields) > _STARTED else None
