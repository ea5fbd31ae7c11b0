"""Messages as values: a sentence, and its arguments apart, so that a view can mask each one.

    Message.of("{resource} is used by {count} campaigns", resource=place(address), count=3)

No code reads a rendered message. Anything that identifies a customer is a `Place` of a personal
kind, a `Personal`, a `Quoted` or a `FreeText`. `str` shows dots for it; a masker shows handles or
the values.
"""

from __future__ import annotations

import shlex
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

MASK = "•••"


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a resource or a collection; `kinds.registry.place` makes one."""

    address: str
    is_personal: bool
    """Whether the address names a customer or a contact."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A value that identifies a customer, or that may hold such a value."""

    personal: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text of somebody else: what the platform answered, or the reason of an approval."""

    quoted: str
    is_about_customers: bool = False
    """Whether it is about a customer, a contact or a list of them."""


@dataclass(frozen=True, slots=True)
class FreeText:
    """Text of a colleague, or of an error, without quotation marks: a masker searches it."""

    free_text: str
    is_about_customers: bool = False
    """As for `Quoted`. Numbers, e-mail addresses and quotes in it are masked too."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command to type: its words after `reconciler`.

    A view adds the folder and the environment of its command line, so that it works as printed.
    """

    command: tuple[Word, ...]

    @classmethod
    def of(cls, *words: Word) -> Command:
        """A command from its words; a word with an address may need a mask."""
        return cls(words)

    def typed(self, show: Callable[[Maskable], str]) -> str:
        """The command as a shell reads it, with `show` applied to each address."""
        words = (_shown(word, show) for word in self.command)
        return " ".join(("reconciler", *(shlex.quote(word) for word in words)))


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with `{name}` where an argument belongs; `{{` and `}}` are braces.

    Text and numbers are shown unchanged, so they must not come from a customer.
    """

    template: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)

    @classmethod
    def of(cls, template: str, **arguments: Argument) -> Message:
        """A message from its template and the arguments that the template names."""
        return cls(template, arguments)

    @classmethod
    def plain(cls, text: str) -> Message:
        """A sentence of ours without arguments; braces in it are braces."""
        return cls(text.replace("{", "{{").replace("}", "}}"))

    def render(self, show: Callable[[Maskable], str]) -> str:
        """The sentence, with `show` applied to each argument that may need a mask."""
        return "".join(self._parts(show))

    def _parts(self, show: Callable[[Maskable], str]) -> Iterator[str]:
        for literal, name, _, _ in string.Formatter().parse(self.template):
            yield literal
            if name is not None:
                yield _shown(self.arguments[name], show)

    def unmasked(self) -> str:
        """The sentence with every value in it, for the author of the values."""
        return self.render(_unmasked)

    def with_arguments(self, change: Callable[[Argument], Argument]) -> Message:
        """The message with `change` applied to each argument, also of the messages in it."""
        changed = {
            name: argument.with_arguments(change)
            if isinstance(argument, Message)
            else change(argument)
            for name, argument in self.arguments.items()
        }
        return Message(self.template, changed)

    def places(self) -> Iterator[Place]:
        """Every address that the message mentions, in order."""
        for argument in self.arguments.values():
            yield from _places(argument)

    def __str__(self) -> str:
        return self.render(_hidden)

    def __hash__(self) -> int:
        return hash((self.template, frozenset(self.arguments.items())))

    def __bool__(self) -> bool:
        return bool(self.template)


Word: TypeAlias = "str | Place | Message"
Maskable: TypeAlias = Place | Personal | Quoted | FreeText
Argument: TypeAlias = "str | int | Place | Personal | Quoted | FreeText | Command | Message"
NO_MESSAGE = Message("")


def searched(text: str) -> Message:
    """A text that a masker searches for customers, as a message; empty for ""."""
    return Message("{text}", {"text": FreeText(text)}) if text else NO_MESSAGE


def as_message(message: str | Message) -> Message:
    """The message; a text as `searched` makes it."""
    return message if isinstance(message, Message) else searched(message)


def joined_messages(messages: Iterable[Message], separator: str = "; ") -> Message:
    """One message with others in a row."""
    parts = {f"part{number}": message for number, message in enumerate(messages)}
    between = separator.replace("{", "{{").replace("}", "}}")
    return Message(between.join(f"{{{name}}}" for name in parts), parts)


def first_messages(messages: Sequence[Message], limit: int, separator: str = ", ") -> Message:
    """The first messages, and how many more there are, as `text.first_of`."""
    if len(messages) <= limit + 1:
        return joined_messages(messages, separator)
    last = " and " if separator == ", " else f"{separator}and "
    more = Message.of("{count} more", count=len(messages) - limit)
    return joined_messages([joined_messages(messages[:limit], separator), more], last)


def _places(argument: Argument) -> Iterator[Place]:
    if isinstance(argument, Place):
        yield argument
    elif isinstance(argument, Message):
        yield from argument.places()
    elif isinstance(argument, Command):
        for word in argument.command:
            yield from _places(word)


def _shown(argument: Argument, show: Callable[[Maskable], str]) -> str:
    if isinstance(argument, Message):
        return argument.render(show)
    if isinstance(argument, Command):
        return f"`{argument.typed(show)}`"
    if isinstance(argument, int):
        return f"{argument:,}"
    return argument if isinstance(argument, str) else show(argument)


def _unmasked(argument: Maskable) -> str:
    if isinstance(argument, Place):
        return argument.address
    if isinstance(argument, Quoted):
        return f"“{argument.quoted}”"
    return argument.personal if isinstance(argument, Personal) else argument.free_text


def _hidden(argument: Maskable) -> str:
    """The argument without a masker: dots for all that may be about a customer."""
    if isinstance(argument, Place) and not argument.is_personal:
        return argument.address
    if isinstance(argument, Quoted) and not argument.is_about_customers:
        return f"“{argument.quoted}”"
    if isinstance(argument, FreeText) and not argument.is_about_customers:
        return argument.free_text
    if isinstance(argument, Place):
        return f"{argument.address.rpartition('/')[0]}/{MASK}"
    return MASK
