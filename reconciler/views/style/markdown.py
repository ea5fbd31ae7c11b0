"""Markdown for a comment on GitHub or GitLab, in which nothing from the platform is markup.

Names and messages come from people: they may hold `@team`, `|`, backticks, `</details>` or links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from reconciler.views.style.colour import Paint

_BEGIN, _END = "\x02", "\x03"
"""Around a text to read first. Escaped text has no control characters, so no name has them."""
_MARKUP = re.compile(r"[\\`*_{}\[\]~|$]")
_BREAK = "&#8203;"
"""A zero-width space: what is before and after it does not form a mention or a link."""
_REFERENCE = re.compile(r"(?<=[@#!])(?=\w)|(?<=:)(?=//)|(?<=:)(?=[\w+-]+:)|(?<=\bwww)(?=\.)")
"""Where `@team`, `#12`, `!12`, `https://` and `:emoji:` would begin to work."""
_FENCE_CHARACTERS = 3
_LINE_INDENT = 4
"""The indentation of a line that continues an entry."""


@dataclass(frozen=True, slots=True)
class MarkdownPaint(Paint):
    """What is strong in a text is strong in Markdown; there are no colours."""

    colour: bool = False

    def strong(self, text: str) -> str:
        """Text to read first, marked for `prose`."""
        return f"{_BEGIN}{text}{_END}" if text else text


def escaped(text: str) -> str:
    """A text without markup, mentions and links, for Markdown and for HTML inside it."""
    parts = (escape(part, quote=False) for part in _REFERENCE.split(text))
    marked = _BREAK.join(_MARKUP.sub(lambda found: f"&#{ord(found[0])};", part) for part in parts)
    return marked.replace(_BEGIN, "<strong>").replace(_END, "</strong>")


def unmarked(text: str) -> str:
    """The text without the marks of what is strong."""
    return text.replace(_BEGIN, "").replace(_END, "")


def code(text: str) -> str:
    """A short text in code type."""
    return f"<code>{escaped(text)}</code>"


def prose(lines: Iterable[str]) -> list[str]:
    """Lines of a text view as Markdown: a heading, and a list item for each entry.

    A line without indentation is a heading, a line indented by two begins an entry, and a line
    indented more continues it.
    """
    written: list[str] = []
    for line in lines:
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        if indent == 0:
            written.extend(["", f"### {escaped(unmarked(text))}", ""])
        elif indent < _LINE_INDENT:
            written.append(f"- {escaped(text)}")
        else:
            written[-1] += "<br>"
            written.append(f"  {escaped(text)}")
    return written


def fenced(lines: Sequence[str], language: str = "text") -> list[str]:
    """Lines of code. The fence is longer than any run of backticks in them."""
    plain = [unmarked(line) for line in lines]
    longest = max((len(run) for line in plain for run in re.findall("`+", line)), default=0)
    fence = "`" * max(_FENCE_CHARACTERS, longest + 1)
    return [f"{fence}{language}", *plain, fence]


def folded(title: str, body: Sequence[str]) -> list[str]:
    """A closed fold."""
    return [
        f"<details><summary>{escaped(unmarked(title))}</summary>",
        "",
        *body,
        "",
        "</details>",
        "",
    ]
