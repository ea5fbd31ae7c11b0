"""The errors of values: a code, what is wrong, and what to write instead.

A refusal is a `ValueError`, so pydantic reports it with its place. Its context keeps the messages;
its text shows the value, for the program that sent it.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

from reconciler.message import NO_MESSAGE, Message, Personal

_TEMPLATE = "{text}"


def refusal(
    code: str, message: Message, hint: Message = NO_MESSAGE, *, culprit: str = ""
) -> PydanticCustomError:
    """The error to raise. `culprit` is the text or the key inside the value that is wrong."""
    context = {"message": message, "hint": hint, "culprit": culprit, "text": message.unmasked()}
    return PydanticCustomError(code, _TEMPLATE, context)


def message_and_hint(error: ValueError) -> tuple[Message, Message]:
    """What is wrong, and what to write instead, if the error says it."""
    context = error.context if isinstance(error, PydanticCustomError) else None
    return messages_in(context) or (Message.of("{error}", error=Personal(str(error))), NO_MESSAGE)


def messages_in(context: Mapping[str, object] | None) -> tuple[Message, Message] | None:
    """The message and the hint in the context of a refusal; None for another error."""
    if context is None:
        return None
    message, hint = context.get("message"), context.get("hint")
    return (message, hint) if isinstance(message, Message) and isinstance(hint, Message) else None


def full_message(error: ValueError) -> str:
    """What is wrong, with the value, and what to write instead, in one sentence."""
    return with_hint(*message_and_hint(error))


def with_hint(message: Message, hint: Message) -> str:
    """`message: hint` with every value, or the message alone."""
    return f"{message.unmasked()}: {hint.unmasked()}" if hint else message.unmasked()
