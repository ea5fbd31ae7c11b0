"""Suggests known names for an unknown one. Called only when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from unicodedata import is_normalized

from reconciler.kinds.address import differs_in_encoding, same_spelling
from reconciler.manifests.yaml.diagnostics import LIST_HINT
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import NO_MESSAGE, Argument, Message, Personal
from reconciler.text import first_of

_SHOWN_NAMES = 20


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name closest to `name`; None if none is close."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    folded = name.casefold()
    for known_name in names:
        if known_name.casefold() == folded or same_spelling(known_name, name):
            return known_name
    close = get_close_matches(name, names, n=1, cutoff=cutoff)
    return close[0] if close else None


def spelling(name: str, right: str) -> Message:
    """How the right spelling of a name differs: `as 'Sales'`, or only in its encoding."""
    if differs_in_encoding(name, right):
        return Message.of("with another encoding of its accents")
    return Message.of("as '{right}'", right=Personal(right))


def spelling_hint(name: str, right: str) -> Message:
    """What to write instead of a name in another spelling."""
    shown = Personal(scalar_text(right))
    if not differs_in_encoding(name, right):
        return Message.of("write {right}", right=shown)
    form = "composed (NFC)" if is_normalized("NFC", right) else "decomposed (NFD)"
    return Message.of(
        "copy the name from its declaration, where the accents are {form}: {right}",
        form=form,
        right=shown,
    )


def list_hint(value: object) -> Message:
    """How to write a single value as a list."""
    if isinstance(value, str):
        return Message.of("write a list: [{value}]", value=Personal(scalar_text(value)))
    return LIST_HINT


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
    if near is not None and differs_in_encoding(near, name):
        return Message.of(
            "`{near}` has the same letters, and another encoding of its accents: copy it",
            near=show(near),
        )
    if near is not None and near != name:
        return Message.of("did you mean `{near}`?", near=show(scalar_text(near)))
    if not names:
        return NO_MESSAGE
    return Message.of("{what} {names}", what=what, names=show(first_of(names, _SHOWN_NAMES)))
