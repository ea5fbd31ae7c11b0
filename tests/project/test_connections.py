"""What a project is connected to: when its token would be readable on the way."""

from __future__ import annotations

import pytest

from reconciler.project.connections import is_sent_unencrypted


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.example",
        "HTTP://10.0.0.7:8350/v1",
        "http://[2001:db8::1]",
        "http://localhost.me",
    ],
)
def test_plain_http_to_another_host_is_in_clear(url: str) -> None:
    assert is_sent_unencrypted(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example",
        "http://127.0.0.1:8350",
        "http://127.9.9.9",
        "http://[::1]:8350",
        "http://localhost",
        "http://LOCALHOST.:1",
        "http://acme.localhost",
        "not a url",
        "http://[broken",
    ],
)
def test_loopback_and_https_are_not(url: str) -> None:
    assert not is_sent_unencrypted(url)
