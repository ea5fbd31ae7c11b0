"""Multi-line texts in one form, whatever system they come from.

A byte-order mark at the start is dropped; CRLF and CR become LF. The same rule applies to
manifests, content files and platform texts, so Windows and Linux checkouts give the same plan.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

_BYTE_ORDER_MARK = "\ufeff"


def clean_text(text: str) -> str:
    """The text without a leading byte-order mark, with LF line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.lstrip(_BYTE_ORDER_MARK)


Text = Annotated[str, AfterValidator(clean_text)]
