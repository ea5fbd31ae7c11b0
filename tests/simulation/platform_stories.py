"""Stories for two platforms: drawn from a seed, played on both, and shortened while
the two still differ."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pprint import pformat
from random import Random
from typing import Any

from reconciler.kinds.address import Address
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import Request
from tests.simulation.pair import ADMIN, CLERK, START, USERS, VIEWER, Ask, Pair, simulated
from tests.simulation.requests import Requests
from tests.simulation.simulated_platform import Platform


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations that a user sends in one batch."""

    user: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that passes."""

    passed: timedelta


@dataclass(frozen=True, slots=True)
class Contacted:
    """An interaction."""

    campaign: str
    used: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Took:
    """An agent who takes a status."""

    user: str
    status: str | None
    campaign: str | None


Step = Batch | Pause | Contacted | Took


@dataclass(frozen=True, slots=True)
class Story:
    """Steps, and the user who reads the result."""

    steps: tuple[Step, ...]
    reader: str = ADMIN

    def __str__(self) -> str:
        return pformat(self)


_PAUSES = (timedelta(milliseconds=1), timedelta(hours=13), timedelta(hours=24), timedelta(days=31))
_USED = ("dispositions", "templates", "quality_models", "statuses", "contacts")


def story_of(seed: int) -> Story:
    """The story of a seed. It is played while it is drawn, so each step uses the result."""
    random = Random(seed)
    platform = simulated(lambda: START)
    source = Requests(random, platform)
    sent: list[Ask] = []
    steps: list[Step] = [ESTATE, *TRAFFIC] if random.random() < 0.8 else []
    _carry_out(platform, steps)
    for _ in range(random.randint(3, 20)):
        steps.append(_step(random, source, sent))
        _carry_out(platform, steps[-1:])
    return Story(tuple(steps), random.choice((ADMIN, ADMIN, CLERK)))


def _carry_out(platform: Platform, steps: Sequence[Step]) -> None:
    for step in steps:
        if isinstance(step, Batch):
            platform.send(step.user, [ask.request for ask in step.asks])


def _step(random: Random, source: Requests, sent: list[Ask]) -> Step:
    chance = random.random()
    if chance < 0.6:
        user = random.choice((ADMIN, ADMIN, ADMIN, ADMIN, CLERK, VIEWER))
        asks = [_ask(random, source, sent) for _ in range(random.randint(1, 12))]
        return Batch(user, tuple(asks))
    if chance < 0.68:
        return Pause(random.choice(_PAUSES))
    if chance < 0.8:
        status = source.one((None, "Lunch", "LUNCH", "Break", "On call", "Ghost"), ("",))
        campaign = source.one((None, source.campaign()))
        return Took(source.one((*USERS, "ANA"), ("ghost",)), status, campaign)
    used = random.sample(_USED, random.randint(0, 2))
    fields = source.some(
        channel=lambda: source.one(("webchat", "instagram", "email"), CHANNEL_TYPES),
        inbound=lambda: source.one((True, False)),
        customer=lambda: source.one(
            (source.customer(), source.customer(), "29001234", "213432525", "ana")
        ),
        user=lambda: source.one((*USERS, "LUIS"), ("ghost",)),
        at=lambda: source.one(("2026-11-01T00:00:00.000Z", "2026-10-01T00:00:00.000Z")),
        open=lambda: source.one((True, False)),
    )
    return Contacted(
        source.campaign(), tuple(source.address(item, there=0.9) for item in used), fields
    )


def _ask(random: Random, source: Requests, sent: list[Ask]) -> Ask:
    """A new operation, or one that was sent before."""
    if sent and random.random() < 0.2:
        return random.choice(sent)
    sent.append(source.ask())
    return sent[-1]


def difference(story: Story) -> str:
    """The difference of the two platforms after a story, or ""."""
    try:
        asyncio.run(_carried_out(story))
    except AssertionError as error:
        return str(error) or repr(error)
    return ""


async def _carried_out(story: Story) -> None:
    async with Pair() as pair:
        for step in story.steps:
            await _taken(pair, step)
        await pair.compare(story.reader)


async def _taken(pair: Pair, step: Step) -> None:
    match step:
        case Batch(user, asks):
            await pair.send(user, asks)
        case Pause(passed):
            pair.pass_time(passed)
        case Contacted(campaign, used, fields):
            await pair.interact(campaign, used, **fields)
        case Took(user, status, campaign):
            await pair.take_status(user, status, campaign)


def shortened(story: Story, fails: Callable[[Story], bool]) -> Story:
    """The story without the parts that are not needed for the failure."""
    again = True
    while again:
        again = False
        for shorter in _shorter(story):
            if fails(shorter):
                story, again = shorter, True
                break
    return story


def _shorter(story: Story) -> Iterator[Story]:
    """The story with a part removed, the largest parts first."""
    size = len(story.steps)
    while size:
        for start in range(0, len(story.steps), size):
            yield replace(story, steps=story.steps[:start] + story.steps[start + size :])
        size //= 2
    for position, step in enumerate(story.steps):
        if isinstance(step, Batch):
            for shorter in _shorter_batches(step):
                steps = (*story.steps[:position], shorter, *story.steps[position + 1 :])
                yield replace(story, steps=steps)


def _shorter_batches(batch: Batch) -> Iterator[Batch]:
    size = len(batch.asks) // 2
    while size:
        for start in range(0, len(batch.asks), size):
            yield replace(batch, asks=batch.asks[:start] + batch.asks[start + size :])
        size //= 2
    for position, ask in enumerate(batch.asks):
        for simpler in _simpler(ask):
            asks = (*batch.asks[:position], simpler, *batch.asks[position + 1 :])
            yield replace(batch, asks=asks)


def _simpler(ask: Ask) -> Iterator[Ask]:
    request = ask.request
    if ask.match is not None:
        yield replace(ask, match=None)
    if request.key is not None:
        yield replace(ask, request=replace(request, key=None))
    if request.if_match is not None:
        yield replace(ask, request=replace(request, if_match=None))
    for name in request.body or ():
        less = {item: value for item, value in (request.body or {}).items() if item != name}
        yield replace(ask, request=replace(request, body=less))


def _made(address: str, **fields: Any) -> Ask:
    return Ask(Request("create", Address(address), fields))


def _set(address: str, **fields: Any) -> Ask:
    return Ask(Request("patch", Address(address), fields))


ESTATE = Batch(
    ADMIN,
    (
        _made("quality_models/Lunch"),
        _made("templates/Lunch", type="html", content="Hi"),
        _made("campaigns/Sales", quality_models=["lunch"], forms=["Order"]),
        _made("campaigns/Support", schedule={"mon": ["09:00-13:00"]}),
        _made("campaigns/Ventas%2FNorte", enabled=False),
        _made("campaigns/Sales/templates/LUNCH", type="text", content="Own"),
        _made("holidays/Lunch", date="2026-12-25", campaigns=["Sales", "support"]),
        _made("dispositions/Lunch"),
        _made("dispositions/Coffee"),
        _made("dispositions/Lunch/a%2Fb"),
        _made("dispositions/Lunch/a%2Fb/50%25"),
        _made("campaigns/Sales/dispositions/Lunch"),
        _made("statuses/Lunch"),
        _made("statuses/Sales"),
        _made("blacklist/+59829001234"),
        _made("blacklist/instagram:213432525"),
        _made("contacts/+59829001234", contact_name="Ana", phone="+59829001234"),
        _set("campaigns/Sales/channels/email", enabled=True, connector="mail", signature="Lunch"),
        _set("campaigns/Support/channels/email", enabled=True, connector="mail", signature="Lunch"),
        _set(
            "campaigns/Sales/channels/telephony",
            enabled=True,
            connector="tel",
            numbers=["+59829001001"],
        ),
        _set("campaigns/Sales/channels/webchat", enabled=True, welcome={"es": "Hola"}),
        _set("campaigns/Sales/channels/instagram", enabled=True),
        _set("campaigns/Support/channels/webchat", enabled=True, block_inbound=False),
        _set("campaigns/Sales/members", members=[{"user": item} for item in USERS]),
        _set("campaigns/Support/members", members=[{"user": USERS[0]}]),
    ),
)
TRAFFIC = (
    Contacted("Sales", ("dispositions/Lunch", "templates/Lunch"), {"open": True, "user": "ana"}),
    Contacted("Support", ("dispositions/Lunch/a%2Fb", "statuses/Lunch"), {"customer": "x"}),
    Contacted("Sales", (), {"channel": "webchat", "customer": "+59829001234"}),
    Contacted("Support", (), {"channel": "webchat", "customer": "+59829001234"}),
    Took("Luis", "Lunch", "Sales"),
)
