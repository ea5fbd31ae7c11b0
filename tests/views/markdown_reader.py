"""Reads Markdown as a browser would: rendered by markdown-it, then parsed as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_EMPTY_TAGS = frozenset({"br", "hr"})
_LITERAL_TAGS = frozenset({"code", "pre"})
"""GitHub and GitLab look for no mentions and links in them."""
_ACTIVE = re.compile(r"(?<!\w)[@#!]\w|https?://|www\.|:[a-z_]+:|\b[\w.]+@[\w.]+")
"""What GitHub or GitLab turn into a mention, a link or an emoji."""


@dataclass
class Page(HTMLParser):
    """The elements and texts of a page; `problems` has tags that are not closed in order."""

    tags: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if any(name != "class" for name, _ in attrs):
            self.problems.append(f"attributes of {tag}: {attrs}")
        if tag not in _EMPTY_TAGS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.comments.append(data.strip())

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if not _LITERAL_TAGS.intersection(self._open):
            self.active.extend(found[0] for found in _ACTIVE.finditer(data))

    @property
    def text(self) -> str:
        """All text, without zero-width spaces."""
        return "".join(self.texts).replace("\u200b", "")


def read_markdown(text: str) -> Page:
    """The page that a Markdown text makes. Fails where it is not well formed."""
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("strikethrough").render(text))
    page.close()
    assert page.problems == []
    assert page._open == []
    return page
