"""The language of messages, docstrings and documentation: plain English, without the idioms below.

STYLE: subject, verb, object; the field's words. The list is small on purpose: each entry was
common once, and each has a plain replacement.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_IDIOMS = {
    r"(?<!\bthere )\bis no (?!longer\b|such\b|more than\b)[a-z]": "write `is not a …`",
    r"\blet(s|ting)? go of\b": "write `stop managing` or `release`",
    r"\bspeaks? of\b": "write `mentions`",
    r"\bas git says\b": "write `to match git`",
    r"\bcome to live\b": "write `was created`",
    r"\bof its own\b": "write `its`, or name the thing",
    r"\bwhom\b": "name the person or thing",
    r"\bwhoever\b": "name the person or process",
    r"\bno more\b(?! than)": "write `not any more`",
    r"\bas things are\b": "say what stands in the way",
    r"\b(is|are|was|were|been) told\b": "write `is reported` or `is shown`",
    r"\bstands? (in|for|at|there|beside|below|again)\b": "write `is`",
    r"\bheld against\b": "write `compared with`",
    r"\bmisfits?\b": "name the mismatch",
    r"\bthose (who|that|which)\b": "name them",
    r"\b(puts?|putting) back\b": "write `restore`",
    r"\bwhat (became|comes|came) of\b": "write `result` or `outcome`",
    r"\bsays? (so|of)\b": "write `reports`",
    r"\bso many\b": "give the number",
    r"\bgoes? (by|ahead)\b": "write `uses` or `continues`",
    r"\bas (it|they) (is|are|stands?)\b": "write `unchanged`",
    r"\bat hand\b": "write `available`",
    r"\bin the way\b": "name what blocks it",
    r"\bfor good\b": "write `permanently`",
    r"\b(tells?|told) (apart|what|which|who|that)\b": "write `reports` or `distinguishes`",
}
_PATTERNS = [(re.compile(pattern, re.IGNORECASE), hint) for pattern, hint in _IDIOMS.items()]


def _python_files() -> list[Path]:
    return sorted((ROOT / "reconciler").rglob("*.py"))


def _documents() -> list[Path]:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    return sorted(page for page in pages if page.name != "glossary.md")


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module, docstrings and messages alike, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        _, mark, comment = line.partition("# ")
        if mark:
            yield number, comment


def _found(texts: Iterator[tuple[int, str]]) -> list[str]:
    return [
        f"line {line}: {match[0]!r}: {hint}"
        for line, text in texts
        for pattern, hint in _PATTERNS
        for match in pattern.finditer(" ".join(text.split()))
    ]


@pytest.mark.parametrize("path", _python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_strings_and_comments_are_plain_english(path: Path) -> None:
    assert _found(_texts(path)) == []


@pytest.mark.parametrize("path", _documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_are_plain_english(path: Path) -> None:
    assert _found(enumerate(path.read_text().splitlines(), start=1)) == []


def test_the_idioms_are_found() -> None:
    texts = iter([(1, "a list is no schedule"), (2, "it lets\n go of it"), (3, "no longer there")])
    assert len(_found(texts)) == 2
