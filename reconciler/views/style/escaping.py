"""What a terminal would obey is shown instead: escapes, control characters, bidi overrides.

Names and texts come from files and from a platform that anybody with a profile can write to.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = frozenset({"\u200c", "\u200d"})
"""Letters and emoji are made with these, and they move nothing."""
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JSON_UNSAFE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text on one line, with everything that has no glyph of its own written out."""
    if text.isprintable():
        return text
    return "".join(_written(character) for character in text)


def _written(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if character in _SHORT:
        return _SHORT[character]
    if unicodedata.category(character) not in _CATEGORIES:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_json(data: bytes) -> bytes:
    """JSON that means the same, in which a terminal finds nothing to obey."""
    text = data.decode()
    return _JSON_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
