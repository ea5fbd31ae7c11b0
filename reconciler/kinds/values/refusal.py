"""The errors of values: a code, what is wrong, and what to write instead.

A refusal is a `ValueError`, so pydantic reports it with its place. Its context keeps the hint
separate from the message.
"""

from __future__ import annotations

from pydantic_core import PydanticCustomError


def refusal(code: str, message: str, hint: str = "", *, culprit: str = "") -> PydanticCustomError:
    """The error to raise. `culprit` is the text or the key inside the value that is wrong."""
    return PydanticCustomError(code, message, {"hint": hint, "culprit": culprit})


def message_and_hint(error: ValueError) -> tuple[str, str]:
    """What is wrong, and what to write instead ("" if the error does not say)."""
    context = error.context if isinstance(error, PydanticCustomError) else None
    return str(error), str((context or {}).get("hint", ""))


def full_message(error: ValueError) -> str:
    """What is wrong and what to write instead, in one sentence."""
    return sentence_with_hint(*message_and_hint(error))


def sentence_with_hint(message: str, hint: str) -> str:
    """`message: hint`, or the message alone."""
    return f"{message}: {hint}" if hint else message
