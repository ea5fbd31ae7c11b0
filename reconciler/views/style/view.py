"""The view every text view writes with: masks, makes visible and paints, in that order."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from reconciler.manifests.source import Source
from reconciler.privacy.masking import Masker
from reconciler.views.style.colour import Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.values import inline, short
from reconciler.views.style.vocabulary import with_readable_moments


@dataclass(frozen=True, slots=True)
class View:
    """`expand` shows what is otherwise folded or cut."""

    masker: Masker
    paint: Paint
    expand: bool = False

    def address(self, address: str) -> str:
        """An address, fit to be shown."""
        return visible(self.masker.address(address))

    def text(self, text: str, *, about: str = "") -> str:
        """A sentence somebody else wrote, on one line."""
        return visible(with_readable_moments(self.masker.text(text, about=about)))

    def value(self, kind: str, value: JsonValue) -> str:
        """A field's value on one line, cut where it is long unless all is to be shown."""
        return self.masked_value(self.masker.value(kind, value))

    def masked_value(self, value: JsonValue) -> str:
        """A value that is masked already, as `value` shows it."""
        return inline(value) if self.expand else short(value)

    def source_suffix(self, source: Source | None) -> str:
        """Where git says so, to stand at the end of a line."""
        return "" if source is None else "  " + self.paint.faint(visible(str(source)))
