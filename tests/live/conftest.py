"""A fake platform, a fake clock, and what is connected to them."""

from __future__ import annotations

import pytest

from tests.live.connected import Connected
from tests.live.fake_platform import FakePlatform, FakeTime


@pytest.fixture
def platform() -> FakePlatform:
    """An empty platform but for one campaign."""
    return FakePlatform()


@pytest.fixture
def time() -> FakeTime:
    """Time that passes only in sleeps."""
    return FakeTime()


@pytest.fixture
def connected(platform: FakePlatform, time: FakeTime) -> Connected:
    """Readers and writers of the fake platform, on fake time."""
    return Connected(platform, time)
