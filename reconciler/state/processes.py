"""Which process took a lease, and whether that process is surely dead.

Only a process that this one could see can be called dead. What identifies where it runs is the boot
of the kernel and the namespace of its pid: not the host's name, which two containers may share, nor
the pid, which means something else in each. When it started tells it from a later process with the
same pid. Where the system does not say all of this, nobody is called dead, and leases expire by
themselves.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_BOOT = "sys/kernel/random/boot_id"
_STARTED = 19
"""Where the start stands among the fields of `/proc/PID/stat` that follow the name (proc(5))."""


@dataclass(frozen=True, slots=True)
class _Status:
    state: str
    started: str


def mark_of_this(proc: Path = _PROC) -> str:
    """A text that identifies this process together with its pid; "" where the system does not tell
    (no Linux, or a `/proc` of another pid namespace)."""
    try:
        if str((proc / "self").readlink()) != str(os.getpid()):
            return ""
        boot = (proc / _BOOT).read_text().strip()
        namespace = str((proc / "self/ns/pid").readlink())
        status = _status(proc, os.getpid())
    except OSError:
        return ""
    return "" if status is None else f"{boot} {namespace} {status.started}"


def is_surely_dead(mark: str, pid: int, proc: Path = _PROC) -> bool:
    """Whether the process with this mark and pid is one that this process could see, and is gone.

    A pid namespace that is gone may have lent its number to a new one; its processes are gone too.
    """
    here = mark_of_this(proc)
    if pid <= 0 or not here or mark.rpartition(" ")[0] != here.rpartition(" ")[0]:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # it is there, and somebody else's
    status = _status(proc, pid)
    if status is None:
        return False
    return status.started != mark.rpartition(" ")[2] or _is_over(proc, pid, status)


def _is_over(proc: Path, pid: int, status: _Status) -> bool:
    """Whether it has ended, and only waits for its parent to take notice."""
    if status.state not in ("Z", "X"):
        return False
    try:
        return len(list((proc / str(pid) / "task").iterdir())) <= 1
    except OSError:
        return False


def _status(proc: Path, pid: int) -> _Status | None:
    """What the system says of a process, None where it says nothing. The name of a process stands
    in brackets, and may hold anything."""
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return _Status(fields[0], fields[_STARTED]) if len(fields) > _STARTED else None
