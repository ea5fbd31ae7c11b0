"""Texts of several lines, in one form whatever system they were written on.

The rule: a byte-order mark at the start is dropped, and every line ends in LF. CRLF and CR become
LF. It holds for manifests, for content files, and for what the platform holds, so that a checkout
on Windows and one on Linux ask for the same.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

_BYTE_ORDER_MARK = "\ufeff"


def clean_text(text: str) -> str:
    """The text without a byte-order mark at its start, its lines ended by LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.lstrip(_BYTE_ORDER_MARK)


Text = Annotated[str, AfterValidator(clean_text)]
