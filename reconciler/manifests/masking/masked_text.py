"""Masks the problems of files with customers: nothing from the file is left in them.

A message has our words and words of the file. Quoted text is masked unless it is in the vocabulary.
Outside quotes, words that occur in the file are masked, and everything that looks like a number or
an address. It masks too much rather than too little. In source lines only keys, punctuation and
columns are left.
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
        """a above add after all allowed already also an and are as at be begin begins below beside
        between both but by can cannot characters column contain country declare digit document does
        each else empty end ends entry error exist expected field file first five for give given has
        have here if in inside instead into is it its keep keys least leave letters line list long
        many mapping match may means missing more most must name needs never no nor not nothing
        number occurs of on once one only or other out over own phone put quote quotes read remove
        right same say says second separate several space stands such take text than that the them
        then there these they this those to too twice two under unless until up use valid value was
        what when where which whose with without word words write written wrong yes yet""",
    )
)
"""Words of our own sentences, shown in lower case even if the file contains them."""


@dataclass(frozen=True, slots=True)
class FileWords:
    """The texts of a file, and which words occur in them."""

    texts: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> FileWords:
        """The words of these texts, also without invisible characters."""
        found: dict[str, None] = {}
        for text in texts:
            found.update({text: None, _plain(text): None})
        return cls(tuple(found))

    def among(self, words: Iterable[str]) -> frozenset[str]:
        """The given words that occur in a text, in lower case; case makes no difference."""
        wanted = {word.casefold() for word in words if len(word) >= _SHORTEST_WORD}
        found = set[str]()
        for text in self.texts:
            found.update(
                word for match in _WORD.finditer(text) if (word := match[0].casefold()) in wanted
            )
        return frozenset(found)


def masked_problems(problems: Iterable[Problem], words: FileWords) -> list[Problem]:
    """The problems of one file with customers, without content of the file."""
    problems = list(problems)
    used = {
        word for problem in problems for word in _WORD.findall(f"{problem.message} {problem.hint}")
    }
    known = words.among(used)
    return [
        replace(
            problem,
            message=mask_words(problem.message, known),
            hint=mask_words(problem.hint, known),
            excerpt=mask_source_line(problem.excerpt),
        )
        for problem in problems
    ]


def mask_quotes(text: str) -> str:
    """The sentence with its quoted text masked, except words of the vocabulary."""

    def unquoted(found: re.Match[str]) -> str:
        sign = found[1]
        return found[0] if _is_quotable(found[2]) else f"{sign}{MASK}{sign}"

    return _QUOTED.sub(unquoted, text)


def mask_words(text: str, known: frozenset[str]) -> str:
    """The sentence with quoted text, known words, numbers and addresses masked."""

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
    """The source line with everything but keys and punctuation masked letter by letter."""
    shown = [match for match in _KEY.finditer(line) if match[1] in all_keys()]
    shown += [match for match in _KIND.finditer(line) if KINDS.named(match[1]) is not None]
    kept = {at for match in shown for at in range(*match.span(1))}
    return "".join(
        letter if at in kept or letter in _PUNCTUATION or letter.isspace() else "•"
        for at, letter in enumerate(line)
    )


def _plain(text: str) -> str:
    """The text with look-alikes folded and without characters that have no glyph."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
