"""A process that forks others: platforms to apply to, and appliers that kill themselves.

Everything is imported once, so that each costs a fork and no start. It reads one JSON command a
line and answers with one. What it wraps (the journal's writes and the writer's requests) it wraps
in its children only: the product knows nothing of it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from reconciler.applying import apply
from reconciler.errors import ReconcilerError
from reconciler.live import cache, client, connect, limiter, reader, transport, writer
from reconciler.planning import plan_file
from reconciler.project import Access, Project
from reconciler.sandbox import server
from reconciler.sandbox.settings import SandboxSettings
from reconciler.state.store import Store

JOURNAL = ("begin_run", "record_intents", "withdraw_intents", "record_outcomes", "finish_run")
LOADED = (cache, client, connect, limiter, reader, transport)
AHEAD = timedelta(minutes=5)
"""How much later those are who come after somebody was killed: the lease has expired by then."""


def project(folder: str, url: str, state: str, *, later: int = 0) -> Project:
    """The project as an applier sees it."""
    access = Access("sandbox-ci", url, {"RECONCILER_STATE": state})
    return Project(Path(folder), "test", access, lambda: datetime.now(UTC) + later * AHEAD)


class Count:
    """Counts points; at the one it was given the process is gone."""

    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.names: list[str] = []

    def reached(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def wrap(count: Count) -> None:
    """Put a point before and after each write of the journal and each request of the writer."""
    for name in JOURNAL:
        setattr(Store, name, _wrapped(getattr(Store, name), name, count))
    send: Callable[..., Awaitable[Any]] = writer.HttpWriter.send

    async def sent(self: Any, batch: Any, **how: Any) -> Any:
        name = "get" if all(one.operation == "get" for one in batch) else "write"
        count.reached(f"before {name}")
        outcomes = await send(self, batch, **how)
        count.reached(f"after {name}")
        return outcomes

    writer.HttpWriter.send = sent  # type: ignore[method-assign]


def _wrapped(real: Callable[..., Any], name: str, count: Count) -> Callable[..., Any]:
    def called(*args: Any, **kwargs: Any) -> Any:
        count.reached(f"before {name}")
        result = real(*args, **kwargs)
        count.reached(f"after {name}")
        return result

    return called


def applied(order: dict[str, Any]) -> dict[str, Any]:
    """Apply, or resume, in this process; what became of it."""
    count = Count(order["at"])
    wrap(count)
    where = project(order["folder"], order["url"], order["state"], later=order["later"])
    how = apply.Settings(request_timeout=timedelta(0))
    try:
        if order["do"] == "resume":
            report = where.resume(settings=how)
        else:
            made = plan_file.loads(Path(order["plan"]).read_bytes(), name="plan")
            report = where.apply(made, settings=how)
    except ReconcilerError as error:
        return {"refused": type(error).__name__, "why": str(error), "points": count.names}
    failed = [f"{s.address}: {s.state} {s.detail}" for s in report.steps if s.state != "succeeded"]
    return {"exit": report.exit_code, "why": failed, "points": count.names}


def serve(order: dict[str, Any], announce: Callable[[str], None]) -> None:
    """A platform, until a signal ends it."""
    seed = order.get("seed") or "empty"
    server.run(SandboxSettings(data=order["data"], seed=seed, announce=announce))


def in_child(work: Callable[[Callable[[bytes], None]], None]) -> tuple[int, bytes]:
    """Fork; the child's process id and the first line it says, empty when it died silent."""
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
    with os.fdopen(read, "rb") as said:
        return child, said.readline().strip()


def main() -> None:
    """Obey until there are no more orders, and leave no platform behind."""
    serving: set[int] = set()
    for line in sys.stdin.buffer:
        order = orjson.loads(line)
        if order["do"] == "serve":
            child, said = in_child(
                lambda say, o=order: serve(o, lambda url: say(url.encode()))  # type: ignore[misc]
            )
            serving.add(child)
            answer = {"pid": child, "url": said.decode()}
        elif order["do"] == "stop":
            os.kill(order["pid"], signal.SIGTERM if order["gently"] else signal.SIGKILL)
            os.waitpid(order["pid"], 0)
            serving.discard(order["pid"])
            answer = {}
        else:
            child, said = in_child(lambda say, o=order: say(orjson.dumps(applied(o))))  # type: ignore[misc]
            _, status = os.waitpid(child, 0)
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            answer = {"killed": killed, **(orjson.loads(said) if said else {})}
        with suppress(BrokenPipeError):
            sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
            sys.stdout.buffer.flush()
    for child in sorted(serving):
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
