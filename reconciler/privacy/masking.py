"""Mask personal data: customers become stable handles, and their fields become dots.

    masker = Masker(project.mask_key())
    masker.address("blacklist/+59829001234")    # blacklist/~k7f2q9xw

Every command accepts a handle in place of an address, so output can be pasted back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from reconciler.invocation import Invocation
from reconciler.kinds.address import child, collection_of, decode, name_of
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import KINDS, has_customers, is_personal
from reconciler.message import (
    MASK,
    Command,
    FreeText,
    Maskable,
    Message,
    Personal,
    Place,
    Quoted,
)
from reconciler.privacy.handles import handle_of, is_handle
from reconciler.privacy.scrubbing import (
    Vocabulary,
    mask_contact_details,
    mask_names,
    mask_quotes,
    mentions_customers,
)

_SHORTEST_BARE = 5


@dataclass(frozen=True, slots=True)
class Masker:
    """Masks with the key of the state store; without a key, dots replace handles.

    `show_personal` turns masking off. `known` has words of customers to find in messages; see
    `with_known`. `invocation` completes the commands in messages.
    """

    key: bytes = field(repr=False)
    show_personal: bool = False
    known: Vocabulary = field(default=Vocabulary(), repr=False)
    invocation: Invocation = field(default=Invocation())

    def address(self, address: str) -> str:
        """The address; a personal one as its handle."""
        if self.show_personal or (not self.key and is_handle(address)):
            return address
        if self.key or not is_personal(address):
            return handle_of(self.key, address)
        return f"{collection_of(address)}/{MASK}"

    def value(self, kind: str, value: JsonValue) -> JsonValue:
        """A field's value, masked if its kind is personal. None stays None."""
        if value is None or self.show_personal or not _is_personal_kind(kind):
            return value
        return MASK

    def fields(self, kind: str, fields: Mapping[str, JsonValue] | None) -> Fields | None:
        """The fields of a resource, masked if its kind is personal."""
        if fields is None:
            return None
        return {name: self.value(kind, value) for name, value in fields.items()}

    def message(self, message: Message) -> str:
        """A message, with each argument masked by its type, and complete commands."""
        return message.with_arguments(self.invocation.completed).render(self._argument)

    def command(self, command: Command) -> str:
        """A command to type, complete and masked."""
        return self.invocation.complete(command).typed(self._argument)

    def _argument(self, argument: Maskable) -> str:
        if isinstance(argument, Place):
            return self.address(argument.address)
        if isinstance(argument, Personal):
            return argument.personal if self.show_personal else MASK
        if isinstance(argument, FreeText):
            return self._searched(argument.free_text, argument.is_about_customers)
        return f"“{self._quoted(argument)}”"

    def _quoted(self, argument: Quoted) -> str:
        if self.show_personal:
            return argument.quoted
        if argument.is_about_customers or mentions_customers(argument.quoted):
            return MASK
        return mask_contact_details(self.text(argument.quoted))

    def text(self, text: str, *, about: str = "") -> str:
        """Text of a colleague with its customers masked.

        In a text `about` a customer, or a collection of customers, quotes, phone numbers and e-mail
        addresses are masked too.
        """
        return self._searched(text, has_customers(about))

    def _searched(self, text: str, about_customers: bool) -> str:
        if self.show_personal:
            return text
        about_customers |= "“" in text and mentions_customers(text)
        found = mask_names(text, self.known, self._named)
        return mask_quotes(mask_contact_details(found)) if about_customers else found

    def with_known(self, resources: Iterable[tuple[str, Mapping[str, JsonValue] | None]]) -> Masker:
        """A masker that also finds the names and values of these resources in messages."""
        if self.show_personal:
            return self
        return replace(self, known=Vocabulary.of(_words(resources)))

    def _named(self, collection: str, name: str) -> str:
        return self.address(child(collection, decode(name)))


def _is_personal_kind(name: str) -> bool:
    kind = KINDS.named(name)
    return kind is None or kind.is_personal


def _bare(address: str, name: str) -> Iterator[str]:
    """A name without its namespace, if it is too long to be part of other numbers by chance."""
    kind = KINDS.of_address(address)
    parts = kind.qualifier.parts(name) if kind is not None and kind.qualifier is not None else None
    if parts is not None and len(parts[1]) >= _SHORTEST_BARE:
        yield parts[1]


def _words(
    resources: Iterable[tuple[str, Mapping[str, JsonValue] | None]],
) -> Iterator[str]:
    for address, fields in resources:
        if not is_personal(address) or is_handle(address):
            continue
        name = name_of(address)
        yield name
        yield address.rpartition("/")[2]
        yield from _bare(address, name)
        yield from (value for value in (fields or {}).values() if isinstance(value, str))
