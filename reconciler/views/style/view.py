"""How one reader sees values: masked, escaped and painted, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from reconciler.kinds.address import split
from reconciler.manifests.source import Source
from reconciler.message import Command, Message, Word
from reconciler.privacy.masking import Masker
from reconciler.text import first_of, visible
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.values import inline, short
from reconciler.views.style.vocabulary import moment, with_readable_moments


@dataclass(frozen=True, slots=True)
class View:
    """`now` decides whether a run is still running. `parts` are the folded parts to
    show: `details`, `unchanged`, `unmanaged`."""

    masker: Masker
    now: datetime
    paint: Paint = PLAIN
    parts: frozenset[str] = frozenset()
    notice: str = ""
    """What a reader must know before the document; for formats that are shared without stderr."""

    @property
    def details(self) -> bool:
        """Whether to show every change and every name, uncut."""
        return "details" in self.parts

    def with_masker(self, masker: Masker) -> View:
        """The same view with another masker."""
        return replace(self, masker=masker)

    def address(self, address: str) -> str:
        """An address; a customer's is a handle."""
        return visible(self.masker.address(address))

    def name(self, address: str) -> str:
        """An address to read, not to type: `campaigns/Roadside 24/7`; a customer's is a handle."""
        return visible("/".join(split(self.masker.address(address))))

    def addresses(self, addresses: Sequence[str], limit: int) -> str:
        """The first addresses and how many more there are."""
        return self.names([self.address(address) for address in addresses], limit)

    def names(self, names: Sequence[str], limit: int) -> str:
        """The first escaped names and how many more there are; all of them with details."""
        return first_of(names, None if self.details else limit)

    def message(self, message: Message) -> str:
        """A message on one line, each argument masked by its type."""
        return visible(with_readable_moments(self.masker.message(message)))

    def command(self, *words: Word) -> str:
        """A command to type, in the folder and environment of this command line."""
        return visible(self.masker.command(Command(words)))

    def text(self, text: str, *, about: str = "") -> str:
        """A message on one line, masked; `about` is the address it is about."""
        return visible(with_readable_moments(self.masker.text(text, about=about)))

    def value(self, kind: str, value: JsonValue) -> str:
        """A field's value on one line, masked; cut if it is long and not detailed."""
        return self.masked_value(self.masker.value(kind, value))

    def masked_value(self, value: JsonValue) -> str:
        """A masked value on one line, as `value` shows it."""
        return inline(value) if self.details else short(value)

    def source_suffix(self, source: Source | None) -> str:
        """`file:line` for the end of a line; empty without a source."""
        return "" if source is None else "  " + self.paint.faint(visible(str(source)))


def who_and_when(by: str, at: str, *, on: str = " on ") -> str:
    """` by luis on 2026-11-20 14:03 UTC`; empty parts are left out."""
    return (f" by {visible(by)}" if by else "") + (f"{on}{moment(at)}" if at else "")
