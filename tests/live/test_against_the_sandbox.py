"""The reader and the writer against the real sandbox, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from reconciler.errors import AccessDenied
from reconciler.kinds.address import Address, join
from reconciler.live.http.connect import connect_reader, connect_writer
from reconciler.live.platform import Reader, Request, Snapshot, Writer
from tests.live.fake_platform import LISTS

app_module = pytest.importorskip(
    "reconciler.sandbox.api.app", reason="there is no sandbox yet", exc_type=ImportError
)
settings_module = pytest.importorskip("reconciler.sandbox.api.settings", exc_type=ImportError)

URL = "http://sandbox.example"
ADMIN = "sandbox-admin"
Result = TypeVar("Result")

AWKWARD = "50% off: a/b? #1 \u00e9\u00e8 & +"


@pytest.fixture
def transport() -> Iterator[httpx.AsyncBaseTransport]:
    settings = settings_module.SandboxSettings(
        platform_id="sandbox-test",
        profiles={"clerk": {"statuses": ["view"], "campaigns": ["view"]}},
        tokens={"clerk": {"user": "clara", "profile": "clerk"}},
    )
    app = app_module.create_app(settings)
    yield httpx.ASGITransport(app)
    app.state.sandbox.close()


def read(
    transport: httpx.AsyncBaseTransport,
    use: Callable[[Reader], Awaitable[Result]],
    *,
    token: str = ADMIN,
    cache_dir: Path | None = None,
) -> Result:
    async def run() -> Result:
        async with connect_reader(URL, token, cache_dir=cache_dir, transport=transport) as reader:
            return await use(reader)

    return asyncio.run(run())


def write(
    transport: httpx.AsyncBaseTransport, use: Callable[[Writer], Awaitable[Result]]
) -> Result:
    async def run() -> Result:
        async with connect_writer(URL, ADMIN, transport=transport) as writer:
            return await use(writer)

    return asyncio.run(run())


def allowed() -> None:
    """Every attempt of a write may be made."""


async def snapshot(reader: Reader) -> Snapshot:
    return await reader.snapshot()


def build(transport: httpx.AsyncBaseTransport) -> None:
    """A campaign, a tree, and names that need encoding."""
    batch = [
        Request("create", Address("campaigns/Sales"), {"time_zone": "UTC"}, key="c1"),
        Request("create", Address("dispositions/Sale"), {}, key="c2"),
        Request("create", Address("dispositions/Sale/Completed"), {"text_code": "OK"}, key="c3"),
        Request("create", join("statuses", AWKWARD), {"color": "#3366ff"}, key="c4"),
        Request("create", Address("blacklist/+59829001234"), {}, key="c5"),
        Request("create", join("campaigns", "Sales", "statuses", AWKWARD), {}, key="c6"),
    ]

    async def use(writer: Writer) -> None:
        outcomes = await writer.send(batch, may_send=allowed)
        assert [(outcome.status, outcome.detail) for outcome in outcomes] == [(201, "")] * len(
            batch
        )
        assert all(outcome.resource is not None and outcome.resource.etag for outcome in outcomes)
        again = await writer.send(batch, may_send=allowed)
        assert all(outcome.replayed and outcome.succeeded for outcome in again)

    write(transport, use)


def test_what_was_written_is_read_back_whole(transport: httpx.AsyncBaseTransport) -> None:
    build(transport)
    found = read(transport, snapshot)
    assert found.unknown == {}
    assert found.requests == 1 + LISTS
    assert found.info.id == "sandbox-test"
    for key, resource in found.resources.items():
        normal = resource.kind.with_defaults(resource.address, resource.fields)
        assert resource.fields == normal, key
    assert found.find("campaigns/Sales/members") is not None
    assert sum("/channels/" in key for key in found.resources) == 7
    awkward = found.find(join("statuses", AWKWARD))
    assert awkward is not None
    assert awkward.address == join("statuses", AWKWARD)
    assert awkward.fields["color"] == "#3366ff"


def test_an_unchanged_platform_is_read_from_the_cache(
    transport: httpx.AsyncBaseTransport, tmp_path: Path
) -> None:
    build(transport)
    answers: list[int] = []

    class Noting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await transport.handle_async_request(request)
            answers.append(response.status_code)
            return response

    first = read(Noting(), snapshot, cache_dir=tmp_path)
    answers.clear()
    second = read(Noting(), snapshot, cache_dir=tmp_path)
    assert second.resources == first.resources
    assert answers.count(304) >= 15


def test_what_the_profile_may_not_view_is_unknown(transport: httpx.AsyncBaseTransport) -> None:
    build(transport)
    found = read(transport, snapshot, token="clerk")
    assert found.why_unknown("blacklist/+59829001234") is not None
    assert found.why_unknown("statuses/x") is None
    assert found.find("campaigns/Sales") is not None


def test_a_token_nobody_has_is_refused(transport: httpx.AsyncBaseTransport) -> None:
    with pytest.raises(AccessDenied, match="RECONCILER_TOKEN"):
        read(transport, snapshot, token="nobody")


@pytest.mark.parametrize("many", [False, True])
def test_usage_is_known_either_way(transport: httpx.AsyncBaseTransport, many: bool) -> None:
    build(transport)
    system = ["Available", "Not Available", "Break", "WrapUp", "On call"] if many else []
    addresses = [join("statuses", name) for name in [AWKWARD, *system]]

    async def use(reader: Reader) -> None:
        found = await reader.usage([*addresses, Address("templates/Gone")])
        assert [usage.address for usage in found.values()] == addresses

    read(transport, use)


def test_a_stale_write_is_refused_and_the_audit_tells_who_wrote(
    transport: httpx.AsyncBaseTransport,
) -> None:
    build(transport)
    address = join("statuses", AWKWARD)

    async def use(writer: Writer) -> None:
        stale, changed, gone = await writer.send(
            [
                Request("patch", address, {"icon": "x"}, if_match='"stale"', key="p1"),
                Request("patch", address, {"icon": "mug"}, key="p2"),
                Request("delete", Address("statuses/Nowhere"), key="p3"),
            ],
            may_send=allowed,
        )
        assert (stale.status, stale.resource) == (412, None)
        assert stale.code
        assert stale.detail
        assert changed.resource is not None
        assert changed.resource.fields["icon"] == "mug"
        assert gone.status == 404

    write(transport, use)

    async def history(reader: Reader) -> None:
        entries = await reader.audit([address])
        assert [entry.action for entry in entries] == ["update", "create"]
        assert entries[0].by == "admin"
        assert entries[0].changes[0].after == "mug"

    read(transport, history)
