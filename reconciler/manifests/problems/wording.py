"""Words that the problems of manifests share."""

from __future__ import annotations

import re

_ADVICE = re.compile(r": (?=(?:write|add|take|leave) )")


def advice(said: str) -> tuple[str, str]:
    """What a refusal says is wrong, and the edit it ends with, if it ends with one."""
    message, *edits = _ADVICE.split(said, maxsplit=1)
    return message, "".join(edits)
