"""A process that forks others: platforms, and appliers that kill or stop themselves.

It imports everything once, so each child costs only a fork. It reads one JSON order per line and
answers with one line. It wraps the journal's writes and the writer's requests in its children.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, event

from reconciler.applying import apply
from reconciler.cli import main as command_line
from reconciler.errors import ReconcilerError
from reconciler.live.http import cache, client, connect, limiter, reader, transport, writer
from reconciler.planning.planfile import codec, requirements, signing
from reconciler.project.project import Access, Project
from reconciler.sandbox.api import server
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.state.sql import clock
from reconciler.state.sql.store import Store

JOURNAL = ("begin_run", "record_intents", "withdraw_intents", "record_outcomes", "finish_run")
LOADED = (requirements, cache, client, connect, limiter, reader, signing, transport)
CI = "sandbox-ci"
AHEAD = timedelta(minutes=5)
"""The clock offset of an applier after a kill: long enough for the lease to expire."""
LIMIT_SECONDS = 300
"""An applier that takes longer is killed; its answer contains the signal."""

Say = Callable[[bytes], None]


def project(folder: str, url: str, state: str, *, token: str = CI, later: int = 0) -> Project:
    """The project of an applier."""
    access = Access(token, url, {"RECONCILER_STATE": state})
    return Project(Path(folder), "test", access, lambda: datetime.now(UTC) + later * AHEAD)


class Points:
    """Counts points. The process kills itself at `fatal` and stops at `pause` until continued."""

    def __init__(self, fatal: int, pause: int) -> None:
        self.fatal, self.pause = fatal, pause
        self.names: list[str] = []

    def reached(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if 0 < self.pause <= len(self.names) and not name.startswith("inside"):
            self.pause = 0
            os.kill(os.getpid(), signal.SIGSTOP)


def wrap(points: Points, later: int) -> None:
    """Add a point inside and after each transaction that writes the journal, and after each request
    of the writer. Advance a database server's clock in the same way as the applier's clock."""
    writing: list[str] = []
    for name in JOURNAL:
        setattr(Store, name, _wrapped(getattr(Store, name), name, points, writing))

    def committing(_: Any) -> None:
        if writing and threading.current_thread() is threading.main_thread():
            points.reached(f"inside {writing[-1]}")

    event.listen(Engine, "commit", committing)
    send: Callable[..., Awaitable[Any]] = writer.HttpWriter.send

    async def sent(self: Any, batch: Any, **how: Any) -> Any:
        outcomes = await send(self, batch, **how)
        is_read = all(operation.operation == "get" for operation in batch)
        points.reached("after get" if is_read else "after write")
        return outcomes

    writer.HttpWriter.send = sent  # type: ignore[method-assign]
    shared = clock.shared

    def ahead(connection: Any, told: datetime) -> datetime:
        now = shared(connection, told)
        return now if connection.dialect.name == "sqlite" else now + later * AHEAD

    clock.shared = ahead


def _wrapped(
    real: Callable[..., Any], name: str, points: Points, writing: list[str]
) -> Callable[..., Any]:
    def called(*args: Any, **kwargs: Any) -> Any:
        if not points.names:
            points.reached(f"before {name}")
        writing.append(name)
        try:
            result = real(*args, **kwargs)
        finally:
            writing.pop()
        points.reached(f"after {name}")
        return result

    return called


def applied(order: Mapping[str, Any]) -> dict[str, Any]:
    """Apply or resume in this process, and return the result."""
    points = Points(order["at"], order["pause"])
    wrap(points, order["later"])
    where = project(
        order["folder"], order["url"], order["state"], token=order["token"], later=order["later"]
    )
    how = apply.ApplySettings(request_timeout=timedelta(0))
    try:
        if order["do"] == "resume":
            report = where.resume(settings=how)
        else:
            made = codec.load_plan(Path(order["plan"]).read_bytes(), name="plan")
            report = where.apply(made, settings=how)
    except ReconcilerError as error:
        return {"refused": type(error).__name__, "why": str(error), "points": points.names}
    failed = [f"{s.address}: {s.state} {s.detail}" for s in report.steps if s.state != "succeeded"]
    return {"exit": report.exit_code, "why": failed, "points": points.names}


def commanded(order: Mapping[str, Any]) -> dict[str, Any]:
    """Run a command line in this process; return its exit code and write its output to `said`."""
    points = Points(order["at"], 0)
    wrap(points, 0)
    # Here, a request of a killed process took effect before, or never will.
    writer.HttpWriter.attempt_seconds = property(lambda _: 0.0)  # type: ignore[assignment]
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["variables"])
    with Path(order["said"]).open("wb") as said:
        for descriptor in (1, 2):
            os.dup2(said.fileno(), descriptor)
    code = command_line.run(order["words"])
    sys.stdout.flush()
    sys.stderr.flush()
    return {"exit": code, "points": points.names}


def serve(order: Mapping[str, Any], announce: Callable[[str], None]) -> None:
    """Serve a platform until a signal stops it."""
    seed = order.get("seed") or "empty"
    server.run(SandboxSettings(data=order["data"], seed=seed, announce=announce))


def in_child(work: Callable[[Say], None]) -> tuple[int, int]:
    """Fork; return the child's process id and the read end of the pipe for its answer."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            work(lambda said: os.write(write, said + b"\n") and None)  # type: ignore[func-returns-value]
        except BaseException as error:
            os.write(write, orjson.dumps({"crashed": repr(error)}) + b"\n")
        finally:
            os._exit(0)
    os.close(write)
    return child, read


