"""What becomes of an error nobody foresaw: a word to the user, and the traceback in a file."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

_SECRETS = ("RECONCILER_TOKEN", "RECONCILER_PLAN_KEY", "RECONCILER_SANDBOX_TOKENS")
_STATE = "RECONCILER_STATE"


def defect_message(error: BaseException, variables: Mapping[str, str]) -> str:
    """What to say of it. The message stays in the file: it may hold what is nobody's business."""
    first = (
        f"Error: this is a defect of reconciler, not of what it was given "
        f"({type(error).__name__}).\n"
    )
    try:
        path = _kept(_without_secrets(_text(error), variables))
    except OSError as failure:
        return f"{first}Where it happened could not be written down: {failure.strerror}."
    return f"{first}Where it happened is in {path}: please report it with that."


def _text(error: BaseException) -> str:
    from reconciler import __version__

    where = "".join(traceback.format_exception(error))
    python = sys.version.split()[0]
    return f"reconciler {__version__}, Python {python} on {sys.platform}\n{where}"


def _without_secrets(text: str, variables: Mapping[str, str]) -> str:
    for secret in sorted(_secrets(variables), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(variables: Mapping[str, str]) -> Iterator[str]:
    for name in _SECRETS:
        value = variables.get(name, "").strip()
        if value:
            yield value
    try:
        password = urlsplit(variables.get(_STATE, "")).password
    except ValueError:
        password = None
    if password:
        yield password


def _kept(text: str) -> str:
    """The file it was written to, which only its owner may read."""
    handle, path = tempfile.mkstemp(prefix="reconciler-defect-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
