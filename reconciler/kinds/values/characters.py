"""Invisible characters, and characters that look like plain ones.

Names and numbers are pasted from chats, spreadsheets and documents. `as_read` is the text that a
person reads. `first_invisible` finds what a person cannot see.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)
"""Fillers and variation selectors: no glyph, but not format characters."""

_LINE_BREAKS = ("Zl", "Zp")
_HYPHENS = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_SAME_LETTER = ("<wide>", "<narrow>", "<small>", "<font>", "<noBreak>")
"""Decompositions that a person reads as the same letter; a superscript or circled digit is not."""

_JOINERS = "\u200c\u200d"
_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_KEYCAP = "\u20e3"
_VIRAMA = 9
"""The combining class of the sign that joins consonants in Indic scripts."""


def as_read(text: str) -> str:
    """The text as a person reads it, trimmed: without invisible characters, and with plain letters,
    hyphens and blanks for full-width and unusual ones."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", "".join(map(_plain, text)))
    return text.strip()


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if is_invisible(character):
        return ""
    if character in _HYPHENS:
        return "-"
    if unicodedata.category(character) in ("Zs", *_LINE_BREAKS):
        return " "
    tag, _, codes = unicodedata.decomposition(character).partition(" ")
    if tag in _SAME_LETTER:
        return "".join(_plain(chr(int(code, 16))) for code in codes.split())
    return character


def with_plain_digits(text: str) -> str:
    """The text with the decimal digits of every script replaced by 0 to 9."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(letter)) if unicodedata.category(letter) == "Nd" else letter
        for letter in text
    )


def is_invisible(character: str) -> bool:
    """Whether it has no glyph: a format character (Cf), a filler or a variation selector."""
    return unicodedata.category(character) == "Cf" or _IGNORED.match(character) is not None


def first_invisible(text: str) -> int | None:
    """The index of the first character that changes nothing a person sees; None without one.

    Joiners and variation selectors that shape a letter or an emoji count as visible.
    """
    for at, character in enumerate(text):
        if unicodedata.category(character) in _LINE_BREAKS:
            return at
        if is_invisible(character) and not _shapes(text[:at], character, text[at + 1 :]):
            return at
    return None


def _shapes(before: str, character: str, after: str) -> bool:
    if not before:
        return False
    if _VARIATIONS.match(character):
        return after.startswith(_KEYCAP) or _takes_variations(before[-1])
    return character in _JOINERS and bool(after) and _joins(before, character, after[0])


def _takes_variations(character: str) -> bool:
    """Whether it is a symbol or an ideograph; other letters have no variations."""
    return not character.isascii() and unicodedata.category(character) in ("So", "Sm", "Po", "Lo")


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner between these is visible (RFC 5892, appendix A, and emoji sequences)."""
    last = _VARIATIONS.sub("", before)[-1:] or " "
    if unicodedata.combining(last) == _VIRAMA:
        return True
    if joiner == _JOINERS[0]:
        return _is_cursive(before) and unicodedata.bidirectional(after) == "AL"
    return unicodedata.category(last) in ("So", "Sk") and unicodedata.category(after) == "So"


def _is_cursive(before: str) -> bool:
    """Whether it ends with an Arabic or Syriac letter, with or without marks."""
    letters = (letter for letter in reversed(before) if unicodedata.bidirectional(letter) != "NSM")
    return unicodedata.bidirectional(next(letters, " ")) == "AL"


def character_name(character: str) -> str:
    """The name of a character in messages: `U+200B ZERO WIDTH SPACE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
