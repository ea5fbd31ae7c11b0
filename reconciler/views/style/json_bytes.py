"""JSON output: indented, in UTF-8, without characters that a terminal would act on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import orjson

_UNSAFE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


def json_bytes(document: Mapping[str, object] | Sequence[object]) -> bytes:
    """A document as JSON. Times are RFC 3339; unsafe characters are `\\uXXXX`."""
    text = orjson.dumps(document, option=_OPTIONS).decode()
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
