"""Shortens a failing story while it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from tests.simulation.checker import check
from tests.simulation.revisions import VARIANTS
from tests.simulation.story import Command, Operator, Story
from tests.simulation.world import play

_MOST_PLAYS = 600

_Item = TypeVar("_Item")


def failures(story: Story) -> tuple[str, ...]:
    """The non-zero counters after playing a story."""
    return check(play(story)).failed


def shrunk(
    story: Story, *, judge: Callable[[Story], Sequence[str]] = failures, most: int = _MOST_PLAYS
) -> Story:
    """The shortest story that still fails with the first counter of this one."""
    failed = judge(story)
    return _settled(_shrunk(story, failed[0], judge, most)) if failed else story


def _settled(story: Story) -> Story:
    """The story with the dropped addresses removed from its revisions."""
    revisions = tuple(
        tuple(revision.without(story.dropped) for revision in revisions)
        for revisions in story.revisions
    )
    return replace(story, revisions=revisions)


def _shrunk(
    story: Story, counter: str, judge: Callable[[Story], Sequence[str]], most: int
) -> Story:
    plays = 0
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for candidate in _shorter(story):
            if plays >= most:
                return story
            plays += 1
            if counter in judge(candidate):
                story, is_shorter = candidate, True
                break
    return story


def _shorter(story: Story) -> Iterator[Story]:
    """Stories with a part removed, the largest parts first."""
    for operators in _without_parts(story.operators):
        yield replace(story, operators=operators)
    for place, operator in enumerate(story.operators):
        for commands in _without_parts(operator.commands):
            yield _with_operator(story, place, replace(operator, commands=commands))
    for edits in _without_parts(story.edits):
        yield replace(story, edits=edits)
    for before in _without_parts(story.before):
        yield replace(story, before=before)
    for project, revisions in enumerate(story.revisions):
        for fewer in _without_parts(revisions):
            if fewer:
                yield replace(story, revisions=_replaced(story.revisions, project, fewer))
    for feature in sorted(story.features):
        rates = {k: v for k, v in story.rates.items() if k != feature}
        yield replace(story, features=story.features - {feature}, rates=rates)
    yield from _with_fewer_addresses(story)
    yield from _with_plainer_commands(story)


def _without_parts(items: Sequence[_Item]) -> Iterator[tuple[_Item, ...]]:
    """The items without a half, a quarter, … of them, down to one item."""
    size = len(items)
    while size > 0:
        for start in range(0, len(items), size):
            yield (*items[:start], *items[start + size :])
        size //= 2


def _replaced(items: tuple[_Item, ...], place: int, item: _Item) -> tuple[_Item, ...]:
    return (*items[:place], item, *items[place + 1 :])


def _with_operator(story: Story, place: int, operator: Operator) -> Story:
    return replace(story, operators=_replaced(story.operators, place, operator))


def _with_fewer_addresses(story: Story) -> Iterator[Story]:
    used = {edit.address for edit in (*story.edits, *story.before)}
    for revisions in story.revisions:
        for revision in revisions:
            used |= {*revision.declared, *revision.lists}
    for address in sorted(used - story.dropped, key=lambda item: (item.count("/"), item)):
        below = {variant for variant in VARIANTS if variant.startswith(f"{address}/")}
        yield replace(story, dropped=story.dropped | {address} | below)


def _with_plainer_commands(story: Story) -> Iterator[Story]:
    for place, operator in enumerate(story.operators):
        for index, command in enumerate(operator.commands):
            for plainer in _plainer(command):
                commands = _replaced(operator.commands, index, plainer)
                yield _with_operator(story, place, replace(operator, commands=commands))


def _plainer(command: Command) -> Iterator[Command]:
    plain = Command(command.verb, command.number, command.after, command.plan, command.advances)
    for name in ("strike", "wait", "token", "plan"):
        value = 0 if name == "plan" else getattr(plain, name)
        if getattr(command, name) != value:
            yield replace(command, **{name: value})
