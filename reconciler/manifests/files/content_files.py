"""Reads content files: texts next to the manifests, without variables.

Hidden files (`.git/`, `.reconciler/`) are refused. The loader asks whether git ignores a file,
after reading all manifests.
"""

from __future__ import annotations

import codecs
import os
from pathlib import Path, PurePath

from reconciler.kinds.values.text import clean_text
from reconciler.manifests.yaml import merge_conflicts
from reconciler.message import NO_MESSAGE, Message, Personal

_LIMIT_BYTES = 4 * 1024 * 1024
_RELATIVE = Message.of("write the name relative to the manifest")


class ContentError(ValueError):
    """The file cannot be used; the message says why, `hint` what to do."""

    def __init__(self, message: Message, hint: Message = NO_MESSAGE) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


def read_content(root: Path, manifest: str, name: str) -> tuple[str, str]:
    """The text of a content file, and its path below `root`, the project folder.

    `name` is relative to the folder of its manifest. Raises ContentError, also for a file outside
    `root`.
    """
    if "\0" in name or not name:
        raise ContentError(Message.of("this is not a file name"))
    inside = root.resolve()
    wanted = (root / manifest).parent / name
    _refuse_hidden(Path(os.path.normpath(inside / PurePath(manifest).parent / name)), inside, name)
    try:
        path = wanted.resolve(strict=True)
    except FileNotFoundError:
        raise ContentError(
            Message.of("there is no file '{name}'", name=Personal(name)), _nearby(wanted)
        ) from None
    except (OSError, RuntimeError) as error:
        raise _unreadable(name, str(error)) from error
    if not path.is_relative_to(inside):
        raise ContentError(
            Message.of("'{name}' is outside the project folder", name=Personal(name)),
            Message.of("move it below reconciler.yaml"),
        )
    _refuse_hidden(path, inside, name)
    if not path.is_file():
        raise ContentError(Message.of("'{name}' is not a file", name=Personal(name)))
    return _text(path, name), path.relative_to(inside).as_posix()


def _unreadable(name: str, why: str) -> ContentError:
    shown, reason = Personal(name), Personal(why)
    return ContentError(Message.of("'{name}' cannot be read: {why}", name=shown, why=reason))


def _refuse_hidden(path: Path, inside: Path, name: str) -> None:
    """Refuse a path with a part that begins with a dot; the caller resolves links."""
    if not path.is_relative_to(inside):
        return
    hidden = next((part for part in path.relative_to(inside).parts if part.startswith(".")), None)
    if hidden is not None:
        message = Message.of(
            "'{name}' is hidden, and hidden files cannot be content", name=Personal(name)
        )
        hint = Message.of("use a file with a path without '{part}'", part=Personal(hidden))
        raise ContentError(message, hint)


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as opened:
            data = opened.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from error
    if len(data) > _LIMIT_BYTES:
        limit, shown = _LIMIT_BYTES, Personal(name)
        message = Message.of("'{name}' is larger than {limit} bytes", name=shown, limit=limit)
        raise ContentError(message)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ContentError(
            Message.of("'{name}' is UTF-16, not UTF-8", name=Personal(name)),
            Message.of("save it as UTF-8"),
        )
    try:
        text = clean_text(data.decode())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = Message.of(
            "'{name}' is not UTF-8: byte 0x{start} on line {line}",
            name=Personal(name),
            start=f"{data[error.start]:02x}",
            line=str(line),
        )
        raise ContentError(message, Message.of("save it as UTF-8")) from error
    conflict = merge_conflicts.whole_conflict(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict) + 1
        message = Message.of(
            "{message} in '{name}', line {line}",
            message=merge_conflicts.MESSAGE,
            name=Personal(name),
            line=str(line),
        )
        raise ContentError(message, merge_conflicts.HINT)
    return text


def _nearby(wanted: Path) -> Message:
    from reconciler.manifests.problems.suggestions import nearest

    try:
        names = [path.name for path in wanted.parent.iterdir() if path.is_file()]
    except OSError:
        return _RELATIVE
    near = nearest(wanted.name, sorted(names))
    return Message.of("did you mean '{near}'?", near=Personal(near)) if near else _RELATIVE
