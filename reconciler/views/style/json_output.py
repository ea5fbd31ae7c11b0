"""JSON as every view writes it: two spaces, a newline at the end, nothing a terminal obeys."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from reconciler.views.style.escaping import visible_json

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


def json_bytes(document: Mapping[str, object]) -> bytes:
    """A document as UTF-8 JSON; moments become RFC 3339."""
    return visible_json(orjson.dumps(document, option=_OPTIONS))
