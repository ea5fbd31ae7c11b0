"""Passwords and tokens, taken out of what is shown."""

from __future__ import annotations

import re

_MASK = "•••"
_BEFORE_AT = re.compile(r"(//|\burl[\"']?\s*[:=](?!\s*[\"']?\w*://)\s*[\"']?)[^\r\n]*@")
_SECRET = re.compile(
    r"(\b(?:api[_-]?key|authorization|passw(?:or)?d|secret|token)\b[\"']?\s*[:=]\s*)[^,}\]\r\n]+",
    re.IGNORECASE,
)
_USER_AND_PASSWORD = re.compile(r"[^\s\"'`,{}\[\]@/]+:(?!//)[^\s\"'`]*@")


def without_credentials(text: str) -> str:
    """A text without the user and the password that an address in it may hold, nor any value of
    a key that is called like a secret.

    From where an address begins to the last `@` of the line all is masked: a password can hold
    whatever a person types, the quotes and blanks of a mistake included.
    """
    text = _SECRET.sub(rf"\1{_MASK}", text)
    if "@" not in text:
        return text
    text = _BEFORE_AT.sub(rf"\1{_MASK}@", text)
    return _USER_AND_PASSWORD.sub(f"{_MASK}@", text)
