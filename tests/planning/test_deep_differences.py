"""The planner's difference and deepdiff's, each the oracle of the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.registry import KINDS
from reconciler.planning.deep_differences import ABSENT, value_differences
from reconciler.planning.diff import differences

MODELS = KINDS.named("QualityModel")
LABELS = st.sampled_from(["Yes", "No", "Partly", "a.b", "x[0]"])


def _listed(key: str, rest: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[Any]]:
    """A list of objects with different names under `key`, in any order."""
    entries = st.dictionaries(LABELS, rest, max_size=3)
    ordered = entries.flatmap(lambda found: st.permutations(list(found.items())))
    return ordered.map(lambda pairs: [{key: name, **fields} for name, fields in pairs])


OPTIONS = _listed("label", st.fixed_dictionaries({"score": st.integers(0, 3)}))
QUESTIONS = _listed("text", st.fixed_dictionaries({"options": OPTIONS, "needed": st.booleans()}))
CATEGORIES = _listed("name", st.fixed_dictionaries({"questions": QUESTIONS}))
FIELDS = st.fixed_dictionaries(
    {
        "categories": CATEGORIES,
        "description": st.sampled_from(["", "short", "a longer text"]),
        "numbers": st.lists(st.sampled_from(["1", "2", "3"]), unique=True),
        "welcome": st.dictionaries(st.sampled_from(["en", "es"]), st.sampled_from(["Hi", "Hola"])),
    }
)


@given(before=FIELDS, after=FIELDS)
def test_the_planner_and_deepdiff_find_the_same_places(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert MODELS is not None
    ours = {
        found.path: (found.before, found.after)
        for found in differences(MODELS, before, after, None)
    }
    theirs = {
        found.path: tuple(None if side is ABSENT else side for side in (found.first, found.second))
        for found in value_differences(before, after, MODELS.keyed_lists)
    }
    assert ours == theirs
    assert (ours == {}) == (before == after)


@given(before=FIELDS, after=FIELDS)
def test_the_differences_applied_to_the_first_value_give_the_second(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert MODELS is not None
    values = dict(_flat("", before))
    orders = dict(_orders("", before, after))
    for found in value_differences(before, after, MODELS.keyed_lists):
        if found.path.endswith(".order"):
            assert orders.pop(found.path) == (found.first, found.second)
            continue
        for path in [path for path in values if _is_within(path, found.path)]:
            del values[path]
        if found.second is not ABSENT:
            values |= _flat(found.path, found.second)
    assert values == dict(_flat("", after))
    assert not [path for path, (first, second) in orders.items() if first != second]


def _is_within(path: str, parent: str) -> bool:
    return path == parent or path.startswith((f"{parent}.", f"{parent}["))


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every scalar, plain list and keyed entry of a value, by its path. Order is left out."""
    if isinstance(value, dict):
        yield path, dict
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}".lstrip("."), inner)
    elif (key := _key_of(value)) is not None:
        for entry in value:
            yield from _flat(f"{path}[{entry[key]}]", entry)
    elif value != []:
        yield path, value


def _orders(path: str, first: Any, second: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The order, on each side, of the entries that two lists share."""
    if isinstance(first, dict) and isinstance(second, dict):
        for name in first.keys() & second.keys():
            yield from _orders(f"{path}.{name}".lstrip("."), first[name], second[name])
        return
    key = _key_of(first)
    if key is None or key != _key_of(second):
        return
    ones, others = ({entry[key]: entry for entry in side} for side in (first, second))
    shared = [name for name in ones if name in others], [name for name in others if name in ones]
    yield f"{path}.order", shared
    for name in shared[0]:
        yield from _orders(f"{path}[{name}]", ones[name], others[name])


def _key_of(value: Any) -> str | None:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return next(name for name in ("name", "text", "label") if name in value[0])
    return None
