"""Removes passwords and tokens from texts that are shown."""

from __future__ import annotations

import re

from reconciler.message import MASK

_BEFORE_AT = re.compile(r"(//|\burl[\"']?\s*[:=](?!\s*[\"']?\w*://)\s*[\"']?)[^\r\n]*@")
_SECRET = re.compile(
    r"(\b(?:api[_-]?key|authorization|passw(?:or)?d|secret|token)\b[\"']?\s*[:=]\s*)[^,}\]\r\n]+",
    re.IGNORECASE,
)
_USER_AND_PASSWORD = re.compile(r"[^\s\"'`,{}\[\]@/]+:(?!//)[^\s\"'`]*@")


def without_credentials(text: str) -> str:
    """The text without users and passwords in URLs, and without values of keys named like secrets.

    Everything from the start of a URL to the last `@` of the line is masked, because a password can
    contain any character, even quotes and blanks.
    """
    text = _SECRET.sub(rf"\1{MASK}", text)
    if "@" not in text:
        return text
    text = _BEFORE_AT.sub(rf"\1{MASK}@", text)
    return _USER_AND_PASSWORD.sub(f"{MASK}@", text)
