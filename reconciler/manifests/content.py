"""Content kept in files beside the manifests: read as it stands, no variables, no changes."""

from __future__ import annotations

from pathlib import Path

_LIMIT_BYTES = 4 * 1024 * 1024


class ContentError(ValueError):
    """The file cannot be used; the message says why, `hint` what would be right."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def read_content(root: Path, manifest: str, name: str) -> tuple[str, str]:
    """The text of a content file, and its path below `root`, the project folder.

    `name` is relative to the folder of its manifest.
    Raises ContentError, also for a file outside `root`.
    """
    if "\0" in name or not name:
        raise ContentError("this is no file name")
    inside = root.resolve()
    wanted = (root / manifest).parent / name
    try:
        path = wanted.resolve(strict=True)
    except FileNotFoundError:
        raise ContentError(f"there is no file '{name}'", _nearby(wanted)) from None
    except (OSError, RuntimeError) as error:
        raise ContentError(f"'{name}' cannot be read: {error}") from error
    if not path.is_relative_to(inside):
        raise ContentError(f"'{name}' is outside the folder", "keep it below reconciler.yaml")
    if not path.is_file():
        raise ContentError(f"'{name}' is no file")
    return _text(path, name), path.relative_to(inside).as_posix()


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as opened:
            data = opened.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise ContentError(f"'{name}' cannot be read: {error.strerror}") from error
    if len(data) > _LIMIT_BYTES:
        raise ContentError(f"'{name}' has over {_LIMIT_BYTES:,} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ContentError(
            f"'{name}' is not UTF-8: byte 0x{data[error.start]:02x} on line {line}",
            "save it as UTF-8",
        ) from error


def _nearby(wanted: Path) -> str:
    from reconciler.manifests.nearest import nearest

    try:
        names = [one.name for one in wanted.parent.iterdir() if one.is_file()]
    except OSError:
        return "the name is relative to the manifest"
    near = nearest(wanted.name, sorted(names))
    return f"did you mean '{near}'?" if near else "the name is relative to the manifest"
