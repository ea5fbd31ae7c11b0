"""Explains YAML that cannot be parsed, and prepares source lines for display.

A parser reports what its grammar expected; these messages say what to change. They match a
distinctive part of libyaml's message; an unknown message is shown unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.manifests.yaml.parser import ParseError
from reconciler.message import NO_MESSAGE, Message, Personal

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_TAB_INDENTATION = re.compile(r" *\t")
_QUOTE_IT = Message.of("put the value in quotes")

BAD_ANCHOR = Message.of(
    "`&` or `*` begins the name of a value: only letters, digits, `-` and `_` are allowed in it"
)
"""The message for an anchor that libyaml cannot read, or would read in part."""

QUOTE_HINT = Message.of("quote it")
QUOTE_NAME_HINT = Message.of("quote it if it is a name")
LIST_HINT = Message.of("write a list")
"""Hints that `complete_hint` completes with the text in the file."""

# Strings: `re` compiles them for the first problem, so start-up does not pay.
_EXPRESSION = r"""["']?\$\{\{(.*?)\}\}"""
_PLAIN = r"[^\s,\[\]{}#&*!|>'\"%@`][^\s,\[\]{}#]*"

INVISIBLE = {
    **dict.fromkeys("\x85\u2028\u2029", "an invisible line break"),
    "\ufeff": "an invisible byte-order mark, which belongs at the start of a file only",
}
"""Characters that editors do not show and libyaml reads as structure. The first three are line
breaks in YAML 1.1, but not in YAML 1.2 or in editors."""

_UNPRINTABLE = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


@dataclass(frozen=True, slots=True)
class ParseExplanation:
    """What is wrong, what to write, and where; line and column count from 0."""

    message: Message
    hint: Message
    line: int
    column: int


# A distinctive part of libyaml's message; what is wrong, and what to write.
_KNOWN: dict[str, tuple[str, str]] = {
    "mapping values are not allowed": (
        "there is a second `: ` where one value was expected",
        "put a value that holds `: ` in quotes, or check the indentation of this line",
    ),
    "found unexpected ':'": (
        "inside `[…]` and `{…}`, text with a `:` must be quoted",
        "quote it; between a key and its value, a space follows the `:`",
    ),
    "could not find expected ':'": (
        "this is neither `key: value` nor a list item",
        "add the missing `:`, or indent the line if it continues the text above",
    ),
    "mapping keys are not allowed": (
        "`? ` begins a key, and a key cannot begin here",
        "put text that begins with `?` in quotes",
    ),
    "sequence entries are not allowed": (
        "a list cannot begin here",
        "write `- ` on a new line, below its key",
    ),
    "did not find expected '-' indicator": (
        "this is not an item of the list around it",
        "begin it with `- `, in the column of the items above",
    ),
    "did not find expected key": (
        "this is not a key of the mapping around it",
        "align it with the keys above; text with quotes inside must be quoted as a whole",
    ),
    "expected ',' or ']'": ("this `[` has no matching `]`", "separate items with `,`"),
    "expected ',' or '}'": ("this `{` has no matching `}`", "separate fields with `,`"),
    "unexpected end of stream": (
        "this quote is never closed",
        "close it; a single quote inside single quotes is written twice",
    ),
    "unexpected document indicator": ("this quote is not closed before the document ends", ""),
    "unknown escape character": (
        "this backslash escape does not exist",
        "double the backslash, or use single quotes",
    ),
    "hexdecimal number": (
        "this escape needs hexadecimal digits",
        "double the backslash, or use single quotes",
    ),
    "invalid Unicode character escape": (
        "this escape is half a character",
        "write the character itself, or one \\U escape with eight digits",
    ),
    "alphabetic or numeric character": (BAD_ANCHOR.template, _QUOTE_IT.template),
    "undefined tag handle": (
        "this tag is not known",
        "leave the tag out, or quote a value that begins with `!`",
    ),
    "expected comment or line break": (
        "text cannot follow `|` or `>` on the same line",
        "begin it on the next line, indented",
    ),
    "expected <document start>": ("a document must begin with `---` here", ""),
    "indentation indicator": ("the digit after `|` or `>` is from 1 to 9", "leave the digit out"),
    "expected node content": ("a value was expected here", _QUOTE_IT.template),
    "parsing a tag": ("`!` begins a tag, and this is not a valid one", _QUOTE_IT.template),
    "scanning a tag": ("`!` begins a tag, and this is not a valid one", _QUOTE_IT.template),
}
# Messages that are about where the broken value begins, not about where the parser stopped.
_AT_CONTEXT = frozenset(
    (
        "could not find expected ':'",
        "expected ',' or ']'",
        "expected ',' or '}'",
        "unexpected end of stream",
        "unexpected document indicator",
        "alphabetic or numeric character",
        "parsing a tag",
        "scanning a tag",
    )
)


def lines_of(source: str | bytes) -> list[str]:
    """The lines of a file as YAML counts them."""
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    return _LINE_BREAK.split(text.removeprefix("\ufeff"))


def excerpt(lines: list[str], line: int) -> str:
    """The source line numbered `line` from 1. Views escape it and decide how much to show."""
    return lines[line - 1].rstrip() if 0 < line <= len(lines) else ""


def complete_hint(hint: Message, line: str, column: int) -> Message:
    """The hint, completed with the text that begins at a column of the line."""
    if hint not in (QUOTE_HINT, QUOTE_NAME_HINT, LIST_HINT):
        return hint
    here = line[column - 1 :]
    expression = re.match(_EXPRESSION, here)
    if expression:
        return Message.of(
            "make it text: ${{{{ {expression} | string }}}}",
            expression=Personal(expression[1].strip()),
        )
    plain = re.match(_PLAIN, here)
    if plain and hint == LIST_HINT:
        return Message.of('{hint}: ["{plain}"]', hint=hint, plain=Personal(plain[0]))
    return Message.of('{hint}: "{plain}"', hint=hint, plain=Personal(plain[0])) if plain else hint


def quoted_value(text: str) -> Message:
    """`text` from a file, quoted for a message."""
    return Message.of("`{text}`", text=Personal(text if len(text) <= 60 else text[:59] + "…"))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column from 0 of a character of `text`."""
    before = _LINE_BREAK.split(text[:offset])
    return len(before) - 1, len(before[-1])


def first_unprintable(text: str) -> int:
    """The index of the first character that YAML does not allow; 0 without one."""
    match = re.search(_UNPRINTABLE, text)
    return match.start() if match else 0


def explain_parse_error(error: ParseError, lines: list[str]) -> ParseExplanation:
    """A parser's error as an explanation with a hint."""
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
    for part, (what, advice) in _KNOWN.items():
        if part in problem + during:
            if part in _AT_CONTEXT and error.context_mark:
                line, column = error.context_mark.line, error.context_mark.column
            hint = _template_hint(lines, line) or Message.plain(advice)
            return ParseExplanation(Message.plain(what), hint, line, column)
    message = Message.of("not valid YAML: {problem}{during}", problem=problem, during=during)
    return ParseExplanation(message, NO_MESSAGE, line, column)


def _by_character(problem: str, text: str, column: int) -> tuple[Message, Message, int] | None:
    """Message, hint and column when the wrong character explains more than the parser does."""
    if _TAB_INDENTATION.match(text):
        return (
            Message.of("a tab cannot indent"),
            Message.of("indent with spaces only"),
            text.index("\t"),
        )
    here = text[column : column + 1]
    if here == "?" and "expected ',' or" in problem:
        return (
            Message.of("inside `[…]` and `{{…}}`, text with a `?` must be quoted"),
            _QUOTE_IT,
            column,
        )
    if "cannot start any token" in problem:
        return (
            Message.of("a value cannot begin with {here}", here=quoted_value(here)),
            _QUOTE_IT,
            column,
        )
    return None


def _of_directive(problem: str, text: str, line: int) -> ParseExplanation:
    """The explanation of a line that begins with `%` in column 1."""
    if text.startswith("%YAML"):
        message = Message.of("this %YAML line cannot be read")
        if "incompatible" in problem:
            message = Message.of("manifests are written in YAML 1.2")
        elif "duplicate" in problem:
            message = Message.of("there are two %YAML lines")
        return ParseExplanation(message, Message.of("leave the %YAML line out"), line, 0)
    if text.startswith("%TAG"):
        hint = Message.of("leave the %TAG line out")
        return ParseExplanation(Message.of("this %TAG line cannot be read"), hint, line, 0)
    message = Message.of("a line that begins with `%` is a parser directive")
    return ParseExplanation(message, _QUOTE_IT, line, 0)


def _cut_short(lines: list[str]) -> ParseExplanation:
    """The explanation of a file that ends too early, at its last text."""
    line = max((at for at, text in enumerate(lines) if text.strip()), default=0)
    column = max(len(lines[line].rstrip()) - 1, 0) if lines else 0
    hint = Message.of("close the open `[` or `{{`")
    return ParseExplanation(
        Message.of("the file ends before an expected value"), hint, line, column
    )


def _template_hint(lines: list[str], line: int) -> Message:
    if line < len(lines) and "${{" in lines[line]:
        return Message.of("quote a `${{{{ … }}}}` inside `[…]` or `{{…}}`")
    return NO_MESSAGE
