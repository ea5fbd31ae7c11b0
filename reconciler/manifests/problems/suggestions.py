"""Suggests known names for an unknown one. Called only when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reconciler.message import NO_MESSAGE, Argument, Message
from reconciler.text import first_of

_SHOWN_NAMES = 20


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name closest to `name`; None if none is close."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    folded = name.casefold()
    for known_name in names:
        if known_name.casefold() == folded:
            return known_name
    close = get_close_matches(name, names, n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(
    name: str,
    known: Iterable[str],
    *,
    what: str = "there are",
    show: Callable[[str], Argument] = str,
) -> Message:
    """A hint: the nearest name, else the known names, as many as fit on a line.

    `show` is `Personal` for names from manifests.
    """
    names = list(dict.fromkeys(known))
    near = nearest(name, names)
    if near is not None and near != name:
        return Message.of("did you mean `{near}`?", near=show(near))
    if not names:
        return NO_MESSAGE
    return Message.of("{what} {names}", what=what, names=show(first_of(names, _SHOWN_NAMES)))
