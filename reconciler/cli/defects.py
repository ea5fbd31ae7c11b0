"""Unexpected exceptions: a short message for the user, and the traceback in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

_SECRETS = ("RECONCILER_TOKEN", "RECONCILER_PLAN_KEY", "RECONCILER_SANDBOX_TOKENS")
_STATES = ("RECONCILER_STATE", "RECONCILER_STATE_TO")


def defect_message(error: BaseException, variables: Mapping[str, str]) -> str:
    """A message with the path of the report. The error's own text may be confidential, so it is
    only in the report, which only its owner may read."""
    first = f"Error: this is a defect in reconciler, not in your files ({type(error).__name__}).\n"
    try:
        path = _write_report(_without_secrets(_report(error), variables))
    except OSError as failure:
        return f"{first}The report could not be written: {failure.strerror}."
    return f"{first}The report is in {path}: please send it with your bug report."


def _report(error: BaseException) -> str:
    import traceback

    from reconciler import __version__

    trace = "".join(traceback.format_exception(error))
    python = sys.version.split()[0]
    return f"reconciler {__version__}, Python {python} on {sys.platform}\n{trace}"


def _without_secrets(text: str, variables: Mapping[str, str]) -> str:
    for secret in sorted(_secrets(variables), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(variables: Mapping[str, str]) -> Iterator[str]:
    for name in _SECRETS:
        value = variables.get(name, "").strip()
        if value:
            yield value
    for name in _STATES:
        try:
            password = urlsplit(variables.get(name, "")).password
        except ValueError:
            password = None
        if password:
            yield password


def _write_report(text: str) -> str:
    """The path of a new file with mode 0600."""
    import tempfile

    handle, path = tempfile.mkstemp(prefix="reconciler-defect-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
