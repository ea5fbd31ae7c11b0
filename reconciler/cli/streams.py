"""Standard output and standard error: UTF-8 in every locale, and safe to close.

If stdout does not accept output, the command ends with one line. If stderr does not accept a
message, the message is dropped and the command continues.
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
    """Stdout does not accept output. `is_reader_gone` if the reader closed the pipe, as `head`
    does; that needs no message."""

    def __init__(self, error: OSError) -> None:
        self.is_reader_gone = error.errno == errno.EPIPE
        reason = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
        super().__init__(f"standard output does not accept output ({reason})")


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


def replace_streams() -> None:
    """Replace the stdout and stderr of this process."""
    _open_closed_descriptors()
    sys.stdout = _wrapped(sys.stdout, 1, _Output)
    sys.stderr = _wrapped(sys.stderr, 2, _Errors)


def _open_closed_descriptors() -> None:
    """Open descriptors 0 to 2 if the process was started without them.

    Otherwise the next opened file, such as the state, would become stdout. Stdin is empty, and
    writing to stdout fails as it would have.
    """
    for descriptor, flags in (0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, flags)


def _wrapped(stream: TextIO | None, descriptor: int, wrapper: type[io.TextIOWrapper]) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        line_buffering = stream.line_buffering
        raw = cast("BinaryIO", stream.detach())
    else:
        line_buffering = False
        raw = open(descriptor, "wb", closefd=False)  # noqa: SIM115 - it has no path
    return wrapper(raw, encoding=_ENCODING, errors=_UNENCODABLE, line_buffering=line_buffering)
