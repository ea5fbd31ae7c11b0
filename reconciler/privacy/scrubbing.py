"""Taking customers out of sentences: messages, reasons, refusals that somebody else wrote.

Fields that hold an address or a value are masked by what they are. A sentence can only be
searched: for addresses of personal kinds, and for the names and numbers that are known to belong
to somebody. It masks a word too many rather than one too few.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from reconciler.kinds.registry import KINDS
from reconciler.manifests.masking.masked_text import MASK

_WORD = re.compile(r"\w+")
_FOREIGN = re.compile(r"“([^”]*)”")
_COLLECTIONS = "|".join(kind.collection for kind in KINDS if kind.is_personal)
_MENTION = re.compile(rf"(?<![\w-])(?:{_COLLECTIONS})(?![\w-])")
_PREFIX = re.compile(rf"(?<!\w)(?:campaigns/[^/\n]+/)?(?:{_COLLECTIONS})/(?=[^\s/])")
_STOP_WORDS = (
    "and|are|at|by|cannot|could|does|exists|has|have|in|is|lives|may|names|no|not|of|on|or|stands|still|"
    "that|the|was|were|which|will|would"
)
_UNKNOWN_NAME = re.compile(
    rf".+?(?=[.:;,)\]?!'\"]*(?:\s+(?:{_STOP_WORDS})\b|\s*$)|['\"]?[.:;,)\]?!]+['\"]?\s|[\n(])"
)
_REACHABLE = re.compile(r"\+\d[\d\s().-]{5,}\d|[^\s@<>'\"(),;:]+@[^\s@<>'\"(),;:]+")

HandleFor = Callable[[str, str], str]
"""How an entry is named instead, given its collection and its name."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words known to belong to somebody, found in a text without trying each."""

    by_first_word: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """Of names, numbers and addresses; a single letter is nobody."""
        found: dict[str, set[str]] = {}
        for word in words:
            first = _WORD.search(word)
            if first is not None and len(word) > 1:
                found.setdefault(first[0].casefold(), set()).add(word)
        return cls(
            {first: tuple(sorted(said, key=len, reverse=True)) for first, said in found.items()}
        )

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the known words stand, left to right, the longest at each place."""
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
        """Where the longest known word that begins at `start` ends; `start` when none does."""
        match = _WORD.search(text, start)
        for word in self.by_first_word.get(match[0].casefold(), ()) if match else ():
            if text[start : start + len(word)].casefold() == word.casefold():
                return start + len(word)
        return start


def _lead(word: str) -> int:
    match = _WORD.search(word)
    return match.start() if match else 0


def mask_names(text: str, known: Vocabulary, handle_for: HandleFor) -> str:
    """The text with personal addresses renamed by `handle_for` and known words masked."""
    parts: list[str] = []
    past = 0
    for prefix in _PREFIX.finditer(text):
        if prefix.start() < past:
            continue
        end = known.longest_at(text, prefix.end())
        if end == prefix.end():
            name = _UNKNOWN_NAME.match(text, prefix.end())
            end = name.end() if name else len(text)
        parts.append(_masked_words(text[past : prefix.start()], known))
        parts.append(handle_for(prefix[0][:-1], unquote(text[prefix.end() : end])))
        past = end
    parts.append(_masked_words(text[past:], known))
    return "".join(parts)


def mask_platform_quotes(text: str, *, about_customers: bool) -> str:
    """A sentence of ours in which what the platform said (“…”) names nobody.

    It is masked whole where it, or the sentence around it, is about customers; elsewhere it loses
    what looks like a number or an e-mail.
    """
    if "“" not in text:
        return text
    whole = about_customers or _MENTION.search(text) is not None

    def masked(said: re.Match[str]) -> str:
        return f"“{MASK if whole else mask_contact_details(said[1])}”"

    return _FOREIGN.sub(masked, text)


def mask_contact_details(text: str) -> str:
    """The text without anything that looks like a phone number or an e-mail address."""
    return _REACHABLE.sub(MASK, text)


def _masked_words(text: str, known: Vocabulary) -> str:
    parts: list[str] = []
    past = 0
    for start, end in known.spans(text):
        parts.extend((text[past:start], MASK))
        past = end
    return "".join([*parts, text[past:]])