class Children:
    """The forked processes that are still running."""

    def __init__(self) -> None:
        self.serving: set[int] = set()
        self.pipes: dict[int, int] = {}

    def serve(self, order: Mapping[str, Any]) -> dict[str, Any]:
        child, pipe = in_child(lambda say: serve(order, lambda url: say(url.encode())))
        self.serving.add(child)
        with os.fdopen(pipe, "rb") as said:
            return {"pid": child, "url": said.readline().decode().strip()}

    def stop(self, order: Mapping[str, Any]) -> dict[str, Any]:
        os.kill(order["pid"], signal.SIGTERM if order["gently"] else signal.SIGKILL)
        os.waitpid(order["pid"], 0)
        self.serving.discard(order["pid"])
        return {}

    def start(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Run an applier or a command until it ends or stops itself."""
        act = commanded if order["do"] == "command" else applied

        def work(say: Say) -> None:
            signal.alarm(LIMIT_SECONDS)
            say(orjson.dumps(act(order)))

        child, self.pipes[child] = in_child(work)
        return self.awaited(child)

    def go_on(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Continue all stopped processes at the same time."""
        for child in order["pids"]:
            os.kill(child, signal.SIGCONT)
        return {"answers": [self.awaited(child) for child in order["pids"]]}

    def awaited(self, child: int) -> dict[str, Any]:
        """The answer of a child; it is short enough for the pipe's buffer."""
        _, status = os.waitpid(child, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return {"stopped": child}
        with os.fdopen(self.pipes.pop(child), "rb") as pipe:
            said = pipe.readline()
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        answer: dict[str, Any] = {"killed": ended_by == signal.SIGKILL, "signal": ended_by}
        return {**answer, **(orjson.loads(said) if said else {})}

    def end(self) -> None:
        for child in sorted({*self.serving, *self.pipes}):
            os.kill(child, signal.SIGKILL)


def main() -> None:
    """Execute orders until there are no more, then end all processes."""
    codec.plan_adapter()
    gc.collect()
    gc.freeze()  # what is imported is shared with the children, and never looked through by them
    children = Children()
    acts = {"serve": children.serve, "stop": children.stop, "go on": children.go_on}
    for line in sys.stdin.buffer:
        order = orjson.loads(line)
        answer = acts.get(order["do"], children.start)(order)
        with suppress(BrokenPipeError):
            sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
            sys.stdout.buffer.flush()
    children.end()


if __name__ == "__main__":
    main()
