"""Mask customers in text that people or other programs wrote.

Such text has no typed arguments: the reason of an approval, the platform's refusal, a URL. It is
searched for addresses of personal kinds and for known names and numbers. In doubt, it is masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from reconciler.kinds.registry import KINDS
from reconciler.message import MASK

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"(?<!\w)(['`\"]).+?\1(?!\w)|“[^”]*”", re.DOTALL)
_COLLECTIONS = "|".join(kind.collection for kind in KINDS if kind.is_personal)
_MENTION = re.compile(rf"(?<![\w-])(?:{_COLLECTIONS})(?![\w-])")
_PREFIX = re.compile(rf"(?<!\w)(?:campaigns/[^/\n]+/)?(?:{_COLLECTIONS})/(?=[^\s/])")
_BLANK = re.compile(r"\s")
_REACHABLE = re.compile(r"\+\d[\d\s().-]{5,}\d|[^\s@<>'\"(),;:]+@[^\s@<>'\"(),;:]+")

HandleFor = Callable[[str, str], str]
"""The handle of an entry, from its collection and its name."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of customers, indexed by their first word for a fast search."""

    by_first_word: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """From names, numbers and addresses; single letters are ignored."""
        index: dict[str, set[str]] = {}
        for word in words:
            first = _WORD.search(word)
            if first is not None and len(word) > 1:
                index.setdefault(first[0].casefold(), set()).add(word)
        return cls(
            {first: tuple(sorted(group, key=len, reverse=True)) for first, group in index.items()}
        )

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """The places of known words, left to right, with the longest word at each place."""
        past = 0
        for match in _WORD.finditer(text) if self.by_first_word else ():
            for word in self.by_first_word.get(match[0].casefold(), ()):
                start = match.start() - _lead(word)
                end = start + len(word)
                if start >= past and text[start:end].casefold() == word.casefold():
                    yield start, end
                    past = end
                    break

    def longest_at(self, text: str, start: int) -> int:
        """The end of the longest known word at `start`; `start` if there is none."""
        match = _WORD.search(text, start)
        for word in self.by_first_word.get(match[0].casefold(), ()) if match else ():
            if text[start : start + len(word)].casefold() == word.casefold():
                return start + len(word)
        return start


def _lead(word: str) -> int:
    match = _WORD.search(word)
    return match.start() if match else 0


def mask_names(text: str, known: Vocabulary, handle_for: HandleFor) -> str:
    """The text with handles for personal addresses and masks for known words.

    Nothing shows where an unknown name ends, so it is masked to the end of its line.
    """
    parts: list[str] = []
    past = 0
    for prefix in _PREFIX.finditer(text):
        start, end = prefix.end(), known.longest_at(text, prefix.end())
        if prefix.start() < past:
            continue
        parts.append(_masked_words(text[past : prefix.start()], known))
        past = end if end > start else _end_of_line(text, start)
        name = text[start:past]
        is_one_word = end > start or not _BLANK.search(name)
        parts.append(handle_for(prefix[0][:-1], unquote(name)) if is_one_word else prefix[0] + MASK)
    parts.append(_masked_words(text[past:], known))
    return "".join(parts)


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def mentions_customers(text: str) -> bool:
    """Whether the text contains the name of a collection of customers."""
    return _MENTION.search(text) is not None


def mask_quotes(text: str) -> str:
    """The text with masks for everything in quotes."""
    return _QUOTED.sub(lambda quote: f"{quote[0][0]}{MASK}{quote[0][-1]}", text)


def mask_contact_details(text: str) -> str:
    """The text with masks for phone numbers and e-mail addresses."""
    return _REACHABLE.sub(MASK, text)


def _masked_words(text: str, known: Vocabulary) -> str:
    parts: list[str] = []
    past = 0
    for start, end in known.spans(text):
        parts.extend((text[past:start], MASK))
        past = end
    return "".join([*parts, text[past:]])
