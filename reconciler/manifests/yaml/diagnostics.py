"""The words for YAML that cannot be parsed, and the source line to show beside them.

A parser says what it expected of the grammar; a person wants to know what to change. Messages of
libyaml are matched by their telling part, and one that is not known is passed on as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.manifests.yaml.parser import ParseError

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
# Compiled by `re` when the first problem needs them: start-up pays for neither.
_CONTROLS = "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
_TAB_INDENTATION = re.compile(r" *\t")
_QUOTE_IT = "put the value in quotes"

BAD_ANCHOR = "`&` or `*` begins the name of a value here: it has letters, digits, `-` and `_` only"
"""What is wrong with an anchor that libyaml cannot read, or would read in part."""

QUOTE_HINT = "quote it"
QUOTE_NAME_HINT = "quote it if it is a name"
"""Hints that `complete_hint` completes with what stands in the file."""

_EXPRESSION = r"""["']?\$\{\{(.*?)\}\}"""
_PLAIN = r"[^\s,\[\]{}#&*!|>'\"%@`][^\s,\[\]{}#]*"

INVISIBLE = {
    **dict.fromkeys("\x85\u2028\u2029", "an invisible line break"),
    "\ufeff": "an invisible byte-order mark, which belongs at the start of a file only",
}
"""Characters that no editor shows and libyaml takes for structure, with what they are. The first
three are line breaks to YAML 1.1, but neither to YAML 1.2 nor to editors."""

_UNPRINTABLE = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


@dataclass(frozen=True, slots=True)
class ParseExplanation:
    """What is wrong, what would be right, and where: line and column count from 0."""

    message: str
    hint: str
    line: int
    column: int


# The telling part of a message; what is wrong; what would be right; whether the place to show is
# where the broken thing began (its context) and not where the parser gave up.
_KNOWN: tuple[tuple[str, str, str, bool], ...] = (
    (
        "mapping values are not allowed",
        "there is a second `: ` where one value was expected",
        "put a value that holds `: ` in quotes, or check the indentation of this line",
        False,
    ),
    (
        "found unexpected ':'",
        "inside `[…]` and `{…}`, text with a `:` must be quoted",
        "quote it; between a key and its value, a space follows the `:`",
        False,
    ),
    (
        "could not find expected ':'",
        "this is neither `key: value` nor a list item",
        "add the missing `:`, or indent the line if it goes on with the text above",
        True,
    ),
    (
        "mapping keys are not allowed",
        "`? ` begins a key, and a key cannot begin here",
        "put text that begins with `?` in quotes",
        False,
    ),
    (
        "sequence entries are not allowed",
        "a list cannot begin here",
        "write `- ` on a line of its own, below the key it belongs to",
        False,
    ),
    (
        "did not find expected '-' indicator",
        "this is not an item of the list it stands in",
        "begin it with `- `, in the same column as the items above",
        False,
    ),
    (
        "did not find expected key",
        "this is not a key of the mapping it stands in",
        "align it with the keys above; text with quotes inside must be quoted as a whole",
        False,
    ),
    ("expected ',' or ']'", "this `[` has no matching `]`", "separate items with `,`", True),
    ("expected ',' or '}'", "this `{` has no matching `}`", "separate fields with `,`", True),
    (
        "unexpected end of stream",
        "this quote is never closed",
        "close it; a single quote inside single quotes is written twice",
        True,
    ),
    (
        "unexpected document indicator",
        "this quote is not closed before the document ends",
        "",
        True,
    ),
    (
        "unknown escape character",
        "this backslash escape does not exist",
        "double the backslash, or use single quotes",
        False,
    ),
    (
        "hexdecimal number",
        "this escape needs hexadecimal digits",
        "double the backslash, or use single quotes",
        False,
    ),
    (
        "invalid Unicode character escape",
        "this escape is half a character",
        "write the character itself, or one \\U escape with eight digits",
        False,
    ),
    (
        "alphabetic or numeric character",
        BAD_ANCHOR,
        _QUOTE_IT,
        True,
    ),
    (
        "undefined tag handle",
        "this tag is not known",
        "leave the tag out, or quote a value that begins with `!`",
        False,
    ),
    (
        "expected comment or line break",
        "text cannot follow `|` or `>` on the same line",
        "begin it on the next line, indented",
        False,
    ),
    (
        "expected <document start>",
        "a document must begin with `---` here",
        "",
        False,
    ),
    (
        "indentation indicator",
        "the digit after `|` or `>` is from 1 to 9",
        "leave the digit out",
        False,
    ),
    ("expected node content", "a value was expected here", _QUOTE_IT, False),
    ("parsing a tag", "`!` begins a tag, and this is not a valid one", _QUOTE_IT, True),
    ("scanning a tag", "`!` begins a tag, and this is not a valid one", _QUOTE_IT, True),
)


def lines_of(source: str | bytes) -> list[str]:
    """The lines of a file as YAML counts them."""
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    return _LINE_BREAK.split(text.removeprefix("\ufeff"))


def excerpt(lines: list[str], line: int) -> str:
    """The source line numbered `line` from 1, safe to print; how much of it is shown is a view's.

    Characters a terminal would act upon are replaced one for one, so that columns hold.
    """
    return printable(lines[line - 1].rstrip()) if 0 < line <= len(lines) else ""


def printable(text: str) -> str:
    """`text` without anything a terminal would act upon."""
    return re.sub(_CONTROLS, lambda found: " " if found[0] == "\t" else "\ufffd", text)


def complete_hint(hint: str, line: str, column: int) -> str:
    """A hint to quote what stands in a line from a column, as it is written there."""
    if hint not in (QUOTE_HINT, QUOTE_NAME_HINT):
        return hint
    here = line[column - 1 :]
    expression = re.match(_EXPRESSION, here)
    if expression:
        return f"make it text: ${{{{ {expression[1].strip()} | string }}}}"
    plain = re.match(_PLAIN, here)
    return f'{hint}: "{printable(plain[0])}"' if plain else hint


def quoted_value(text: str) -> str:
    """`text` from a file, as a message shows it."""
    return f"`{printable(text if len(text) <= 60 else text[:59] + '…')}`"


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column from 0 of a character of `text`."""
    before = _LINE_BREAK.split(text[:offset])
    return len(before) - 1, len(before[-1])


def first_unprintable(text: str) -> int:
    """Where the first character stands that YAML may not hold; 0 where there is none."""
    match = re.search(_UNPRINTABLE, text)
    return match.start() if match else 0


def explain_parse_error(error: ParseError, lines: list[str]) -> ParseExplanation:
    """A parser's error in the words of somebody who has to mend it."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    text = lines[line] if line < len(lines) else ""
    problem = error.problem or "it cannot be parsed"
    if text.startswith("%"):
        return _of_directive(problem, text, line)
    by_character = _by_character(problem, text, column)
    if by_character is not None:
        message, hint, column = by_character
        return ParseExplanation(message, hint, line, column)
    if (
        "expected node content" in problem
        and not "".join([text[column:], *lines[line + 1 :]]).strip()
    ):
        return _cut_short(lines)
    during = f" ({error.context})" if error.context else ""
    for telling, message, hint, at_context in _KNOWN:
        if telling in problem + during:
            if at_context and error.context_mark:
                line, column = error.context_mark.line, error.context_mark.column
            return ParseExplanation(message, _template_hint(lines, line) or hint, line, column)
    return ParseExplanation(f"not valid YAML: {problem}{during}", "", line, column)


def _by_character(problem: str, text: str, column: int) -> tuple[str, str, int] | None:
    """Message, hint and column where the character at fault says more than the parser does."""
    if _TAB_INDENTATION.match(text):
        return "a tab cannot indent", "indent with spaces only", text.index("\t")
    here = text[column : column + 1]
    if here == "?" and "expected ',' or" in problem:
        return "inside `[…]` and `{…}`, text with a `?` must be quoted", _QUOTE_IT, column
    if "cannot start any token" in problem:
        return f"a value cannot begin with {quoted_value(here)}", _QUOTE_IT, column
    return None


def _of_directive(problem: str, text: str, line: int) -> ParseExplanation:
    """A line in column 1 that begins with `%`."""
    if text.startswith("%YAML"):
        message = "this %YAML line cannot be read"
        if "incompatible" in problem:
            message = "manifests are written in YAML 1.2"
        elif "duplicate" in problem:
            message = "there are two %YAML lines"
        return ParseExplanation(message, "leave the %YAML line out", line, 0)
    if text.startswith("%TAG"):
        hint = "leave it out: tags are not used"
        return ParseExplanation("this %TAG line cannot be read", hint, line, 0)
    message = "a line that begins with `%` is a directive to the parser"
    return ParseExplanation(message, _QUOTE_IT, line, 0)


def _cut_short(lines: list[str]) -> ParseExplanation:
    """The file ends too soon: the place to show is its last text."""
    line = max((at for at, text in enumerate(lines) if text.strip()), default=0)
    column = max(len(lines[line].rstrip()) - 1, 0) if lines else 0
    hint = "close the `[` or `{` that is open"
    return ParseExplanation("the file ends where a value was expected", hint, line, column)


def _template_hint(lines: list[str], line: int) -> str:
    if line < len(lines) and "${{" in lines[line]:
        return "quote a `${{ … }}` that stands inside `[…]` or `{…}`"
    return ""
