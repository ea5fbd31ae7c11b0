"""Problems of files with customers, told without anything that the file says.

A message is words of ours around words of the file. What it quotes is masked unless it is a word
of the vocabulary; beside that, so is each word that occurs in the file, and whatever looks like a
number or an address. It masks a word too many rather than one too few. Of the source line only
keys, punctuation and columns are left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reconciler.errors import Problem
from reconciler.kinds.registry import KINDS
from reconciler.manifests.masking.vocabulary import all_keys, quotable_words

MASK = "•••"

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"(?<!\w)(['`\"])(.+?)\1(?!\w)", re.DOTALL)
_REACHABLE = re.compile(r"\+\d[\d\s().-]{5,}\d|[^\s@<>'\"`(),;:]+@[^\s@<>'\"`(),;:]+|\d{5,}")
_KEY = re.compile(r"(?<![\w.@+-])([A-Za-z_][\w-]*)(?=[\"']?\s*:(?:[\s,}\]\"']|$))")
_KIND = re.compile(r"(?<!\w)kind[\"']?\s*:\s*[\"']?(\w+)")
_PUNCTUATION = frozenset("-{}[],:|>&*#\"'$!?%")
_SHORTEST_WORD = 2
_LONGEST_COUNT = 3
_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        """a above add after all also an and are as at be begin begins below beside between both but
        by can cannot column country digit document does each else empty end ends entry error
        expected field file first five for give given has have here if in inside instead into is it
        its keep keys least leave letters line list long many mapping may means missing more most
        must name needs never no nor not nothing number of on once one only or other out over own
        phone put quote quotes read remove right same say says second several space stands take
        text than that the them then there these they this those to too twice two under unless
        until up use value was what when where which whose with without word words write written
        wrong yes yet""",
    )
)
"""Words of our own sentences: shown in small letters even where the file has them too."""


@dataclass(frozen=True, slots=True)
class FileWords:
    """The texts of a file; asked which of some words are among theirs."""

    texts: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> FileWords:
        """Of texts as they stand, and of the same without what nobody sees."""
        found: dict[str, None] = {}
        for text in texts:
            found.update({text: None, _plain(text): None})
        return cls(tuple(found))

    def among(self, words: Iterable[str]) -> frozenset[str]:
        """Those of `words`, in small letters, that a text has in whatever letters."""
        wanted = {word.casefold() for word in words if len(word) >= _SHORTEST_WORD}
        found = set[str]()
        for text in self.texts:
            found.update(
                word for match in _WORD.finditer(text) if (word := match[0].casefold()) in wanted
            )
        return frozenset(found)


def masked_problems(problems: Iterable[Problem], words: FileWords) -> list[Problem]:
    """The problems of one file with customers, without what the file says."""
    several = list(problems)
    said = {word for one in several for word in _WORD.findall(f"{one.message} {one.hint}")}
    known = words.among(said)
    return [
        replace(
            one,
            message=mask_words(one.message, known),
            hint=mask_words(one.hint, known),
            excerpt=mask_source_line(one.excerpt),
        )
        for one in several
    ]


def mask_quotes(text: str) -> str:
    """A sentence without what it quotes, unless that is of the vocabulary."""

    def unquoted(found: re.Match[str]) -> str:
        sign = found[1]
        return found[0] if _is_quotable(found[2]) else f"{sign}{MASK}{sign}"

    return _QUOTED.sub(unquoted, text)


def mask_words(text: str, known: frozenset[str]) -> str:
    """A sentence without what it quotes, the words that are known, numbers and addresses."""

    def unnamed(found: re.Match[str]) -> str:
        word = found[0]
        if word in _ORDINARY or word in quotable_words() or word.casefold() not in known:
            return word
        return word if word.isdecimal() and len(word) <= _LONGEST_COUNT else MASK

    text = _REACHABLE.sub(MASK, mask_quotes(text))
    return _WORD.sub(unnamed, text)


def _is_quotable(text: str) -> bool:
    if not text.isprintable():
        return False
    rest = _WORD.sub(lambda found: "" if found[0] in quotable_words() else found[0], text)
    return all(character in _PUNCTUATION or character in " .…" for character in rest)


def mask_source_line(line: str) -> str:
    """A source line with all it says masked letter by letter, so that its columns hold."""
    shown = [one for one in _KEY.finditer(line) if one[1] in all_keys()]
    shown += [one for one in _KIND.finditer(line) if KINDS.named(one[1]) is not None]
    kept = {at for one in shown for at in range(*one.span(1))}
    return "".join(
        letter if at in kept or letter in _PUNCTUATION or letter.isspace() else "•"
        for at, letter in enumerate(line)
    )


def _plain(text: str) -> str:
    """A text in one form of writing: look-alikes folded, characters without a glyph left out."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(one for one in folded if unicodedata.category(one) != "Cf")
