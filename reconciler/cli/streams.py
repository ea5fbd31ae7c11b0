"""Standard output and standard error as this program uses them: UTF-8, whatever the locale says.

What standard output does not take ends the command with one line. What standard error does not
take is dropped: nobody can be told of it, and it must not change what a command does.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import BinaryIO, TextIO, cast

_ENCODING = "utf-8"
_UNENCODABLE = "backslashreplace"


class OutputLost(Exception):
    """Standard output does not take what is printed. `reader_left` where that is because whoever
    read it has read enough, as `head` does: nobody needs to be told."""

    def __init__(self, error: OSError) -> None:
        self.reader_left = error.errno == errno.EPIPE
        why = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
        super().__init__(f"standard output does not take what is printed ({why})")


class _Output(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise OutputLost(error) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise OutputLost(error) from error


class _Errors(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


def prepare() -> None:
    """Take over standard output and standard error of this process."""
    _fill_what_is_closed()
    sys.stdout = _taken_over(sys.stdout, 1, _Output)
    sys.stderr = _taken_over(sys.stderr, 2, _Errors)


def _fill_what_is_closed() -> None:
    """Open what the process was started without: else the next file opened, a state perhaps, would
    be standard output. Reading it finds nothing, and writing fails, as it would have."""
    for descriptor, flags in (0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, flags)


def _taken_over(stream: TextIO | None, descriptor: int, kind: type[io.TextIOWrapper]) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        line_by_line = stream.line_buffering
        raw = cast("BinaryIO", stream.detach())
    else:
        line_by_line = False
        raw = open(descriptor, "wb", closefd=False)  # noqa: SIM115 - it has no path
    return kind(raw, encoding=_ENCODING, errors=_UNENCODABLE, line_buffering=line_by_line)
